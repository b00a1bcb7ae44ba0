"""Takes back the copy of an answer that went out twice because a connection broke.

The Bot API has no word for "send this once": when the line breaks after a send, nobody
tells us whether it was done, and a lost answer is worse than a second one, so it is sent
again. But a chat counts its messages. If, after the second send, a number between the
question and the answer belongs to no message we know of, it may be the first one. Setting
the keyboard it already has changes nothing, and Telegram says so of our own message with
just that keyboard, and of no other. Then it is deleted. (Private chats
share one count, so there this helps while the bot is not busy with many at once.)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError

log = logging.getLogger(__name__)

# More unknown numbers than that are other people's talk; then a copy rather stays.
_MOST_SUSPECTS = 5


async def take_back(
    call: Callable[[str, dict[str, Any]], Coroutine[Any, Any, None]],
    suspects: Sequence[int],
    data: dict[str, Any],
) -> None:
    """Delete the copy of the message with this `data` among the suspects, if it is there."""
    keyboard = data.get("reply_markup")
    if not 0 < len(suspects) <= _MOST_SUSPECTS:
        return
    if keyboard is not None and not isinstance(keyboard, InlineKeyboardMarkup):
        return  # only inline keyboards can be set again
    for suspect in suspects:
        message = {"chat_id": data["chat_id"], "message_id": suspect}
        same = message | ({"reply_markup": keyboard} if keyboard else {})
        try:
            if await _is_unchanged(call, same):
                await call("deleteMessage", message)
                log.info("an answer had gone out twice; the copy was taken back")
        except TelegramError as error:
            log.warning("an answer may have gone out twice (%s)", type(error).__name__)
            return


async def _is_unchanged(
    call: Callable[[str, dict[str, Any]], Coroutine[Any, Any, None]], message: dict[str, Any]
) -> bool:
    try:
        await call("editMessageReplyMarkup", message)
    except TelegramError as error:
        if "message is not modified" in str(error).lower():
            return True
        if "message to edit not found" in str(error).lower():
            return False
        if "can't be edited" in str(error).lower():
            return False
        raise
    return False
