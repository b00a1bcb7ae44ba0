"""Logging as text or JSON, one line per update: no secrets, and nothing that people wrote."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import sqlite3
import sys
import threading
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from bot.config import Settings

log = logging.getLogger(__name__)

_REPLACEMENT = "<token>"
_TRACEBACK = "Traceback (most recent call last):"
_MAX_CHAIN = 10  # errors that led to each other
_QUOTING_NOBODY = (OSError, ImportError, sqlite3.Error)  # texts of the system, not of a message
_MIN_SECRET = 8  # characters; anything shorter may occur in an ordinary word


def redact_uncaught(formatter: SafeFormatter) -> None:
    """Print uncaught errors as the log would show them."""

    def show(_: type[BaseException], error: BaseException | None, __: TracebackType | None) -> None:
        print(formatter.redact(stack_of(error)), file=sys.stderr)  # noqa: T201 - as Python would

    sys.excepthook = show
    threading.excepthook = lambda args: show(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: show(args.exc_type, args.exc_value, args.exc_traceback)


def log_failure(task: asyncio.Task[None]) -> None:
    """Log the error that has ended a task for which nobody waits, if one has."""
    if not task.cancelled() and (error := task.exception()):
        log.error("%s has stopped", task.get_name(), exc_info=error)


class SafeFormatter(logging.Formatter):
    """Removes secrets, escapes control characters from outside, and leaves out what quotes people.

    An error's own text may quote a message, and libraries may log one, so a traceback shows only
    its stack, and a library's line is cut at its first line break.
    """

    def __init__(self, template: str = "%(message)s", secrets: Iterable[str] = ()) -> None:
        super().__init__(template)
        # Longest first, because the token contains its own secret half.
        self._secrets = sorted((s for s in secrets if len(s) >= _MIN_SECRET), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Format a record whose arguments are safe; our own templates may have line breaks."""
        safe = copy.copy(record)
        try:
            if isinstance(record.args, tuple):
                safe.args = tuple(
                    a if isinstance(a, int | float) else escaped(str(a)) for a in record.args
                )
            if not record.name.startswith("bot"):
                safe.msg, safe.args = escaped(record.getMessage().partition("\n")[0]), ()
            safe.exc_text = None
            text = self.line(safe)
        except Exception as error:  # noqa: BLE001 - `logging` would print the arguments unredacted
            text = f"{record.levelname} {record.name}: a log line failed ({type(error).__name__})"
        return self.redact(text)

    def line(self, record: logging.LogRecord) -> str:
        """The line for a safe record."""
        return super().format(record)

    def redact(self, text: str) -> str:
        """Replace every secret in the text."""
        for secret in self._secrets:
            text = text.replace(secret, _REPLACEMENT)
        return text

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, D102, N802 - see `logging`
        return stack_of(ei[1])


def stack_of(error: BaseException | None) -> str:
    """The traceback of an error and of those that led to it, without what they may quote."""
    chain: list[str] = []
    while error is not None and len(chain) < _MAX_CHAIN:
        text = f": {escaped(str(error))}" if isinstance(error, _QUOTING_NOBODY) else ""
        stack = "".join(traceback.format_tb(error.__traceback__))
        notes = getattr(error, "__notes__", ())  # a subprocess's traceback
        chain.append("\n".join([f"{_TRACEBACK}\n{stack}{type(error).__name__}{text}", *notes]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(reversed(chain))


def escaped(text: str) -> str:
    """The text with escapes for line breaks, terminal controls and other invisible characters."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class JsonFormatter(SafeFormatter):
    """One JSON object per line."""

    def line(self, record: logging.LogRecord) -> str:
        """Time in UTC, level, logger, message, extra fields and any traceback."""
        error, record.exc_info = record.exc_info, None
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": super().line(record),
            **getattr(record, "fields", {}),
        }
        if error:
            entry["traceback"] = self.formatException(error)
        return json.dumps(entry, ensure_ascii=False)


class TextFormatter(SafeFormatter):
    """One readable line, with the extra fields as key=value."""

    def line(self, record: logging.LogRecord) -> str:
        """Format as `logging` does, with the fields at the end of the first line."""
        fields = getattr(record, "fields", {})
        suffix = "".join(f" {key}={escaped(str(value))}" for key, value in fields.items())
        head, newline, rest = super().line(record).partition("\n")
        return f"{head}{suffix}{newline}{rest}"


def set_up_logging(settings: Settings) -> None:
    """Send all logs and uncaught errors to stderr, redacted."""
    secrets = secrets_of(settings)
    formatter: SafeFormatter = JsonFormatter(secrets=secrets)
    if settings.log_format == "text":
        formatter = TextFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    # Below these levels, libraries log the calls that they make, with what people wrote.
    level = logging.getLevelNamesMapping()[settings.log_level]
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    logging.captureWarnings(capture=True)
    redact_uncaught(formatter)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """What must never be logged: the token, its secret half and the webhook secret."""
    if settings.telegram_bot_token is None:
        return ()
    token = settings.telegram_bot_token.reveal()
    return token, token.partition(":")[2], settings.effective_webhook_secret
