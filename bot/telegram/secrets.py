"""Keeps the token out of every log line and traceback, at any level."""

from __future__ import annotations

import hashlib
import hmac
import logging
import sys
import threading
import traceback
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
