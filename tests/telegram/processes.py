"""What the tests of receiving and sending say to the real bot, and wait for."""

import socket
import time
from collections.abc import Callable

from tests.fake_telegram import BotProcess

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
