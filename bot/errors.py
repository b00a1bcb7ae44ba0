"""The errors with a meaning of their own, and what each says to whoever started the bot."""

from collections.abc import Sequence
from dataclasses import dataclass


class InputError(Exception):
    """Wrong input from the owner or editor; shown as it is, exit status 2, no traceback."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the knowledge folder, and how to mend it."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """`answers.yaml:12: what is wrong; how to mend it`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class KnowledgeError(InputError):
    """The knowledge folder does not verify; carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)  # as given, or it could not be pickled

    def __str__(self) -> str:
        """One fault a line."""
        return "\n".join(map(str, self.faults))


class ServingError(Exception):
    """The bot cannot go on serving; the message says why and what to do."""


REVOKED_MESSAGE = (
    "Telegram no longer accepts the bot's token; it may have been revoked. Get the new one from"
    " @BotFather (/token), set TELEGRAM_BOT_TOKEN and start again. No question is lost meanwhile."
)
