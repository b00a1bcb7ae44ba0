"""Logging as text or JSON, one line per update: no secrets, and nothing that people wrote."""

import copy
import hashlib
import hmac
import json
import logging
import sqlite3
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from bot.config import Settings

_REPLACEMENT = "<token>"
_TRACEBACK = "Traceback (most recent call last):"
_MAX_CHAIN = 10  # errors that led to each other
_QUOTING_NOBODY = (OSError, ImportError, sqlite3.Error)  # texts of the system, not of a message
_MIN_SECRET = 8  # characters; anything shorter may occur in an ordinary word


class Redactor(logging.Formatter):
    """Wraps a formatter and removes the secrets from its output."""

    def __init__(self, inner: logging.Formatter, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._inner = inner
        # Longest first, because the token contains its own secret half.
        secrets = tuple({s for s in secrets if len(s) >= _MIN_SECRET})
        self._secrets = sorted(secrets, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Format the record with its traceback, then redact."""
        try:
            text = self._inner.format(record)
        except Exception as error:  # noqa: BLE001 - `logging` would print the arguments unredacted
            text = f"{record.levelname} {record.name}: a log line failed ({type(error).__name__})"
        return self.redact(text)

    def redact(self, text: str) -> str:
        """Replace every secret in the text."""
        for secret in self._secrets:
            text = text.replace(secret, _REPLACEMENT)
        return text


def redact_uncaught(redactor: Redactor) -> None:
    """Print uncaught errors as the log would show them."""

    def show(_: type[BaseException], error: BaseException | None, __: TracebackType | None) -> None:
        print(redactor.redact(stack_of(error)), file=sys.stderr)  # noqa: T201 - as Python would

    sys.excepthook = show
    threading.excepthook = lambda args: show(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: show(args.exc_type, args.exc_value, args.exc_traceback)


def webhook_secret(settings: Settings) -> str:
    """The webhook secret; if none is set, one derived from the token, the same at every start."""
    if settings.webhook_secret:
        return settings.webhook_secret.reveal()
    token = settings.telegram_bot_token
    key = token.reveal().encode() if token else b""
    return hmac.new(key, b"webhook", hashlib.sha256).hexdigest()


class SafeFormatter(logging.Formatter):
    """Escapes control characters from outside, and leaves out what may quote people.

    An error's own text may quote a message, and libraries may log one, so a traceback shows only
    its stack, and a library's line is cut at its first line break.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Format a record whose arguments are safe; our own templates may have line breaks."""
        safe = copy.copy(record)
        if isinstance(record.args, tuple):
            numbers = (int, float)
            safe.args = tuple(a if isinstance(a, numbers) else escaped(str(a)) for a in record.args)
        if not record.name.startswith("bot"):
            safe.msg, safe.args = escaped(record.getMessage().partition("\n")[0]), ()
        safe.exc_text = None
        return super().format(safe)

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

    def __init__(self) -> None:
        super().__init__("%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Time in UTC, level, logger, message, extra fields and any traceback."""
        error, record = record.exc_info, copy.copy(record)
        record.exc_info = None
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": super().format(record),
            **getattr(record, "fields", {}),
        }
        if error:
            entry["traceback"] = self.formatException(error)
        return json.dumps(entry, ensure_ascii=False)


class TextFormatter(SafeFormatter):
    """One readable line, with the extra fields as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Format as `logging` does, with the fields at the end of the first line."""
        fields = getattr(record, "fields", {})
        suffix = "".join(f" {key}={escaped(str(value))}" for key, value in fields.items())
        head, newline, rest = super().format(record).partition("\n")
        return f"{head}{suffix}{newline}{rest}"


def set_up_logging(settings: Settings) -> None:
    """Send all logs and uncaught errors to stderr, redacted."""
    inner: logging.Formatter = (
        JsonFormatter()
        if settings.log_format == "json"
        else TextFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    redactor = Redactor(inner, secrets_of(settings))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(redactor)
    # Below these levels, libraries log the calls that they make, with what people wrote.
    level = logging.getLevelNamesMapping()[settings.log_level]
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    # This one logs a traceback for every error page of a proxy, which we log in one line.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
    redact_uncaught(redactor)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """What must never be logged: the token, its secret half and the webhook secret."""
    if settings.telegram_bot_token is None:
        return ()
    token = settings.telegram_bot_token.reveal()
    return token, token.partition(":")[2], webhook_secret(settings)
