"""`/start`, `/help`, `/topics`, `/source`, `/privacy` and `/forget`, with their buttons."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial

from telegram import CallbackQuery, Message
from telegram.constants import ChatType
from telegram.ext import MessageHandler, filters

from bot.errors import InputError, ServingError
from bot.feedback.stats import stats_text
from bot.feedback.unanswered import unanswered_text
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers.groups import forget, is_from_admin
from bot.telegram.handlers.questions import remember_answer, remember_opened, render_for_chat
from bot.telegram.messages import article, texts
from bot.telegram.messages.buttons import ADDED, CONTEXT, OPEN, PAGE, TOPIC, as_html, passage_number
from bot.telegram.messages.replies import Rendered
from bot.telegram.services import (
    NEW,
    Handlers,
    Services,
    edit_message,
    from_person,
    in_group,
    on_command,
    on_press,
    send,
)
from bot.telegram.session import speaker_of

# Commands that always get the same reply.
_FIXED: dict[str, Callable[[Services], Rendered]] = {
    "help": lambda services: texts.help_(services.me),
    "topics": lambda services: texts.topics(services.knowledge),
    "source": lambda services: article.source(services.knowledge, services.username),
    "privacy": lambda services: texts.privacy(keeps_questions=services.recorder.on),
}


def handlers(services: Services) -> Handlers:
    """Commands that have no module of their own; the catch-all for buttons comes last."""
    help_ = partial(_reply, "help")
    return [
        on_command(services, "start", _start),
        on_command(services, "forget", _forget),
        *(on_command(services, name, partial(_reply, name)) for name in _FIXED),
        *_owner_handlers(services),
        on_press(services, rf"^{PAGE}:[0-9]{{1,4}}$", _turn_page),
        on_press(services, None, _button),
        # In a private chat, an unknown command is a mistake; in a group, it is for another bot.
        MessageHandler(
            filters.COMMAND & filters.ChatType.PRIVATE & NEW, from_person(services, help_)
        ),
    ]


async def _reply(name: str, services: Services, message: Message, _: Sequence[str]) -> None:
    set_outcome(name)
    await send(message, _FIXED[name](services))


async def _start(services: Services, message: Message, words: Sequence[str]) -> None:
    """`/start` alone, `/start ENTRY` and `/start p3`; anything else gets the welcome."""
    payload = words[0] if words else ""
    if payload == ADDED and message.chat.type != ChatType.PRIVATE:
        set_outcome("silent")  # the group is greeted when the bot is added
        return
    knowledge, username = services.knowledge, services.username
    if reply := services.answerer.open(payload):
        set_outcome(reply.status)
        services.conversations.add(speaker_of(message), reply)
        sent = await send(message, render_for_chat(services, message, reply))
        remember_answer(services, message, sent.message_id, reply.entry)
        return
    shown = None
    if number := passage_number(payload):
        set_outcome("source")
        shown = article.passage(knowledge, number, username)
    await send(message, shown or texts.start(knowledge, username))


async def _turn_page(services: Services, query: CallbackQuery, _: Message) -> str | None:
    # The library passes on presses without data, whatever the pattern.
    number = int((query.data or "0").removeprefix(f"{PAGE}:"))
    found = article.page(services.knowledge, number, services.username)
    if found is None:
        return None
    set_outcome("source")
    await edit_message(query, found)
    return ""


async def _button(services: Services, query: CallbackQuery, message: Message) -> str | None:
    """A button that sends something; unknown buttons come from other versions."""
    press = message.chat_id, message.message_id, query.data
    if services.recent_presses.get(press, query.id) != query.id:  # otherwise this is a retry
        set_outcome("repeated")
        return texts.text("already_sent")
    kind, _, name = (query.data or "").partition(":")
    knowledge = services.knowledge
    shown = None
    if kind == OPEN and (reply := services.answerer.open(name)):
        set_outcome(reply.status)
        sent = await send(message, render_for_chat(services, message, reply))
        remember_opened(services, sent, reply.entry, query.from_user.id)
        services.conversations.add((message.chat_id, query.from_user.id), reply)
    else:
        if kind == TOPIC and name in knowledge.topics:
            set_outcome("topics")
            shown = texts.topic(knowledge, name)
        elif kind == CONTEXT and name in knowledge.entries:
            set_outcome("context")
            shown = article.in_context(knowledge, knowledge.entries[name], services.username)
        if shown is None:
            return None
        await send(message, shown)
    services.recent_presses[press] = query.id
    return ""


async def _forget(services: Services, message: Message, _: Sequence[str]) -> None:
    """Delete a chat's data; in a group only an admin may delete everybody's."""
    set_outcome("forgotten")
    if in_group(message.chat) and not await is_from_admin(services.bot, message):
        await send(message, Rendered(texts.text("admins_only")))
        return
    is_done = await forget(services, message.chat_id)
    await send(message, Rendered(texts.text("forgotten" if is_done else "not_forgotten")))


def _owner_handlers(services: Services) -> Handlers:
    """Commands for the people in `OWNER_IDS`; for everybody else they are unknown commands."""

    async def report(
        make_text: Callable[[], str], _: Services, message: Message, __: Sequence[str]
    ) -> None:
        set_outcome("report")
        await services.records.ask(services.store.now, default=0)  # after what is being recorded
        try:
            text = await asyncio.to_thread(make_text)
        except (sqlite3.Error, InputError, ServingError):
            text = texts.text("no_report")
        await send(message, Rendered(as_html(text)))

    if not services.settings.owner_ids:
        return []
    owner = filters.User(services.settings.owner_ids) & filters.ChatType.PRIVATE
    reports = {
        "stats": lambda: stats_text(services.store, services.knowledge),
        "unanswered": lambda: unanswered_text(services.store, services.answerer),
    }
    return [
        on_command(services, name, partial(report, make_text), owner)
        for name, make_text in reports.items()
    ]
