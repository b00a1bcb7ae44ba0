"""Log lines that help at 3 a.m.: text or JSON, one line an update, no words of people."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from bot.config import Settings
from bot.telegram.progress import outcome
from bot.telegram.secrets import Redactor, redact_uncaught, webhook_secret

__all__ = ["JsonFormatter", "TextFormatter", "outcome", "set_up_logging"]


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
