"""The log of calls, and waiting for something to show up in it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from .errors import Json

T = TypeVar("T")
_MIN_PAUSE = 0.002  # seconds between two checks


@dataclass(frozen=True, slots=True)
class Call:
    """One call by the bot, with decoded parameters."""

    method: str
    params: Json
    result: object = None
    refused: str | None = None  # Telegram's error text
    is_violation: bool = False  # refused, and no correct bot would make it
    fault: str | None = None  # the kind of the injected fault that hit it
    at: float = field(default_factory=time.monotonic)


class Log:
    """All calls except successful getUpdates. `changed` is the lock of the whole server."""

    def __init__(self) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.calls: list[Call] = []

    def add(self, call: Call) -> None:
        """Record a call and wake up any waiting test."""
        with self.changed:
            if call.method != "getUpdates" or call.refused:
                self.calls.append(call)
            self.changed.notify_all()

    def wait_for(self, predicate: Callable[[], T], timeout: float, what: str) -> T:
        """Return the predicate's first true value, or raise TimeoutError with the last calls."""
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
            # The lock was held while checking: give the server as much time for its own work.
            time.sleep(min(max(now - started, _MIN_PAUSE), 50 * _MIN_PAUSE))
