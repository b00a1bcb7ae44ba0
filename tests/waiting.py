"""Waiting for what no call to Telegram announces."""

import time
from collections.abc import Callable
from typing import TypeVar

from tests.fake_telegram import BotProcess

_TIMEOUT = 30.0  # seconds
_T = TypeVar("_T")


def wait_until(
    condition: Callable[[], _T | None], explain: Callable[[], object] = lambda: None
) -> _T:
    """Wait until a condition holds, and return its value; `explain` what is there instead."""
    deadline = time.monotonic() + _TIMEOUT
    while not (found := condition()):
        assert time.monotonic() < deadline, explain()
        time.sleep(0.02)
    return found


def wait_for_log(bot: BotProcess, text: str, times: int = 1) -> None:
    """Wait until the log contains `text` this many times."""
    wait_until(
        lambda: bot.log.count(text) >= times,
        lambda: f"no {text!r} in the log:\n{bot.log[-3000:]}",
    )
