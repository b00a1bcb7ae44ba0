"""`/timeline`: the events as a picture, or as text if Telegram refuses the picture."""

import asyncio
import logging
import re

from telegram import Message
from telegram.error import BadRequest

from bot.knowledge import Event
from bot.loading.subprocesses import run_in_subprocess
from bot.telegram.addressing import in_group
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers.questions import remember
from bot.telegram.messages import texts
from bot.telegram.messages.buttons import Rows, entry_rows
from bot.telegram.messages.replies import DELETE_BUTTON, Rendered
from bot.telegram.send.retries import short_reason
from bot.telegram.services import Services
from bot.telegram.session import speaker_of
from bot.timeline import matching_events

log = logging.getLogger(__name__)


async def show(services: Services, message: Message, text: str) -> None:
    """Show all events, or those that match the text after the command."""
    set_outcome("timeline")
    knowledge = services.knowledge
    words = " ".join(re.findall(r"[\w-]+", text))
    found = matching_events(knowledge.events, words)
    if not found:
        await services.send(message, texts.no_matching_event(knowledge, words))
        return
    rows: Rows = ((DELETE_BUTTON,),)
    if not in_group(message.chat):
        entries = dict.fromkeys(event.entry for event in found)
        rows = entry_rows(knowledge.entries[entry] for entry in entries)
    shown = Rendered(texts.timeline_caption(knowledge, found, services.client.username), rows)
    picture = await _picture(services, found)
    try:
        sent = await services.send(message, shown, picture=picture)
    except BadRequest as error:
        log.info("Telegram refused the timeline's picture (%s)", short_reason(error))
        sent = await services.send(message, shown)
    remember(services, sent, None, speaker_of(message)[1])


async def _picture(services: Services, events: list[Event]) -> bytes:
    """The picture of some events; drawing it takes a second, so the last few are kept."""
    knowledge = services.knowledge
    key = knowledge.version, *(knowledge.events.index(event) for event in events)
    async with services.drawing:
        if key not in services.pictures:
            services.pictures[key] = await asyncio.to_thread(
                run_in_subprocess, "bot.pictures.timeline", "draw", knowledge, events
            )
        return services.pictures[key]
