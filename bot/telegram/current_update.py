"""Progress of the update being handled, shared by handlers, API calls and the log."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field

_current: ContextVar[UpdateProgress | None] = ContextVar("progress", default=None)


@dataclass(slots=True)
class UpdateProgress:
    """How far the handling of an update has got, across all attempts."""

    outcome: str = "ignored"
    tries: int = 0  # that failed
    person: int | None = None  # the id of the sender
    has_answered_press: bool = False
    sent: dict[Hashable, object] = field(default_factory=dict)  # message sent -> Telegram's result
    messages: list[tuple[int, int]] = field(default_factory=list)  # (chat id, message id)
    on_finish: list[Callable[[], None]] = field(default_factory=list)  # writes to the store


def set_outcome(outcome: str) -> None:
    """Set the outcome of the current update: "answered", "silent", ..."""
    if progress := _current.get():
        progress.outcome = outcome


def on_finish(write: Callable[[], None]) -> None:
    """Run `write` once the current update is done; it is an error if there is none."""
    progress = _current.get()
    assert progress is not None  # noqa: S101 - handlers run within an update
    progress.on_finish.append(write)


def current_update() -> UpdateProgress | None:
    """The progress of the update this task is handling, or None."""
    return _current.get()


def set_current_update(progress: UpdateProgress | None) -> None:
    """Set the current update, or clear it with None, for this task and the tasks it starts."""
    _current.set(progress)
