"""Progress of the update being handled, shared by handlers, API calls and the log."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class UpdateProgress:
    """How far the handling of an update has got, across all attempts."""

    outcome: str = "silent"
    is_retry: bool = False
    tries: int = 0  # that failed, but for those that Telegram told to wait
    person: int | None = None  # the id of the sender
    # What was sent, as its method and what identifies it -> Telegram's result.
    sent: dict[tuple[str, ...], object] = field(default_factory=dict)
    on_finish: list[Callable[[], None]] = field(default_factory=list)  # writes to the store

    @property
    def has_sent_message(self) -> bool:
        """Whether a message was sent, rather than only a press answered."""
        return any(method.startswith("send") for method, *_ in self.sent)


# The progress of the update that a task, or the task that started it, is handling, if any.
current_update: ContextVar[UpdateProgress] = ContextVar("progress")


def set_outcome(outcome: str) -> None:
    """Set the outcome of the current update: "answered", "help", ..."""
    current_update.get().outcome = outcome


def on_finish(write: Callable[[], None]) -> None:
    """Run `write` once the current update is done."""
    current_update.get().on_finish.append(write)
