"""Errors whose messages are shown to whoever started the bot."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class InputError(Exception):
    """Invalid input from the owner or an editor: shown without a traceback, exit status 2."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in the knowledge folder, and how to fix it."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """`answers.yaml:12: what is wrong; how to fix it`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class KnowledgeError(InputError):
    """The knowledge folder is invalid; carries every problem found."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        """One problem per line."""
        return "\n".join(map(str, self.problems))


@contextmanager
def collected(problems: list[Problem]) -> Iterator[None]:
    """Add the problems of a `KnowledgeError` to a list, and go on."""
    try:
        yield
    except KnowledgeError as error:
        problems += error.problems


class ServingError(Exception):
    """The bot has to stop; the message says why and what to do."""


def listen_error(prefix: str, host: str, port: int, error: OSError | UnicodeError) -> Exception:
    """The error to raise if a server cannot listen; it may pass, unless the port is forbidden."""
    kind = InputError if isinstance(error, PermissionError | UnicodeError) else ServingError
    reason = getattr(error, "strerror", "") or "this is no host"
    return kind(
        f"{prefix}_LISTEN, {prefix}_PORT: cannot listen on {host} port {port}"
        f" ({reason}); choose another port or address, or stop the process that uses it"
    )


REVOKED_MESSAGE = (
    "Telegram no longer accepts the bot's token; it may have been revoked. Get a new one from"
    " @BotFather (/token), set TELEGRAM_BOT_TOKEN and restart the bot. No questions are lost."
)
