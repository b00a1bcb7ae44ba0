import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering import Answerer
from bot.feedback.record import make_scrubber
from bot.knowledge import load_knowledge
from bot.loading.reload import ActiveKnowledge
from bot.store import DiskThread, Inbox, Store
from bot.telegram.dispatcher import Dispatcher, give_up
from bot.telegram.receive.worker import Worker
from bot.telegram.send.client import make_client
from bot.telegram.services import Services
from tests.fake_telegram import FakeTelegram
from tests.paths import BRIDGE
from tests.telegram.clients import settings_for
from tests.telegram.receive.generated import Json, broken, updates

# Batches of one to five updates each; GENERATED_BATCHES=2000 for a thorough run.
EXAMPLES = int(os.environ.get("GENERATED_BATCHES", "100"))


class Stack:
    """All handlers in this process, against the strict fake server."""

    def __init__(self, telegram: FakeTelegram, folder: Path) -> None:
        self._telegram = telegram
        self._loop = asyncio.new_event_loop()
        self._store = Store(folder / "bot.sqlite3")
        self._records = DiskThread(self._store, "database")
        inbox = Inbox(folder / "bot-inbox.sqlite3")
        self._disk = DiskThread(inbox, "inbox")
        config = settings_for(telegram)
        answerer = Answerer(load_knowledge(BRIDGE))
        self._client = make_client(config)
        active = ActiveKnowledge(answerer, make_scrubber(answerer.knowledge, answerer.words))
        services = Services(config, active, self._records, self._client)
        record = partial(self._records.collect, self._store.record)

        async def start() -> Worker:
            await self._client.get_me()
            skip = partial(give_up, self._client)
            worker = Worker(Dispatcher(services).handle, skip, self._disk, record)
            await worker.start()
            return worker

        self._worker = self._loop.run_until_complete(start())
        self._number = 0

    def feed(self, content: Json) -> None:
        """Let the worker handle one update, as in production."""
        self._number += 1
        for kind, query in content.items():
            if isinstance(query, dict) and (number := query.get("guest_query_id", query.get("id"))):
                # The fake server must know the query to accept an answer.
                self._telegram.world.queries[str(number)] = kind.partition("_")[0]
        self._loop.run_until_complete(self._answer({"update_id": self._number} | content))

    async def _answer(self, body: Json) -> None:
        await self._worker.accept([body])
        while self._worker.queues.arrived:
            assert not self._worker.failed.done(), self._worker.failed.exception()
            await asyncio.sleep(0)

    def close(self) -> None:
        """Release all resources."""
        self._loop.run_until_complete(self._worker.stop(5))
        self._loop.run_until_complete(self._client.http.aclose())
        self._loop.run_until_complete(asyncio.sleep(0))  # in which the connections close
        self._loop.close()
        self._disk.close()
        self._records.close()


@contextmanager
def stack(telegram: FakeTelegram, folder: Path) -> Iterator[tuple[Stack, list[Json], list[Json]]]:
    """Open the stack, with chats and users for the generated updates."""
    with ExitStack() as cleanup:
        opened = Stack(telegram, folder)
        cleanup.callback(opened.close)
        ann = telegram.user("Ann")
        chats = [telegram.private(ann), telegram.group(), telegram.forum("One")[0]]
        for chat in chats:
            telegram.say("a first message", chat=chat, user=ann)
        people = [ann.json(), telegram.user("Ben").json(), telegram.world.bot.json()]
        yield opened, [chat.json() for chat in chats], people


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the pauses between tries."""
    monkeypatch.setattr("bot.telegram.receive.worker.seconds_before_retry", lambda *_: 0.0)


def test_any_valid_update_is_handled(
    telegram: FakeTelegram, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No update raises an error or leads to a call that Telegram would refuse."""
    caplog.set_level(logging.ERROR)
    with stack(telegram, tmp_path) as (opened, chats, people):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(updates(chats, people), min_size=1, max_size=5))
        def feed(batch: list[Json]) -> None:
            caplog.clear()
            telegram.log.calls.clear()
            for content in batch:
                opened.feed(content)
            assert caplog.records == []
            assert telegram.violations == []

        feed()


def test_broken_updates_do_no_harm(telegram: FakeTelegram, tmp_path: Path) -> None:
    """An update with a missing or mistyped field is skipped or handled without an error."""
    with stack(telegram, tmp_path) as (opened, chats, people):

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(broken(updates(chats, people)), min_size=1, max_size=5))
        def feed(batch: list[Json]) -> None:
            telegram.log.calls.clear()
            for content in batch:
                opened.feed(content)
            # The garbage may be the id of a chat.
            refused = [one.refused for one in telegram.violations]
            assert set(refused) <= {"Bad Request: chat not found"}

        feed()
