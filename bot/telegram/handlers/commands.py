"""`/start`, `/help`, `/topics`, `/source`, `/privacy` and `/forget`, with their buttons."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

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
    Context,
    Handlers,
    Services,
    answer_outdated,
    command_message,
    edit_message,
    in_group,
    pressed,
    send,
)
from bot.telegram.session import ALREADY_SENT, speaker_of

_Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
_NEW = filters.UpdateType.MESSAGE


def handlers(services: Services) -> Handlers:
    """Commands that have no module of their own; the catch-all for buttons comes last."""
    help_ = _replying("help", lambda context: texts.help_(context.bot.bot))

    def source(context: Context) -> Rendered:
        return article.source(services.knowledge, context.bot.username)

    def privacy(_: Context) -> Rendered:
        return texts.privacy(keeps_questions=services.recorder.on)

    return [
        CommandHandler("start", partial(_start, services), _NEW),
        CommandHandler("source", _replying("source", source), _NEW),
        CommandHandler("privacy", _replying("privacy", privacy), _NEW),
        CommandHandler("forget", partial(_forget, services), _NEW),
        CommandHandler("help", help_, _NEW),
        CommandHandler(
            "topics", _replying("topics", lambda _: texts.topics(services.knowledge)), _NEW
        ),
        *_owner_handlers(services),
        CallbackQueryHandler(partial(_turn_page, services), rf"^{PAGE}:[0-9]{{1,4}}$"),
        CallbackQueryHandler(partial(_button, services)),
        # In a private chat, an unknown command is a mistake; in a group, it is for another bot.
        MessageHandler(filters.COMMAND & filters.ChatType.PRIVATE & _NEW, help_),
    ]


def _replying(outcome: str, render: Callable[[Context], Rendered]) -> _Callback:
    """For a command that always gets the same reply."""

    async def reply(update: Update, context: Context) -> None:
        if message := command_message(update, context):
            set_outcome(outcome)
            await send(message, render(context))

    return reply


async def _start(services: Services, update: Update, context: Context) -> None:
    """`/start` alone, `/start ENTRY` and `/start p3`; anything else gets the welcome."""
    message = command_message(update, context)
    if message is None:
        return
    payload = context.args[0] if context.args else ""
    if payload == ADDED and message.chat.type != ChatType.PRIVATE:
        set_outcome("silent")  # the group is greeted when the bot is added
        return
    answerer, username = services.answerer, context.bot.username
    if reply := answerer.open(payload):
        set_outcome(reply.status)
        services.conversations.add(speaker_of(message), reply)
        sent = await send(message, render_for_chat(services, message, reply, context))
        remember_answer(services, message, sent.message_id, reply.entry)
        return
    shown = None
    if number := passage_number(payload):
        set_outcome("source")
        shown = article.passage(answerer.knowledge, number, username)
    await send(message, shown or texts.start(answerer.knowledge, username))


async def _turn_page(services: Services, update: Update, context: Context) -> None:
    query, message = pressed(update)
    # The library passes on presses without data, whatever the handler's pattern.
    number = int((query.data or "0").removeprefix(f"{PAGE}:"))
    found = article.page(services.knowledge, number, context.bot.username)
    if found is None or message is None:
        await answer_outdated(query)
        return
    set_outcome("source")
    await edit_message(query, found)
    await query.answer()


async def _button(services: Services, update: Update, context: Context) -> None:
    """A button that sends something; unknown buttons come from other versions."""
    query, message = pressed(update)
    if message is None:
        await answer_outdated(query)
        return
    press = message.chat_id, message.message_id, query.data
    if press in services.recent_presses:
        set_outcome("repeated")
        await query.answer(ALREADY_SENT)
        return
    kind, _, name = (query.data or "").partition(":")
    knowledge = services.knowledge
    shown = None
    if kind == OPEN and (reply := services.answerer.open(name)):
        set_outcome(reply.status)
        sent = await send(message, render_for_chat(services, message, reply, context))
        remember_opened(services, sent, reply.entry, query.from_user.id)
        services.conversations.add((message.chat_id, query.from_user.id), reply)
    else:
        if kind == TOPIC and name in knowledge.topics:
            set_outcome("topics")
            shown = texts.topic(knowledge, name)
        elif kind == CONTEXT and name in knowledge.entries:
            set_outcome("context")
            shown = article.in_context(knowledge, knowledge.entries[name], context.bot.username)
        if shown is None:
            await answer_outdated(query)
            return
        await send(message, shown)
    services.recent_presses[press] = True
    await query.answer()  # last: a retry would not resend the message but would call this again


async def _forget(services: Services, update: Update, context: Context) -> None:
    """Delete a chat's data; in a group only an admin may delete everybody's."""
    if not (message := command_message(update, context)):
        return
    set_outcome("forgotten")
    if in_group(message.chat) and not await is_from_admin(context.bot, message):
        await send(message, Rendered(texts.ADMINS_ONLY))
        return
    await send(message, texts.forgotten(done=await forget(services, message.chat_id)))


def _owner_handlers(services: Services) -> Handlers:
    """Commands for the people in `OWNER_IDS`; for everybody else they are unknown commands."""

    async def report(make_text: Callable[[], str], update: Update, context: Context) -> None:
        if not (message := command_message(update, context)):
            return
        set_outcome("report")
        await services.records.ask(services.store.now, default=0)  # after what is being recorded
        try:
            text = await asyncio.to_thread(make_text)
        except (sqlite3.Error, InputError, ServingError):
            text = "The database can't be read right now. Please try again later."
        await send(message, Rendered(as_html(text)))

    if not services.settings.owner_ids:
        return []
    owner = filters.User(services.settings.owner_ids) & filters.ChatType.PRIVATE & _NEW
    reports = {
        "stats": lambda: stats_text(services.store, services.knowledge),
        "unanswered": lambda: unanswered_text(services.store, services.answerer),
    }
    return [CommandHandler(name, partial(report, make), owner) for name, make in reports.items()]
