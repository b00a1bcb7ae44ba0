"""`/timeline`: the events as a picture, uploaded once; as text where photos are not allowed."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CommandHandler, filters

from bot.knowledge import Event, Knowledge
from bot.loading.subprocesses import run_in_subprocess
from bot.store.answers import Uploads
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers.questions import remember_opened
from bot.telegram.messages import texts
from bot.telegram.messages.buttons import Rows, markup
from bot.telegram.messages.replies import DELETE_BUTTON, Rendered
from bot.telegram.messages.texts import caption
from bot.telegram.send.client import SentMessage
from bot.telegram.services import (
    Context,
    Services,
    command_message,
    in_group,
    replying,
    send,
    today,
)
from bot.telegram.session import speaker_of
from bot.timeline import matching_events

# How Telegram refuses photos in a chat (tdlib: can_send_message_content; server: CHAT_SEND_...).
_NO_PHOTOS = re.compile(
    r"not enough rights to send photos|CHAT_SEND_(PHOTOS|MEDIA)_FORBIDDEN", re.IGNORECASE
)
# How it refuses a file_id that it does not know (any more).
_NO_FILE = re.compile(r"wrong (remote )?file|file.?reference|file_id", re.IGNORECASE)


def handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """`/timeline`, with words that narrow it."""
    files, drawing = Uploads(services.store), asyncio.Lock()

    async def drawn(knowledge: Knowledge, found: list[Event]) -> bytes:
        async with drawing:  # each takes a process of its own
            picture: bytes = await asyncio.to_thread(
                run_in_subprocess, "bot.pictures.timeline", "draw", knowledge, found
            )
            return picture

    async def timeline(update: Update, context: Context) -> None:
        message = command_message(update, context)
        if message is None:
            return
        set_outcome("timeline")
        knowledge, username = services.knowledge, context.bot.username
        words = " ".join(re.findall(r"[\w-]+", " ".join(context.args or ())))
        found = matching_events(knowledge.events, words)
        if not found:
            await send(message, texts.no_event(knowledge, words))
            return
        tools: Rows = ((DELETE_BUTTON,),) if in_group(message.chat) else ()
        rows = (*texts.event_buttons(knowledge, found), *tools)
        shown = Rendered(caption(knowledge, found, username), rows)
        key = _key(context.bot.id, knowledge, found)
        sent: Message | SentMessage
        try:
            sent = await _send_picture(message, shown, files, key, lambda: drawn(knowledge, found))
        except BadRequest as error:
            if not _NO_PHOTOS.search(str(error)):
                raise
            text = texts.timeline(knowledge, found, username, today())
            sent = await send(message, Rendered(text.html, rows))
        remember_opened(services, sent, None, speaker_of(message)[1])

    return [CommandHandler("timeline", timeline, filters.UpdateType.MESSAGE)]


def _key(bot_id: int, knowledge: Knowledge, found: list[Event]) -> str:
    """The name of a picture: whose it is, of which knowledge, of which events."""
    chosen = ",".join(str(knowledge.events.index(event)) for event in found)
    return f"timeline:{bot_id}:{knowledge.version}:{chosen}"


async def _send_picture(
    to: Message, shown: Rendered, files: Uploads, key: str, drawn: Callable[[], Awaitable[bytes]]
) -> Message:
    """Send the picture as Telegram has it; drawn and uploaded if it has it not."""
    known = files.file_id(key)
    if known:
        try:
            return await _send_photo(to, known, shown)
        except BadRequest as error:
            if not _NO_FILE.search(str(error)):
                raise
            files.forget(key)
    sent = await _send_photo(to, await drawn(), shown)
    if sent.photo:
        files.keep(key, sent.photo[-1].file_id)
    return sent


async def _send_photo(to: Message, photo: bytes | str, shown: Rendered) -> Message:
    return await to.reply_photo(
        photo,
        caption=shown.html,
        parse_mode=ParseMode.HTML,
        reply_markup=markup(shown.rows),
        filename=None if isinstance(photo, str) else "timeline.png",
        reply_parameters=None if to.chat.type == ChatType.PRIVATE else replying(to),
        message_thread_id=to.message_thread_id if to.is_topic_message else None,
    )
