"""Progress of the update being handled, shared by handlers, API calls and the log."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass, field

# The progress of the update that a task, or the task that started it, is handling.
current_update: ContextVar[UpdateProgress | None] = ContextVar("progress", default=None)


@dataclass(slots=True)
class UpdateProgress:
    """How far the handling of an update has got, across all attempts."""

    outcome: str = "ignored"
    tries: int = 0  # that failed
    person: int | None = None  # the id of the sender
    sent: dict[Hashable, object] = field(default_factory=dict)  # what was sent -> Telegram's result
    messages: list[tuple[int, int]] = field(default_factory=list)  # (chat id, message id)
    on_finish: list[Callable[[], None]] = field(default_factory=list)  # writes to the store


def set_outcome(outcome: str) -> None:
    """Set the outcome of the current update: "answered", "silent", ..."""
    if progress := current_update.get():
        progress.outcome = outcome


def is_retry() -> bool:
    """Whether an earlier try of the current update failed."""
    progress = current_update.get()
    return bool(progress and progress.tries)


def has_sent() -> bool:
    """Whether an earlier try of the current update has sent something."""
    progress = current_update.get()
    return bool(progress and progress.sent)


def on_finish(write: Callable[[], None]) -> None:
    """Run `write` once the current update is done; it is an error if there is none."""
    progress = current_update.get()
    assert progress is not None  # noqa: S101 - handlers run within an update
    progress.on_finish.append(write)
