"""The commands, apart from `/ask`, `/settings` and `/timeline`, with their buttons.

They are `/start`, `/help`, `/topics`, `/source`, `/privacy` and `/forget`, and, for the owners,
`/stats` and `/unanswered`.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from telegram import Message

from bot.feedback.stats import stats_text
from bot.feedback.unanswered import collect, read_saved, unanswered_text
from bot.store import DiskError, Questions
from bot.store.questions import DailyCount, SavedQuestion
from bot.telegram.addressing import in_group
from bot.telegram.current_update import current_update, set_outcome
from bot.telegram.handlers.groups import forget_chat_data, is_from_admin
from bot.telegram.handlers.questions import show_opened
from bot.telegram.messages import article, texts
from bot.telegram.messages.buttons import (
    ADDED,
    CONTEXT,
    OPEN,
    TOPIC,
    as_html,
    has_button,
    passage_number,
)
from bot.telegram.messages.replies import Rendered
from bot.telegram.services import Press, Respond, Services
from bot.telegram.session import speaker_of

_T = TypeVar("_T")
_REPLIES: dict[str, Callable[[Services], Rendered]] = {
    "help": lambda services: texts.help_(services.knowledge, services.client.me),
    "topics": lambda services: texts.topics(services.knowledge),
    "source": lambda services: article.source(services.knowledge, services.client.username),
    "privacy": lambda services: texts.privacy(keeps_questions=services.recorder.on),
}


async def _reply(name: str, services: Services, message: Message, _: str) -> None:
    set_outcome(name)
    await services.send(message, _REPLIES[name](services))


# Commands that always get the same reply.
FIXED: dict[str, Respond] = {name: partial(_reply, name) for name in _REPLIES}


async def start(services: Services, message: Message, text: str) -> None:
    """`/start` alone, `/start ENTRY` and `/start p3`; anything else gets the welcome."""
    payload = text.strip().partition(" ")[0]
    if payload == ADDED and in_group(message.chat):
        return  # the group is greeted when the bot is added
    knowledge, username = services.knowledge, services.client.username
    if reply := services.answerer.open(payload):
        await show_opened(services, message, reply, speaker_of(message)[1])
        return
    shown = None
    if number := passage_number(payload):
        set_outcome("source")
        shown = article.passage(knowledge, number, username)
    await services.send(message, shown or texts.start(knowledge, username))


async def turn_page(services: Services, press: Press) -> str | None:
    """Show another page of the article in the same message."""
    number = int(press.name) if press.name.isdecimal() else 0
    found = article.page(services.knowledge, number, services.client.username)
    # Any other page's button will do: a press may come just after the page was turned.
    if found is None or not has_button(press.message, press.kind):
        return None
    set_outcome("source")
    await services.edit((press.message.chat_id, press.message.message_id), found)
    return ""


async def show_more(services: Services, press: Press) -> str | None:
    """Send what a button stands for: an answer, a topic, or the context of an answer."""
    message, kind, name = press.message, press.kind, press.name
    pressed = kind, name, message.chat_id, message.message_id
    if pressed in services.recent_presses and not current_update.get().has_sent_message:
        set_outcome("repeated")
        return texts.text("already_sent")
    knowledge, username = services.knowledge, services.client.username
    if kind == OPEN and (reply := services.answerer.open(name)):
        await show_opened(services, message, reply, press.person_id)
    elif kind == TOPIC and name in knowledge.topics:
        set_outcome("topics")
        await services.send(message, texts.topic(knowledge, name))
    elif kind == CONTEXT and (shown := article.in_context(knowledge, name, username)):
        set_outcome("context")
        await services.send(message, shown)
    else:
        return None
    services.recent_presses[pressed] = True
    return ""


async def forget(services: Services, message: Message, _: str) -> None:
    """Delete a chat's data; in a group only an admin may delete everybody's."""
    set_outcome("forgotten")
    if in_group(message.chat) and not await is_from_admin(services.client, message):
        await services.send(message, Rendered(texts.text("admins_only")))
        return
    is_done = await forget_chat_data(services, message.chat_id)
    await services.send(message, Rendered(texts.text("forgotten" if is_done else "not_forgotten")))


async def _report(
    read: Callable[[Questions], _T],
    as_text: Callable[[_T, Services], str],
    services: Services,
    message: Message,
    _: str,
) -> None:
    """Send a report of what is read, made in a thread since that may take seconds."""
    set_outcome("report")
    try:
        found = await services.records.require(read, services.recorder.questions)
    except DiskError:
        text = texts.text("no_report")
    else:
        text = await asyncio.to_thread(as_text, found, services)
    await services.send(message, Rendered(as_html(text)))


def _stats_text(counts: list[DailyCount], services: Services) -> str:
    return stats_text(counts, services.store.today(), services.knowledge)


def _unanswered_text(saved: tuple[list[SavedQuestion], int], services: Services) -> str:
    answerer = services.answerer  # a reload may replace it meanwhile
    return unanswered_text(collect(*saved, answerer), answerer)


# For everybody but the people in `OWNER_IDS`, these are unknown commands.
FOR_OWNERS: dict[str, Respond] = {
    "stats": partial(_report, Questions.counts, _stats_text),
    "unanswered": partial(_report, read_saved, _unanswered_text),
}
