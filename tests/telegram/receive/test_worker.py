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
from bot.telegram.receive.worker import Worker, parse
from bot.telegram.send import limits
from bot.telegram.send.client import make_client
from bot.telegram.send.limits import FLOOD_NOTICE, FloodControl
from bot.telegram.send.sender import Sender
from tests.fake_telegram import Chat, FakeTelegram

Handler = Callable[[Update, object], Coroutine[None, None, None]]


class Bench:
    """A delivery around one handler, in this process, against the fake server."""

    def __init__(self, telegram: FakeTelegram, folder: Path) -> None:
        self.telegram = telegram
        self.store = Store(folder / "bot.sqlite3")
        known = Settings(telegram_bot_token=Secret(telegram.token), telegram_api_url=telegram.url)
        client = make_client(known, Sender(paced=False))
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
        self, handler: Handler, chat: Chat, *, slowing: FloodControl | None = None
    ) -> int:
        """Say something, bring its update to its end with this handler; return its id."""
        self.application.handlers.clear()
        self.application.add_handler(TypeHandler(Update, handler))
        self.telegram.say("hello", chat=chat, user=chat.user)
        body = list(self.telegram.updates.pending.values())[-1]
        updates = Updates(self.store, self.application.bot.id)
        worker = Worker(self.application, updates, slowing)
        await worker.handle(parse(body, self.application.bot))
        assert updates.is_done(body["update_id"])
        number: int = body["update_id"]
        return number


@pytest.fixture
async def bench(telegram: FakeTelegram, tmp_path: Path) -> AsyncIterator[Bench]:
    """Open a bench."""
    opened = Bench(telegram, tmp_path)
    await opened.application.initialize()
    yield opened
    await opened.application.shutdown()
    opened.store.close()


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing between tries."""
    for module in ("receive.worker", "send.sender"):
        monkeypatch.setattr(f"bot.telegram.{module}.wait_before", lambda _tries, _error: 0.0)


@pytest.mark.anyio
@pytest.mark.parametrize("error", [ValueError("secret words"), asyncio.CancelledError()])
async def test_a_handler_that_fails_is_left_after_some_tries(
    bench: Bench, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of our own is tried again a little, told once without people's words, and left."""
    tries = 0

    async def fail(_update: Update, _context: object) -> None:
        nonlocal tries
        tries += 1
        raise error

    await bench.handle(fail, bench.telegram.private())
    assert 1 <= tries <= 3
    told = [record for record in caplog.records if "failed" in record.getMessage()]
    assert len(told) == 1
    assert "secret words" not in caplog.text


@pytest.mark.anyio
async def test_a_failure_that_passes_costs_nothing(bench: Bench) -> None:
    """What succeeds at the second try is answered, and the log knows nothing worse."""
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
    # What the first try sent is not sent again by the second.
    assert [message["text"] for message in bench.telegram.sent(chat.id)] == ["first", "second"]


@pytest.mark.anyio
async def test_what_comes_of_an_update_is_written_once_and_with_its_end(bench: Bench) -> None:
    """What a try that failed would have written is not written."""
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
async def test_an_update_that_always_fails_is_left_while_others_succeed(bench: Bench) -> None:
    """A poison update is tried a bounded number of times if Telegram is well otherwise."""
    tries = 0
    worker: Worker | None = None

    async def never(_update: Update, _context: object) -> None:
        nonlocal tries
        tries += 1
        if tries == 2:
            await bench_other()
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

    async def bench_other() -> None:
        await asyncio.create_task(worker.handle(good))

    bench.application.add_handler(TypeHandler(Update, choose))
    await worker.handle(bad)
    assert 2 < tries < 20
    assert updates.is_done(bad.update_id)
    assert len(bench.telegram.sent(healthy.id)) == 1


@pytest.mark.anyio
async def test_a_flood_is_answered_slowly_with_one_notice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question of a flood is answered; one word says why it takes time."""
    monkeypatch.setattr(limits, "FREE", (2, 60.0))
    monkeypatch.setattr(limits, "SLOWED", 0.01)
    slowing = FloodControl()

    async def answer(update: Update, _context: object) -> None:
        assert update.message
        await update.message.reply_text("answer")

    chat = bench.telegram.private()
    for _ in range(6):
        await bench.handle(answer, chat, slowing=slowing)
    texts = [message["text"] for message in bench.telegram.sent(chat.id)]
    assert texts.count("answer") == 6
    assert texts.count(FLOOD_NOTICE) == 1
    assert bench.telegram.violations == []
