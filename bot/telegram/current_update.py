"""What is known of the update at hand, shared by handlers, calls and the log."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field

_at_hand: ContextVar[UpdateProgress | None] = ContextVar("progress", default=None)


@dataclass(slots=True)
class UpdateProgress:
    """How far one update has come; it outlives the tries."""

    outcome: str = "ignored"
    sent: dict[Hashable, object] = field(default_factory=dict)  # what was sent -> Telegram's result
    messages: list[tuple[int, int]] = field(default_factory=list)  # chat and number of each
    on_finish: list[Callable[[], None]] = field(default_factory=list)  # writes to the store


def set_outcome(word: str) -> None:
    """Name what became of the update at hand: "answered", "silent", ..."""
    if progress := _at_hand.get():
        progress.outcome = word


def on_finish(write: Callable[[], None]) -> None:
    """Write to the store together with the end of the update at hand: all is known, or nothing."""
    if progress := _at_hand.get():
        progress.on_finish.append(write)
    else:
        write()


def current_update() -> UpdateProgress | None:
    """The update that this task works on, None outside of any."""
    return _at_hand.get()


def set_current_update(progress: UpdateProgress | None) -> None:
    """Make an update the one at hand, or none, for this task and what it starts."""
    _at_hand.set(progress)
