"""The real bot on the tiny knowledge folder."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram

BRIDGE = Path(__file__).parent.parent / "bridge"
QUESTION = "When does the bridge close?"
ANSWER = "The council will close the old harbour bridge to cars"

_PATIENCE = 30.0  # seconds

MakeBot = Callable[..., BotProcess]


def wait_for_log(bot: BotProcess, text: str, times: int = 1) -> None:
    """Wait until the log says so; the fake server hears nothing of it."""
    deadline = time.monotonic() + _PATIENCE
    while bot.log.count(text) < times:
        assert time.monotonic() < deadline, f"no {text!r} in the log:\n{bot.log[-3000:]}"
        time.sleep(0.02)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


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
