import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from pathlib import Path

import pytest
from telegram import Update
from telegram.error import NetworkError
from telegram.ext import Application, TypeHandler

from bot.config import Secret, Settings
from bot.store import Store, Updates
from bot.telegram.app import RaisingApplication, on_error
from bot.telegram.current_update import on_finish
from bot.telegram.logs import TextFormatter
from bot.telegram.receive.parsing import parse
from bot.telegram.receive.worker import Worker
from bot.telegram.send import limits
from bot.telegram.send.client import make_client
from bot.telegram.send.limits import FLOOD_NOTICE, FloodControl
from bot.telegram.send.sender import Sender
from tests.fake_telegram import Chat, FakeTelegram

Handler = Callable[[Update, object], Coroutine[None, None, None]]


class Bench:
    """A worker with one handler, in this process, against the fake server."""

    def __init__(self, telegram: FakeTelegram, folder: Path) -> None:
        self.telegram = telegram
        self.store = Store(folder / "bot.sqlite3")
        settings = Settings(
            telegram_bot_token=Secret(telegram.token), telegram_api_url=telegram.url
        )
        client = make_client(settings, Sender(throttled=False))
        application = (
            Application.builder()
            .application_class(RaisingApplication)
            .bot(client)
            .updater(None)
            .build()
        )
        assert isinstance(application, RaisingApplication)
        self.application = application
        self.application.add_error_handler(on_error)

    async def handle(
        self, handler: Handler, chat: Chat, *, flood: FloodControl | None = None
    ) -> None:
        """Send a message and run its update through this handler."""
        self.application.handlers.clear()
        self.application.add_handler(TypeHandler(Update, handler))
        self.telegram.say("hello", chat=chat, user=chat.user)
        body = list(self.telegram.updates.pending.values())[-1]
        updates = Updates(self.store, self.application.bot.id)
        worker = Worker(self.application, updates, flood)
        await worker.handle(parse(body, self.application.bot))
        assert updates.is_done(body["update_id"])


@pytest.fixture
async def bench(telegram: FakeTelegram, tmp_path: Path) -> AsyncIterator[Bench]:
    """A worker bench with an initialised application."""
    opened = Bench(telegram, tmp_path)
    await opened.application.initialize()
    yield opened
    await opened.application.shutdown()
    opened.store.close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip the pauses between tries."""
    for module in ("receive.worker", "send.sender"):
        monkeypatch.setattr(f"bot.telegram.{module}.seconds_before_retry", lambda *_: 0.0)


@pytest.mark.anyio
@pytest.mark.parametrize("error", [ValueError("secret words"), asyncio.CancelledError()])
async def test_a_failing_handler_is_given_up_after_some_tries(
    bench: Bench, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """An error of our own is retried a few times and logged once, without its text."""
    caplog.handler.setFormatter(TextFormatter("%(message)s"))
    tries = 0

    async def fail(_update: Update, _context: object) -> None:
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

    async def hesitate(update: Update, _context: object) -> None:
        nonlocal tries
        tries += 1
        assert update.message
        await update.message.reply_text("first")
        if tries == 1:
            raise NetworkError("the second call failed")
        await update.message.reply_text("second")

    chat = bench.telegram.private()
    await bench.handle(hesitate, chat)
    assert [message["text"] for message in bench.telegram.sent(chat.id)] == ["first", "second"]


@pytest.mark.anyio
async def test_store_writes_happen_once_when_the_update_is_done(bench: Bench) -> None:
    """The writes of a failed try are discarded."""
    tries = 0
    written: list[int] = []

    async def hesitate(_update: Update, _context: object) -> None:
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

    async def never(_update: Update, _context: object) -> None:
        nonlocal tries
        tries += 1
        if tries == 2:
            await asyncio.create_task(worker.handle(good))
        raise NetworkError("always")

    async def fine(update: Update, _context: object) -> None:
        assert update.message
        await update.message.reply_text("fine")

    updates = Updates(bench.store, bench.application.bot.id)
    worker = Worker(bench.application, updates)
    poison, healthy = bench.telegram.private(), bench.telegram.private()
    bodies = []
    for chat in (poison, healthy):
        bench.telegram.say("hello", chat=chat, user=chat.user)
        bodies.append(list(bench.telegram.updates.pending.values())[-1])
    bad, good = (parse(body, bench.application.bot) for body in bodies)

    async def choose(update: Update, context: object) -> None:
        await (never if update.update_id == bad.update_id else fine)(update, context)

    bench.application.add_handler(TypeHandler(Update, choose))
    await worker.handle(bad)
    assert 2 < tries < 20
    assert updates.is_done(bad.update_id)
    assert len(bench.telegram.sent(healthy.id)) == 1


@pytest.mark.anyio
async def test_a_flood_is_answered_slowly_with_one_notice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question of a flood is answered, and one notice says why that takes time."""
    monkeypatch.setattr(limits, "FREE_ANSWERS", (2, 60.0))
    monkeypatch.setattr(limits, "FLOOD_INTERVAL", 0.01)
    flood = FloodControl()

    async def answer(update: Update, _context: object) -> None:
        assert update.message
        await update.message.reply_text("answer")

    chat = bench.telegram.private()
    for _ in range(6):
        await bench.handle(answer, chat, flood=flood)
    texts = [message["text"] for message in bench.telegram.sent(chat.id)]
    assert texts.count("answer") == 6
    assert texts.count(FLOOD_NOTICE) == 1
    assert bench.telegram.violations == []
