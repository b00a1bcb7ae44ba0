"""Helpers for tests that talk to the real bot in its own process."""

import socket
import time
from collections.abc import Callable

from tests.fake_telegram import BotProcess

QUESTION = "When does the bridge close?"
ANSWER = "The council will close the old harbour bridge to cars"

_TIMEOUT = 30.0  # seconds

MakeBot = Callable[..., BotProcess]


def wait_for_log(bot: BotProcess, text: str, times: int = 1) -> None:
    """Wait until the log contains `text` this many times."""
    deadline = time.monotonic() + _TIMEOUT
    while bot.log.count(text) < times:
        assert time.monotonic() < deadline, f"no {text!r} in the log:\n{bot.log[-3000:]}"
        time.sleep(0.02)


def free_port() -> int:
    """Find a port that is not in use."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
