"""`/start`, `/help`, `/topics`, `/source`, `/privacy` and `/forget`, with their buttons."""

import asyncio
import sqlite3
from collections.abc import Callable
from html import escape
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.errors import InputError
from bot.feedback.stats import stats_text
from bot.feedback.unanswered import unanswered_text
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers.groups import forget, is_by_admin
from bot.telegram.handlers.questions import remember_answer, remember_opened, render_for_chat
from bot.telegram.messages import article, texts
from bot.telegram.messages.buttons import ADDED, CONTEXT, OPEN, PAGE, TOPIC, passage_number
from bot.telegram.messages.replies import Rendered
from bot.telegram.services import Context, Services, command_message, in_group, replace, send, today
from bot.telegram.session import SENT_LATELY, speaker_of


def handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """All commands but those that belong to a feature of their own; buttons left over come last."""
    return [
        *_start_handlers(services),
        *_article_handlers(services),
        *_privacy_handlers(services),
        *_owner_handlers(services),
        *_menu_handlers(services),
    ]


def _start_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """`/start` alone, `/start ENTRY` and `/start p3`; what is unknown gets the welcome."""

    async def start(update: Update, context: Context) -> None:
        message = command_message(update, context)
        if message is None:
            return
        payload = context.args[0] if context.args else ""
        if payload == ADDED and message.chat.type != ChatType.PRIVATE:
            set_outcome("silent")  # the group is greeted when the bot is added
            return
        answerer, username = services.answerer, context.bot.username
        number = passage_number(payload)
        shown: Rendered | None = None
        if reply := answerer.open(payload):
            set_outcome(reply.status)
            speaker = speaker_of(message)
            services.conversations.keep(speaker, services.conversations.of(speaker).after(reply))
            sent = await send(message, render_for_chat(services, message, reply, context))
            remember_answer(services, message, sent.message_id, reply.entry)
            return
        if number:
            set_outcome("source")
            shown = article.passage(answerer.knowledge, number, username)
        await send(message, shown or texts.start(answerer.knowledge, username))

    return [CommandHandler("start", start, filters.UpdateType.MESSAGE)]


def _menu_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """The commands; and any button that no other module knows, told to be of another version."""

    async def help_(update: Update, context: Context) -> None:
        if message := command_message(update, context):
            set_outcome("help")
            await send(message, texts.help_(context.bot.bot))

    async def topics(update: Update, context: Context) -> None:
        if message := command_message(update, context):
            set_outcome("topics")
            await send(message, texts.topics(services.knowledge))

    async def button(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        kind, _, name = (query.data or "").partition(":")
        message = query.message
        if isinstance(message, Message) and services.debounce.is_repeated(query, message):
            set_outcome("repeated")
            await query.answer(SENT_LATELY)
            return
        reply = services.answerer.open(name) if kind == OPEN else None
        if isinstance(message, Message) and reply:
            set_outcome(reply.status)
            sent = await send(message, render_for_chat(services, message, reply, context))
            presser = query.from_user.id
            remember_opened(services, sent, reply.entry, presser)
            speaker = (message.chat_id, presser)
            services.conversations.keep(speaker, services.conversations.of(speaker).after(reply))
        elif isinstance(message, Message) and kind == TOPIC and name in services.knowledge.topics:
            set_outcome("topics")
            await send(message, texts.topic(services.knowledge, name))
        else:
            set_outcome("too old")
            await query.answer(texts.TOO_OLD)
            return
        services.debounce.note(query, message)
        await query.answer()  # last: a query can be answered only once, a message is sent once

    new = filters.UpdateType.MESSAGE
    return [
        CommandHandler("help", help_, new),
        CommandHandler("topics", topics, new),
        CallbackQueryHandler(button),
        # An unknown command in private is a slip; in a group it is meant for another bot.
        MessageHandler(filters.COMMAND & filters.ChatType.PRIVATE & new, help_),
    ]


def _article_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """`/source`, its page buttons, and the buttons "In context"."""

    async def source(update: Update, context: Context) -> None:
        if message := command_message(update, context):
            set_outcome("source")
            await send(message, article.source(services.knowledge, context.bot.username, today()))

    async def turn(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        # The library lets a press without any data pass whatever pattern is asked for.
        number = int((query.data or "0").removeprefix(f"{PAGE}:"))
        found = article.page(services.knowledge, number, context.bot.username)
        if found is None or not isinstance(query.message, Message):
            await _too_old(query)
            return
        set_outcome("source")
        await replace(query, found)
        await query.answer()

    async def in_context(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        knowledge = services.knowledge
        entry = knowledge.entries.get((query.data or "").partition(":")[2])
        found = article.in_context(knowledge, entry, context.bot.username) if entry else None
        message = query.message
        if found is None or not isinstance(message, Message):
            await _too_old(query)
            return
        if services.debounce.is_repeated(query, message):
            set_outcome("repeated")
            await query.answer(SENT_LATELY)
            return
        set_outcome("context")
        await send(message, found)
        services.debounce.note(query, message)
        await query.answer()  # last: a query can be answered only once, a message is sent once

    return [
        CommandHandler("source", source, filters.UpdateType.MESSAGE),
        CallbackQueryHandler(turn, rf"^{PAGE}:[0-9]{{1,4}}$"),
        CallbackQueryHandler(in_context, rf"^{CONTEXT}:"),
    ]


async def _too_old(query: CallbackQuery) -> None:
    set_outcome("too old")
    await query.answer(texts.TOO_OLD)


def _privacy_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """The two commands; in a group only an admin may delete what all have."""

    async def privacy(update: Update, context: Context) -> None:
        if message := command_message(update, context):
            set_outcome("privacy")
            await send(message, texts.privacy(keeps_questions=services.recorder.on))

    async def forget_all(update: Update, context: Context) -> None:
        if not (message := command_message(update, context)):
            return
        set_outcome("forgotten")
        if in_group(message.chat) and not await is_by_admin(context.bot, message):
            await send(message, texts.for_admins())
            return
        await send(message, texts.forgotten(done=forget(services, message.chat_id)))

    new = filters.UpdateType.MESSAGE
    return [CommandHandler("privacy", privacy, new), CommandHandler("forget", forget_all, new)]


def _owner_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """No handlers if `OWNER_IDS` names nobody; to others the commands are unknown."""

    async def stats(update: Update, context: Context) -> None:
        await tell(update, context, lambda: stats_text(services.store, services.knowledge))

    async def unanswered(update: Update, context: Context) -> None:
        await tell(update, context, lambda: unanswered_text(services.store, services.answerer))

    async def tell(update: Update, context: Context, report: Callable[[], str]) -> None:
        if not (message := command_message(update, context)):
            return
        set_outcome("report")
        try:
            text = await asyncio.to_thread(report)
        except (sqlite3.Error, InputError):
            text = "The database cannot be read now. Please try again."
        await send(message, Rendered(escape(text, quote=False)))

    if not services.settings.owner_ids:
        return []
    owner = filters.User(services.settings.owner_ids) & filters.ChatType.PRIVATE
    owner &= filters.UpdateType.MESSAGE
    return [
        CommandHandler("stats", stats, owner),
        CommandHandler("unanswered", unanswered, owner),
    ]
