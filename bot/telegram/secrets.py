"""Keeps the token out of every log line and traceback, at any level."""

from __future__ import annotations

import logging

_HIDDEN = "<token>"


class Redactor(logging.Formatter):
    """Wraps a formatter; what it prints never holds one of the secrets."""

    def __init__(self, inner: logging.Formatter, secrets: tuple[str, ...]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        """Format, then hide: the traceback is part of the text by now."""
        return self.hide(self._inner.format(record))

    def hide(self, text: str) -> str:
        """The text without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text
