"""The record of every call, and waiting for what a test expects to see in it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from .errors import Json

T = TypeVar("T")
_REST = 0.002  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot. `params` are decoded; `result` is what Telegram answered."""

    method: str
    params: Json
    result: object = None
    refused: str | None = None  # Telegram's error text
    own_fault: bool = False  # refused, and a correct bot would never have called it so
    fault: str | None = None  # the ordered fault that struck
    at: float = field(default_factory=time.monotonic)


class Log:
    """All calls but getUpdates that went well. Its condition is the server's one lock."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.calls: list[Call] = []

    def add(self, call: Call) -> None:
        """Record a call and wake those who wait."""
        with self.changed:
            if call.method != "getUpdates" or call.refused:
                self.calls.append(call)
            self.changed.notify_all()

    def wait_for(self, predicate: Callable[[], T], timeout: float, what: str) -> T:
        """Return the predicate's first true value; TimeoutError with the last calls otherwise."""
        deadline = time.monotonic() + timeout
        while True:
            with self.changed:
                started = time.monotonic()
                value = predicate()
                if value:
                    return value
                now = time.monotonic()
                if now >= deadline:
                    last = "\n".join(
                        f"  {c.method} {c.params} -> {c.refused}" for c in self.calls[-8:]
                    )
                    raise TimeoutError(f"no {what} within {timeout} s; last calls:\n{last}")
                self.changed.wait(deadline - now)
            # Resting lets the server work undisturbed, most of all by a costly predicate.
            time.sleep(min(max(now - started, _REST), 50 * _REST))
