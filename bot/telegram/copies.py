"""Takes back the copy of an answer that came late, after it had been looked for and sent again.

What Telegram was slow to send is not there yet when it is looked for. A while later it is, and
then it has one of the numbers that were nobody's when the answer was sent again.
"""

from __future__ import annotations

import asyncio
import logging

from telegram.error import BadRequest, Forbidden, TelegramError

from bot.store import Messages, Suspect
from bot.telegram.client import Client, Sent
from bot.telegram.looking import is_ours, shows
from bot.telegram.retries import reason

log = logging.getLogger(__name__)

_MOST_SUSPECTS = 5  # numbers: what was sent again comes close behind the first one
_AFTER = 2  # numbers after the answer that a copy may have, if no other process may have them
PATIENCE = 10.0  # seconds in which what is on its way arrives, and answers are told apart from it
LOOK = 2.0  # seconds between two looks


def suspect_copies(
    messages: Messages, sent: Sent, buttons: str, newest: int, *, alone: bool
) -> None:
    """Remember what may be a copy of an answer that was sent again.

    `newest` was known before it was sent first. `alone`: no other process sends for this bot.
    """
    until = sent.message_id + _AFTER * alone
    found = messages.unknown(sent.chat_id, newest, until)
    messages.suspect(sent.chat_id, found[-_MOST_SUSPECTS:], buttons)


async def take_back_copies(client: Client, messages: Messages) -> None:
    """Delete copies as they are found; runs until cancelled."""
    while True:
        for suspect in messages.suspects(PATIENCE):
            try:
                if await _is_copy(client, messages, suspect):
                    await client.delete_message(suspect.chat_id, suspect.message_id)
                    log.info("an answer had gone out twice; the copy was taken back")
            except (BadRequest, Forbidden) as error:
                log.info("an answer may have gone out twice (%s)", reason(error))
            except TelegramError as error:
                log.info("a copy cannot be looked for now (%s)", reason(error))
                break
            except Exception:  # whatever it is, answering people matters more
                log.exception("a copy cannot be looked for; it stays")
            messages.clear(suspect.chat_id, suspect.message_id)
        await asyncio.sleep(LOOK)


async def _is_copy(client: Client, messages: Messages, suspect: Suspect) -> bool:
    chat, number = suspect.chat_id, suspect.message_id
    if not suspect.keyboard or not messages.unknown(chat, number - 1, number):
        return False  # without buttons no message is told from another
    ours = await is_ours(client.ask, chat, number)
    return bool(ours) and await shows(client.ask, chat, number, suspect.keyboard)
