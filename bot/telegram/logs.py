"""Logging as text or JSON, with secrets redacted; one line per update, without its text."""

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

_REPLACEMENT = "<token>"
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
    """Also redact what Python prints about uncaught errors."""

    def show(
        kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        print(redactor.redact(text), end="", file=sys.stderr)  # noqa: T201 - as Python would

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


class JsonFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time in UTC, level, logger, message, extra fields and any traceback."""
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
    """One readable line, with the extra fields as key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Format as `logging` does, with the fields at the end of the first line."""
        fields = getattr(record, "fields", {})
        suffix = "".join(f" {key}={value}" for key, value in fields.items())
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
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    if settings.log_level != "DEBUG":
        # Our own log lines already say it better.
        for noisy in ("telegram", "uvicorn"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
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
