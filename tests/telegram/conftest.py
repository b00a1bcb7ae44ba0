"""Fixtures that run the real bot in its own process, per test file or per test."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE
from tests.telegram.processes import MakeBot
from tests.waiting import wait_for_log


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
    """Telegram with a bot for the tiny article about a bridge."""
    yield from _serve(tmp_path_factory.mktemp("town"), {"KNOWLEDGE_DIR": str(BRIDGE)})


@pytest.fixture(scope="module")
def treaty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
    """Telegram with a bot for the bundled article."""
    yield from _serve(tmp_path_factory.mktemp("treaty"), {})


def _serve(folder: Path, env: dict[str, str | None]) -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram, BotProcess(telegram, folder, env=env) as process:
        process.start()
        yield telegram
        telegram.wait_idle()
        assert telegram.violations == []
        assert not re.search(r"Traceback|\b(?:ERROR|CRITICAL)\b", process.log)


@pytest.fixture
def reload() -> Callable[[BotProcess], None]:
    """Make a running bot reload its knowledge, and wait until it has."""

    def reload_knowledge(process: BotProcess) -> None:
        times = process.log.count("replaces")
        process.process.send_signal(signal.SIGHUP)
        wait_for_log(process, "replaces", times + 1)

    return reload_knowledge


@pytest.fixture
def make_bot(telegram: FakeTelegram, tmp_path: Path) -> Iterator[MakeBot]:
    """Make bots that share one database, and stop them after the test."""
    made: list[BotProcess] = []
    with ExitStack() as stack:

        def make(**env: str | None) -> BotProcess:
            folder = tmp_path / f"bot-{len(made)}"
            folder.mkdir()
            defaults: dict[str, str | None] = {
                "KNOWLEDGE_DIR": str(BRIDGE),
                "DATABASE_PATH": str(tmp_path / "bot.sqlite3"),
            }
            made.append(stack.enter_context(BotProcess(telegram, folder, env={**defaults, **env})))
            return made[-1]

        yield make


@pytest.fixture
def bot(make_bot: MakeBot) -> BotProcess:
    """A bot, not yet started."""
    return make_bot()
