import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from telegram import Update
from telegram.error import NetworkError

from bot.errors import ServingError
from bot.logs import TextFormatter
from bot.store import DiskThread, Inbox, Outcome, Received
from bot.telegram.current_update import on_finish
from bot.telegram.dispatcher import give_up
from bot.telegram.receive.worker import Worker
from bot.telegram.send.client import make_client
from tests.fake_telegram import Chat, FakeTelegram
from tests.telegram.clients import settings_for

Handler = Callable[[Update], Coroutine[None, None, None]]


class Bench:
    """A worker in this process, with one handler, against the fake server."""

    def __init__(self, telegram: FakeTelegram, folder: Path) -> None:
        self.telegram = telegram
        self.inbox = Inbox(folder / "inbox.sqlite3")
        self.disk = DiskThread(self.inbox, "inbox")
        self.client = make_client(settings_for(telegram))

    def body(self, chat: Chat) -> dict[str, Any]:
        """Send a message to the bot; return its update."""
        self.telegram.say("hello", chat=chat, user=chat.user)
        return list(self.telegram.updates.pending.values())[-1]

    @asynccontextmanager
    async def worker(self, handler: Handler) -> AsyncIterator[Worker]:
        """Run a worker with this handler; wait on exit until it has nothing left to do."""
        worker = Worker(handler, partial(give_up, self.client), self.disk, _write_at_once)
        await worker.start()
        yield worker
        while worker.queues.arrived and not worker.failed.done():  # noqa: ASYNC110 - outside of it
            await asyncio.sleep(0.005)
        await worker.stop(5)
        assert await self.disk.require(self.inbox.waiting) == []

    async def reply(self, update: Update, text: str) -> None:
        """Send a message to the chat of an update."""
        assert update.effective_chat
        await self.client.call("sendMessage", chat_id=update.effective_chat.id, text=text)

    async def handle(self, handler: Handler, chat: Chat) -> None:
        """Send a message and run its update through this handler."""
        async with self.worker(handler) as worker:
            await worker.accept([self.body(chat)])


async def _do_nothing(_: Update) -> None:
    """Handle an update by doing nothing."""


def _write_at_once(outcome: Outcome) -> None:
    for write in outcome:
        write()


@pytest.fixture
async def bench(telegram: FakeTelegram, tmp_path: Path) -> AsyncIterator[Bench]:
    """A worker bench."""
    opened = Bench(telegram, tmp_path)
    yield opened
    await opened.client.http.aclose()
    opened.disk.close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the pauses between tries."""
    worker = "bot.telegram.receive.worker"
    monkeypatch.setattr(f"{worker}.seconds_before_retry", lambda *_: 0.001)


@pytest.mark.anyio
@pytest.mark.parametrize("error", [ValueError("secret words"), asyncio.CancelledError()])
async def test_a_failing_handler_is_given_up_after_some_tries(
    bench: Bench, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """An error of our own is retried a few times and logged once, without its text."""
    caplog.handler.setFormatter(TextFormatter("%(message)s"))
    tries = 0

    async def fail(_update: Update) -> None:
        nonlocal tries
        tries += 1
        raise error

    await bench.handle(fail, bench.telegram.private())
    assert 1 <= tries <= 3
    assert sum("failed" in record.getMessage() for record in caplog.records) == 1
    assert "secret words" not in caplog.text


@pytest.mark.anyio
async def test_a_temporary_failure_is_retried(bench: Bench) -> None:
    """The second try answers, without repeating what the first try sent."""
    tries = 0

    async def hesitate(update: Update) -> None:
        nonlocal tries
        tries += 1
        await bench.reply(update, "first")
        if tries == 1:
            raise NetworkError("the second call failed")
        await bench.reply(update, "second")

    chat = bench.telegram.private()
    await bench.handle(hesitate, chat)
    assert [message["text"] for message in bench.telegram.sent(chat.id)] == ["first", "second"]


@pytest.mark.anyio
async def test_store_writes_happen_once_when_the_update_is_done(bench: Bench) -> None:
    """The writes of a failed try are discarded."""
    tries = 0
    written: list[int] = []

    async def hesitate(_update: Update) -> None:
        nonlocal tries
        tries += 1
        on_finish(partial(written.append, tries))
        assert written == []
        if tries == 1:
            raise NetworkError("the call failed")

    await bench.handle(hesitate, bench.telegram.private())
    assert written == [2]


@pytest.mark.anyio
async def test_an_update_that_always_fails_is_given_up_while_others_succeed(bench: Bench) -> None:
    """A poison update is tried a limited number of times if other updates succeed."""
    tries = 0

    async def never(_update: Update) -> None:
        nonlocal tries
        tries += 1
        if tries == 2:
            await worker.accept([bench.body(healthy)])
        raise NetworkError("always")

    async def fine(update: Update) -> None:
        await bench.reply(update, "fine")

    poison, healthy = bench.telegram.private(), bench.telegram.private()
    bad = bench.body(poison)

    async def choose(update: Update) -> None:
        await (never if update.update_id == bad["update_id"] else fine)(update)

    async with bench.worker(choose) as worker:
        await worker.accept([bad])
    assert 2 < tries < 20
    assert len(bench.telegram.sent(healthy.id)) == 1


@pytest.mark.anyio
async def test_an_update_is_accepted_once(bench: Bench) -> None:
    """An update that Telegram sends again, before or after its answer, is not answered again."""
    handled: list[int] = []

    async def count(update: Update) -> None:
        handled.append(update.update_id)

    body = bench.body(bench.telegram.private())
    async with bench.worker(count) as worker:
        await worker.accept([body, body])
        await worker.accept([body])
    async with bench.worker(count) as worker:
        await worker.accept([body])
    assert handled == [body["update_id"]]


@pytest.mark.anyio
async def test_chats_take_turns(bench: Bench) -> None:
    """A chat with many messages waiting holds up no other, and each chat keeps its order."""
    handled: list[int] = []

    async def count(update: Update) -> None:
        assert update.effective_chat
        handled.append(update.effective_chat.id)

    many, few = bench.telegram.private(), bench.telegram.private()
    bodies = [bench.body(many) for _ in range(200)] + [bench.body(few) for _ in range(3)]
    async with bench.worker(count) as worker:
        await worker.accept(bodies)
    assert len(handled) == 203
    assert [place for place, chat in enumerate(handled) if chat == few.id][-1] < 10


@pytest.mark.anyio
async def test_one_chat_with_20000_messages_stops_nobody(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for more than a round of the others, and all are handled in order."""
    monkeypatch.setattr("bot.store.thread._PATIENCE", 60.0)  # all come at once here
    handled: list[tuple[int, int]] = []

    async def count(update: Update) -> None:
        assert update.effective_chat
        handled.append((update.effective_chat.id, update.update_id))

    many, *few = (bench.telegram.private().id for _ in range(6))
    asked = [many] * 20_000 + few * 2
    bodies = [
        {
            "update_id": number,
            "message": {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}},
        }
        for number, chat in enumerate(asked)
    ]
    async with bench.worker(count) as worker:
        await worker.accept(bodies)
    assert len(handled) == len(bodies)
    assert [place for place, (chat, _) in enumerate(handled) if chat != many][-1] < 40
    assert [number for chat, number in handled if chat == many] == list(range(20_000))


def _fill_up(bench: Bench) -> None:
    bench.inbox.execute("PRAGMA max_page_count = 1")


def _set_read_only(bench: Bench) -> None:
    bench.inbox.execute("PRAGMA query_only = ON")


@pytest.mark.anyio
@pytest.mark.parametrize("harm", [_fill_up, _set_read_only])
async def test_a_disk_that_cannot_be_written_stops_no_answer(
    bench: Bench, harm: Callable[[Bench], None]
) -> None:
    """Updates that cannot be kept on the disk are answered before Telegram may forget them."""
    handled: list[int] = []

    async def count(update: Update) -> None:
        handled.append(update.update_id)

    chat = bench.telegram.private()
    bodies = [bench.body(chat) | {"padding": "x" * 20_000} for _ in range(3)]
    bench.inbox.bot_id = bench.telegram.world.bot.id
    async with bench.worker(count) as worker:
        await bench.disk.require(harm, bench)
        await worker.accept(bodies)
        assert handled == [body["update_id"] for body in bodies]
        await worker.accept(bodies)  # Telegram delivers them again
        await bench.disk.require(bench.inbox.execute, "PRAGMA query_only = OFF")
        await worker.accept(bodies)
    assert len(handled) == 3


@pytest.mark.anyio
async def test_a_damaged_update_in_the_inbox_is_skipped(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Words that are no JSON, or no text at all, stop neither their chat nor the others."""
    handled: list[int] = []

    async def count(update: Update) -> None:
        handled.append(update.update_id)

    chat = bench.telegram.private()
    bodies = [bench.body(chat) for _ in range(3)]
    bench.inbox.add([Received(body["update_id"], chat.id, json.dumps(body)) for body in bodies])
    for body, damage in zip(bodies, ("X'FF00'", "'{'"), strict=False):
        statement = f"UPDATE waiting SET body = {damage} WHERE update_id = ?"
        bench.inbox.execute(statement, (body["update_id"],))
    async with bench.worker(count):
        pass
    assert handled == [bodies[2]["update_id"]]
    assert caplog.text.count("damaged on the disk") == 2


@pytest.mark.anyio
async def test_a_disk_that_is_slow_at_the_start_ends_the_process_with_a_reason(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Like everything else that keeps the bot from serving."""
    monkeypatch.setattr("bot.store.thread._PATIENCE", 0.01)
    answers = threading.Event()
    bench.disk.later(answers.wait)
    worker = Worker(_do_nothing, partial(give_up, bench.client), bench.disk, _write_at_once)
    with pytest.raises(ServingError, match="the inbox does not answer"):
        await worker.start()
    answers.set()


@pytest.mark.anyio
async def test_what_was_waiting_is_handled_by_the_next_worker(bench: Bench) -> None:
    """An update stays in the inbox until it is done."""
    handled: list[int] = []

    async def hang(_update: Update) -> None:
        await asyncio.Event().wait()

    async def count(update: Update) -> None:
        handled.append(update.update_id)

    first = Worker(hang, partial(give_up, bench.client), bench.disk, _write_at_once)
    await first.start()
    body = bench.body(bench.telegram.private())
    await first.accept([body])
    await first.stop(0)
    async with bench.worker(count):
        pass
    assert handled == [body["update_id"]]
