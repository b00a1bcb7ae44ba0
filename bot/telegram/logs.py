"""Log lines that help at 3 a.m.: text or JSON, one line an update, no words of people."""

import hashlib
import hmac
import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType

from bot.config import Settings

_HIDDEN = "<token>"
_TELLING = 8  # characters; anything shorter is no secret, and may be part of any word


class Redactor(logging.Formatter):
    """Wraps a formatter; what it prints never holds one of the secrets."""

    def __init__(self, inner: logging.Formatter, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._inner = inner
        # The longest first: the token holds its own half.
        self._secrets = sorted({s for s in secrets if len(s) >= _TELLING}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """Format, then hide: the traceback is part of the text by now."""
        try:
            text = self._inner.format(record)
        except Exception as error:  # noqa: BLE001 - `logging` would print the arguments as they are
            text = f"{record.levelname} {record.name}: a log line failed ({type(error).__name__})"
        return self.hide(text)

    def hide(self, text: str) -> str:
        """The text without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text


def redact_uncaught(redactor: Redactor) -> None:
    """Hide secrets also in what Python itself prints of errors that nobody caught."""

    def tell(
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        print(redactor.hide(text), end="", file=sys.stderr)  # noqa: T201 - as Python would

    sys.excepthook = tell
    threading.excepthook = lambda args: tell(args.exc_type, args.exc_value, args.exc_traceback)
    sys.unraisablehook = lambda args: tell(args.exc_type, args.exc_value, args.exc_traceback)


def webhook_secret(settings: Settings) -> str:
    """The secret of the webhook; derived from the token where none is set.

    Every replica derives the same one, so there is nothing to hand around.
    """
    if settings.webhook_secret:
        return settings.webhook_secret.reveal()
    token = settings.telegram_bot_token
    key = token.reveal().encode() if token else b""
    return hmac.new(key, b"webhook", hashlib.sha256).hexdigest()


__all__ = ["JsonFormatter", "TextFormatter", "set_up_logging"]


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time in UTC, level, logger, message, and the traceback where there is one."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class TextFormatter(logging.Formatter):
    """One readable line; fields as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """As `logging` does it, the fields behind."""
        fields = getattr(record, "fields", {})
        behind = "".join(f" {key}={value}" for key, value in fields.items())
        head, newline, rest = super().format(record).partition("\n")
        return f"{head}{behind}{newline}{rest}"


def set_up_logging(settings: Settings) -> Redactor:
    """Send all logs to stderr, redacted; uncaught errors too."""
    inner: logging.Formatter = (
        JsonFormatter()
        if settings.log_format == "json"
        else TextFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    redactor = Redactor(inner, secrets_of(settings))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(redactor)
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    if settings.log_level != "DEBUG":
        # The library tells what we tell better.
        for noisy in ("telegram", "uvicorn"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
    # Its tracebacks of a proxy's error page say no more than our own line does.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
    redact_uncaught(redactor)
    return redactor


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """What must never be shown: the token, the telling half of it, the webhook's secret."""
    found = []
    if settings.telegram_bot_token:
        token = settings.telegram_bot_token.reveal()
        found += [token, token.partition(":")[2]]
        found.append(webhook_secret(settings))
    return tuple(found)
