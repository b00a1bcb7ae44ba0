"""A button pressed twice, or by many at once: what it opens is sent once in a while."""

from __future__ import annotations

from cachetools import TTLCache
from telegram import CallbackQuery, Message

SENT_LATELY = "I sent that a moment ago: it is below."
_QUIET = 30.0  # seconds in which the same button of the same message sends nothing more
_REMEMBERED = 10_000


class Presses:
    """Which buttons sent a message lately; in memory only, without who pressed them."""

    def __init__(self) -> None:
        self._lately: TTLCache[tuple[int, int, str], bool] = TTLCache(_REMEMBERED, _QUIET)

    def is_repeated(self, query: CallbackQuery, message: Message) -> bool:
        """Whether the button just sent what it sends."""
        return _button(query, message) in self._lately

    def note(self, query: CallbackQuery, message: Message) -> None:
        """Remember that it sent it."""
        self._lately[_button(query, message)] = True


def _button(query: CallbackQuery, message: Message) -> tuple[int, int, str]:
    return message.chat_id, message.message_id, query.data or ""
