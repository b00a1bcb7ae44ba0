"""Log lines that help at 3 a.m.: text or JSON, one line an update, no words of people."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from bot.config import Settings
from bot.telegram.secrets import Redactor

# What the handlers made of the update at hand; the delivery logs it.
_outcome: ContextVar[list[str] | None] = ContextVar("outcome", default=None)


def outcome(word: str) -> None:
    """Name what became of the update at hand: "answered", "silent", ..."""
    words = _outcome.get()
    if words is not None:
        words[:] = [word]


def collect_outcome() -> list[str]:
    """Begin an update; the list holds its outcome once the handlers are through."""
    words = ["ignored"]
    _outcome.set(words)
    return words


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
    secrets = [settings.telegram_bot_token, settings.webhook_secret]
    redactor = Redactor(inner, tuple(s.get_secret_value() for s in secrets if s))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(redactor)
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    if settings.log_level != "DEBUG":
        # httpx tells each request with its address; the library tells what we tell better.
        for noisy in ("httpx", "httpcore", "telegram", "uvicorn"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    return redactor
