"""What is known of the update at hand, shared by handlers, calls and the log."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field

_at_hand: ContextVar[Progress | None] = ContextVar("progress", default=None)


@dataclass(slots=True)
class Progress:
    """How far one update has come; it outlives the tries."""

    outcome: str = "ignored"
    sent: dict[Hashable, object] = field(default_factory=dict)  # what was sent -> Telegram's result
    messages: list[tuple[int, int]] = field(default_factory=list)  # chat and number of each
    at_end: list[Callable[[], None]] = field(default_factory=list)  # writes to the store


def outcome(word: str) -> None:
    """Name what became of the update at hand: "answered", "silent", ..."""
    if progress := _at_hand.get():
        progress.outcome = word


def at_end(write: Callable[[], None]) -> None:
    """Write to the store together with the end of the update at hand: all is known, or nothing."""
    if progress := _at_hand.get():
        progress.at_end.append(write)
    else:
        write()


def at_hand() -> Progress | None:
    """The update that this task works on, None outside of any."""
    return _at_hand.get()


def take_up(progress: Progress | None) -> None:
    """Make an update the one at hand, or none, for this task and what it starts."""
    _at_hand.set(progress)
