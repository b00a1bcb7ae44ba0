"""Takes back the copy of an answer that went out twice because a connection broke.

The Bot API has no word for "send this once": when the line breaks after a send, or we are
killed in the middle of one, nobody tells us whether it was done, and a lost answer is worse
than a second one, so it is sent again. But a chat counts its messages. If, after the second
send, a number between the question and the answer belongs to no message we know of, it may
be the first one. Once everybody else's messages have had time to reach us, we ask: setting
the keyboard it already has changes nothing, and Telegram says so of our own message with
just that keyboard, and of no other. Then it is deleted. (Private chats share one count, so
there this helps while the bot is not busy with many at once.)
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.store import Messages, Suspect
from bot.telegram.hearing import Hearing
from bot.telegram.retries import reason

log = logging.getLogger(__name__)

# More unknown numbers than that are other people's talk; then a copy rather stays.
_MOST_SUSPECTS = 5
PATIENCE = 10.0  # seconds more once all seems heard, as clocks differ
_LOOK = 2.0  # seconds between two looks


def suspect_copies(
    messages: Messages, data: dict[str, Any], question: int, answer: int, own: set[int]
) -> None:
    """Remember what may be a copy of the `answer` to a `question`, sent with this `data`."""
    keyboard = data.get("reply_markup")
    if keyboard is not None and not isinstance(keyboard, InlineKeyboardMarkup):
        return  # only inline keyboards can be set again
    if answer - question > 100 * _MOST_SUSPECTS:
        return
    chat = data["chat_id"]
    found = [n for n in messages.unaccounted(chat, question, answer) if n not in own]
    if len(found) <= _MOST_SUSPECTS:
        messages.suspect(chat, found, keyboard.to_json() if keyboard else "")


async def take_back_copies(
    bot: Bot, messages: Messages, hearing: Hearing, *, webhook: bool
) -> None:
    """Delete copies as they are found; runs until cancelled."""
    while True:
        if webhook and messages.suspects(time.time()):
            await _hear(bot, hearing)
        for suspect in messages.suspects(hearing.until() - PATIENCE):
            try:
                if await _is_ours(bot, suspect):
                    await bot.delete_message(suspect.chat_id, suspect.message_id)
                    log.info("an answer had gone out twice; the copy was taken back")
            except (BadRequest, Forbidden) as error:
                log.info("an answer may have gone out twice (%s)", reason(error))
            except TelegramError as error:
                log.info("a copy cannot be looked for now (%s)", reason(error))
                break
            except Exception:  # whatever it is, answering people matters more
                log.exception("a copy cannot be looked for; it stays")
            messages.clear(suspect.chat_id, suspect.message_id)
        await asyncio.sleep(_LOOK)


async def _hear(bot: Bot, hearing: Hearing) -> None:
    asked = time.time()
    try:
        hearing.waiting(asked, (await bot.get_webhook_info()).pending_update_count)
    except TelegramError as error:
        log.info("Telegram does not tell what is waiting (%s)", reason(error))


async def _is_ours(bot: Bot, suspect: Suspect) -> bool:
    found = json.loads(suspect.keyboard) if suspect.keyboard else None
    keyboard = InlineKeyboardMarkup.de_json(found, bot) if found else None
    try:
        await bot.edit_message_reply_markup(
            suspect.chat_id, suspect.message_id, reply_markup=keyboard
        )
    except BadRequest as error:
        if "message is not modified" in error.message.lower():
            return True
        raise
    return False
