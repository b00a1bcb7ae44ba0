"""The real bot in its own process: one for the tests of a file, or one made for a test."""

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE
from tests.telegram.processes import MakeBot


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
    """Telegram with the bot that knows the tiny article about a bridge."""
    yield from _served(tmp_path_factory.mktemp("town"), {"KNOWLEDGE_DIR": str(BRIDGE)})


@pytest.fixture(scope="module")
def treaty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
    """Telegram with the bot that knows the article shipped."""
    yield from _served(tmp_path_factory.mktemp("treaty"), {})


def _served(folder: Path, env: dict[str, str | None]) -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram, BotProcess(telegram, folder, env=env) as process:
        process.start()
        yield telegram
        telegram.wait_idle()
        assert telegram.violations == []
        assert not re.search(r"Traceback|\b(?:ERROR|CRITICAL)\b", process.log)


@pytest.fixture
def reload() -> Callable[[BotProcess], None]:
    """Let a running bot take up edited knowledge, and wait until it has."""

    def hang_up(process: BotProcess) -> None:
        times = process.log.count("replaces")
        process.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 30
        while process.log.count("replaces") == times:
            assert time.monotonic() < deadline, process.log
            time.sleep(0.01)

    return hang_up


@pytest.fixture
def make_bot(telegram: FakeTelegram, tmp_path: Path) -> Iterator[MakeBot]:
    """Make bots that share one database; each is ended."""
    made: list[BotProcess] = []
    with ExitStack() as stack:

        def make(**env: str | None) -> BotProcess:
            folder = tmp_path / f"bot-{len(made)}"
            folder.mkdir()
            known: dict[str, str | None] = {
                "KNOWLEDGE_DIR": str(BRIDGE),
                "DATABASE_PATH": str(tmp_path / "bot.sqlite3"),
            }
            made.append(stack.enter_context(BotProcess(telegram, folder, env={**known, **env})))
            return made[-1]

        yield make


@pytest.fixture
def bot(make_bot: MakeBot) -> BotProcess:
    """Make one bot, not yet started."""
    return make_bot()
