"""`/timeline`: the events as a picture, uploaded once; as text if Telegram refuses the picture."""

import asyncio
import logging
import re
from collections.abc import Sequence

from telegram import Message
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, NetworkError

from bot.knowledge import Event
from bot.loading.subprocesses import run_in_subprocess
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers.questions import remember_opened
from bot.telegram.messages import texts
from bot.telegram.messages.buttons import Rows, entry_rows, markup
from bot.telegram.messages.replies import DELETE_BUTTON, Rendered
from bot.telegram.send.client import SentMessage
from bot.telegram.send.retries import short_reason
from bot.telegram.services import (
    Handlers,
    Services,
    in_group,
    on_command,
    reply_parameters_for,
    send,
)
from bot.telegram.session import speaker_of
from bot.timeline import matching_events

log = logging.getLogger(__name__)

# Errors for a chat that forbids photos (tdlib: can_send_message_content; server: CHAT_SEND_...),
# where a new upload would be refused as well.
_NO_PHOTOS = re.compile(r"not enough rights|FORBIDDEN", re.IGNORECASE)


def handlers(services: Services) -> Handlers:
    """`/timeline`, alone or with words to search for."""
    return [on_command(services, "timeline", _timeline)]


async def _timeline(services: Services, message: Message, arguments: Sequence[str]) -> None:
    set_outcome("timeline")
    knowledge = services.knowledge
    words = " ".join(re.findall(r"[\w-]+", " ".join(arguments)))
    found = matching_events(knowledge.events, words)
    if not found:
        await send(message, texts.no_matching_event(knowledge, words))
        return
    rows: Rows = ((DELETE_BUTTON,),)
    if not in_group(message.chat):
        entries = dict.fromkeys(event.entry for event in found)
        rows = entry_rows(knowledge.entries[entry] for entry in entries)
    shown = Rendered(texts.timeline_caption(knowledge, found, services.username), rows)
    sent: Message | SentMessage
    try:
        sent = await _send_picture(services, message, shown, found)
    except NetworkError as error:
        # In the library, a request that is too large (413) is a `NetworkError`.
        if not isinstance(error, BadRequest) and "too large" not in str(error).lower():
            raise
        log.info("Telegram refused the timeline's picture (%s)", short_reason(error))
        sent = await send(message, shown)
    remember_opened(services, sent, None, speaker_of(message)[1])


async def _send_picture(
    services: Services, to: Message, shown: Rendered, events: list[Event]
) -> Message:
    """Send the picture by its file_id; draw and upload it if Telegram does not have it."""
    records, uploads, knowledge = services.records, services.uploads, services.knowledge
    chosen = ",".join(str(knowledge.events.index(event)) for event in events)
    key = f"timeline:{services.bot.id}:{knowledge.version}:{chosen}"
    if file_id := await records.ask(uploads.file_id, key, default=None):
        try:
            return await _send_photo(to, file_id, shown)
        except BadRequest as error:
            if _NO_PHOTOS.search(str(error)):
                raise
            records.later(uploads.delete, key)  # Telegram no longer knows it, perhaps
    async with services.drawing:
        drawn: bytes = await asyncio.to_thread(
            run_in_subprocess, "bot.pictures.timeline", "draw", knowledge, events
        )
    sent = await _send_photo(to, drawn, shown)
    if sent.photo:
        records.later(uploads.save, key, sent.photo[-1].file_id)
    return sent


async def _send_photo(to: Message, photo: bytes | str, shown: Rendered) -> Message:
    return await to.reply_photo(
        photo,
        caption=shown.html,
        parse_mode=ParseMode.HTML,
        reply_markup=markup(shown.rows),
        filename=None if isinstance(photo, str) else "timeline.png",
        reply_parameters=None if to.chat.type == ChatType.PRIVATE else reply_parameters_for(to),
        message_thread_id=to.message_thread_id if to.is_topic_message else None,
    )
