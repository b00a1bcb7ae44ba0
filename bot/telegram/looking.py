"""Looks for a message that may have gone out: the line broke, or we were killed, before word came.

The Bot API has no way to send something once, and a lost answer is worse than a second one. But
messages are numbered: one that went out has a number soon after the newest that was known when
it was sent, and belongs to nobody we know of. So before it is sent again, those numbers are
asked for. To stop a live location changes nothing where there is none, and how Telegram refuses
tells whether there is such a message in the chat, and whether it is ours (tdlib/telegram-bot-api:
check_message; tdlib/td: edit_message_live_location). Which one of ours it is its keyboard tells:
setting the one it already has changes nothing, and Telegram says so.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.store import Begun, Messages, count_of
from bot.telegram.client import CONNECTIONS

log = logging.getLogger(__name__)

Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]  # method, parameters -> Telegram's result

_MOST = 16  # numbers asked for; others may well write meanwhile, but not that many
_REACH = 200  # how far after the newest number a message may be: some seconds at Telegram's limits
_UNHEARD = 2  # messages of others that come while one is sent, and are not heard of yet
_LATELY = 500  # messages sent, to tell by their numbers what was sent before


def words_of(data: dict[str, Any]) -> int:
    """A check of a message's words, small enough to be kept with every one."""
    return zlib.crc32(str(data.get("text") or data.get("caption")).encode())


def buttons_of(data: dict[str, Any]) -> str:
    """The inline keyboard of a message as JSON; "" if it has none."""
    keyboard = data.get("reply_markup")
    if isinstance(keyboard, InlineKeyboardMarkup):
        return keyboard.to_json()
    return keyboard if isinstance(keyboard, str) else ""


class Lookout:
    """Finds messages of ours. `alone` means that no other process sends for this bot."""

    def __init__(self, messages: Messages, *, alone: bool) -> None:
        self._messages = messages
        self._alone = alone
        self._turn = 0
        self._sent: deque[tuple[int, int, int]] = deque(maxlen=_LATELY)  # turn, count, number

    def turn(self) -> int:
        """The turn of a message about to be sent, or of a failure: they are counted in order."""
        self._turn += 1
        return self._turn

    def arrived(self, turn: int, chat: int, number: int) -> None:
        """Learn of a message that was sent in its turn."""
        self._sent.append((turn, count_of(chat), number))

    async def find(
        self, ask: Ask, data: dict[str, Any], begun: Begun, since: int, beside: int
    ) -> dict[str, Any] | None:
        """The message with this `data` that was `begun` and failed at the turn `since`, or None.

        `beside` others are on their way. Of the message only number, chat and about its date
        are known.
        """
        chat = data["chat_id"]
        buttons = buttons_of(data) if begun.words == words_of(data) else ""
        # Without buttons any message of ours is taken for the one: no other may be on its way.
        by_place = self._alone and not self._messages.has_suspects(chat)
        if not begun.newest or not (buttons or by_place):
            return None
        last = min(self._last(chat, since, beside), begun.newest + _REACH)
        absent = 0  # numbers in a row
        for number in self._messages.unknown(chat, begun.newest, last)[:_MOST]:
            ours = await is_ours(ask, chat, number)
            absent = absent + 1 if ours is None else 0
            if absent > _UNHEARD and count_of(chat) == chat:
                return None  # past the end of what the chat has
            if ours and (not buttons or await shows(ask, chat, number, buttons)):
                log.info("a message had gone out before; it is not sent again")
                return {"message_id": number, "date": int(time.time()), "chat": _chat(chat)}
        return None

    def _last(self, chat: int, since: int, beside: int) -> int:
        """The highest number that a message may have which was sent before a turn."""
        count = count_of(chat)
        later = (number for turn, of, number in self._sent if of == count and turn > since)
        # In a chat that counts by itself others may write what we never hear of.
        more = _MOST if count == chat else min(beside, CONNECTIONS) + _UNHEARD
        return min(later, default=self._messages.newest(chat) + more)


async def is_ours(ask: Ask, chat: int, number: int) -> bool | None:
    """Whether a message of a chat is ours; None if there is none."""
    try:
        await ask("stopMessageLiveLocation", {"chat_id": chat, "message_id": number})
    except BadRequest as error:
        said = error.message.lower()
        return None if "not found" in said else "no live location" in said
    return True


async def shows(ask: Ask, chat: int, number: int, buttons: str) -> bool:
    """Whether a message of ours has just this keyboard. If not it has now: be sure before."""
    parameters = {"chat_id": chat, "message_id": number, "reply_markup": buttons}
    try:
        await ask("editMessageReplyMarkup", parameters)
    except BadRequest as error:
        return "message is not modified" in error.message.lower()
    log.warning("a message of ours was not the one looked for; it has got its buttons")
    return False


def _chat(chat: int) -> dict[str, Any]:
    kind = "private" if chat > 0 else "group" if count_of(chat) != chat else "supergroup"
    return {"id": chat, "type": kind}
