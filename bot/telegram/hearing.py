"""Until when we have heard all that Telegram had to tell; a message unheard of is no copy yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

MOST = 100  # updates that Telegram hands out at once


class Hearing:
    """Fed with what Telegram answers. `clock` tells seconds since the epoch."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._until = 0.0

    def told(self, asked: float, updates: list[dict[str, Any]]) -> None:
        """Learn from an answer to getUpdates, called at `asked`."""
        if not updates:  # the call waited for news, and there was none up to its end
            self._until = max(self._until, self._clock() - 1)
        elif len(updates) < MOST:  # all that there was
            self._until = max(self._until, asked)
        else:  # they come in order; more are waiting
            self._until = max(self._until, *map(_date, updates))

    def waiting(self, asked: float, count: int) -> None:
        """Learn how many updates waited for the webhook or were at work, asked for at `asked`."""
        if count == 0:
            self._until = max(self._until, asked)

    def until(self) -> float:
        """Seconds since the epoch; whatever was written before has reached us."""
        return self._until


def _date(update: dict[str, Any]) -> float:
    message = update.get("message")
    date = message.get("date") if isinstance(message, dict) else None
    return float(date) if type(date) is int else 0.0
