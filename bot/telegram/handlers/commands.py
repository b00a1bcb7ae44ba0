"""`/start`, `/help`, `/topics`, `/source`, `/privacy` and `/forget`, with their buttons."""

import asyncio
import sqlite3
from collections.abc import Callable
from html import escape
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.errors import InputError, ServingError
from bot.feedback.stats import stats_text
from bot.feedback.unanswered import unanswered_text
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers.groups import forget, is_from_admin
from bot.telegram.handlers.questions import remember_answer, remember_opened, render_for_chat
from bot.telegram.messages import article, texts
from bot.telegram.messages.buttons import ADDED, CONTEXT, OPEN, PAGE, TOPIC, passage_number
from bot.telegram.messages.replies import Rendered
from bot.telegram.services import (
    Context,
    Services,
    command_message,
    edit_message,
    in_group,
    send,
    today,
)
from bot.telegram.session import ALREADY_SENT, speaker_of


def handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """Commands that have no module of their own; the catch-all for buttons comes last."""
    return [
        *_start_handlers(services),
        *_article_handlers(services),
        *_privacy_handlers(services),
        *_owner_handlers(services),
        *_menu_handlers(services),
    ]


def _start_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """`/start` alone, `/start ENTRY` and `/start p3`; anything else gets the welcome."""

    async def start(update: Update, context: Context) -> None:
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
            speaker = speaker_of(message)
            services.conversations.save(speaker, services.conversations.get(speaker).after(reply))
            sent = await send(message, render_for_chat(services, message, reply, context))
            remember_answer(services, message, sent.message_id, reply.entry)
            return
        shown = None
        if number := passage_number(payload):
            set_outcome("source")
            shown = article.passage(answerer.knowledge, number, username)
        await send(message, shown or texts.start(answerer.knowledge, username))

    return [CommandHandler("start", start, filters.UpdateType.MESSAGE)]


def _menu_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """`/help`, `/topics` and their buttons; unknown buttons come from other versions."""

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
        assert query is not None  # noqa: S101 - this kind of update has one
        kind, _, name = (query.data or "").partition(":")
        message = query.message
        if isinstance(message, Message) and services.debounce.is_repeated(query, message):
            set_outcome("repeated")
            await query.answer(ALREADY_SENT)
            return
        reply = services.answerer.open(name) if kind == OPEN else None
        if isinstance(message, Message) and reply:
            set_outcome(reply.status)
            sent = await send(message, render_for_chat(services, message, reply, context))
            presser = query.from_user.id
            remember_opened(services, sent, reply.entry, presser)
            speaker = (message.chat_id, presser)
            services.conversations.save(speaker, services.conversations.get(speaker).after(reply))
        elif isinstance(message, Message) and kind == TOPIC and name in services.knowledge.topics:
            set_outcome("topics")
            await send(message, texts.topic(services.knowledge, name))
        else:
            await _outdated(query)
            return
        services.debounce.record(query, message)
        await query.answer()  # last: a retry would not resend the message but would call this again

    new = filters.UpdateType.MESSAGE
    return [
        CommandHandler("help", help_, new),
        CommandHandler("topics", topics, new),
        CallbackQueryHandler(button),
        # In a private chat, an unknown command is a mistake; in a group, it is for another bot.
        MessageHandler(filters.COMMAND & filters.ChatType.PRIVATE & new, help_),
    ]


def _article_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """`/source`, its page buttons, and the "In context" buttons."""

    async def source(update: Update, context: Context) -> None:
        if message := command_message(update, context):
            set_outcome("source")
            await send(message, article.source(services.knowledge, context.bot.username, today()))

    async def turn_page(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - this kind of update has one
        # The library passes on presses without data, whatever the handler's pattern.
        number = int((query.data or "0").removeprefix(f"{PAGE}:"))
        found = article.page(services.knowledge, number, context.bot.username)
        if found is None or not isinstance(query.message, Message):
            await _outdated(query)
            return
        set_outcome("source")
        await edit_message(query, found)
        await query.answer()

    async def in_context(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - this kind of update has one
        knowledge = services.knowledge
        entry = knowledge.entries.get((query.data or "").partition(":")[2])
        found = article.in_context(knowledge, entry, context.bot.username) if entry else None
        message = query.message
        if found is None or not isinstance(message, Message):
            await _outdated(query)
            return
        if services.debounce.is_repeated(query, message):
            set_outcome("repeated")
            await query.answer(ALREADY_SENT)
            return
        set_outcome("context")
        await send(message, found)
        services.debounce.record(query, message)
        await query.answer()  # last: a retry would not resend the message but would call this again

    return [
        CommandHandler("source", source, filters.UpdateType.MESSAGE),
        CallbackQueryHandler(turn_page, rf"^{PAGE}:[0-9]{{1,4}}$"),
        CallbackQueryHandler(in_context, rf"^{CONTEXT}:"),
    ]


async def _outdated(query: CallbackQuery) -> None:
    set_outcome("too old")
    await query.answer(texts.OUTDATED_BUTTON)


def _privacy_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """`/privacy` and `/forget`; in a group only an admin may delete everybody's data."""

    async def privacy(update: Update, context: Context) -> None:
        if message := command_message(update, context):
            set_outcome("privacy")
            await send(message, texts.privacy(keeps_questions=services.recorder.on))

    async def forget_all(update: Update, context: Context) -> None:
        if not (message := command_message(update, context)):
            return
        set_outcome("forgotten")
        if in_group(message.chat) and not await is_from_admin(context.bot, message):
            await send(message, Rendered(texts.ADMINS_ONLY))
            return
        await send(message, texts.forgotten(done=await forget(services, message.chat_id)))

    new = filters.UpdateType.MESSAGE
    return [CommandHandler("privacy", privacy, new), CommandHandler("forget", forget_all, new)]


def _owner_handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """Commands for the people in `OWNER_IDS`; for everybody else they are unknown commands."""

    async def stats(update: Update, context: Context) -> None:
        await report(update, context, lambda: stats_text(services.store, services.knowledge))

    async def unanswered(update: Update, context: Context) -> None:
        await report(update, context, lambda: unanswered_text(services.store, services.answerer))

    async def report(update: Update, context: Context, make_text: Callable[[], str]) -> None:
        if not (message := command_message(update, context)):
            return
        set_outcome("report")
        await services.records.ask(services.store.now, default=0)  # after what is being recorded
        try:
            text = await asyncio.to_thread(make_text)
        except (sqlite3.Error, InputError, ServingError):
            text = "The database can't be read right now. Please try again later."
        await send(message, Rendered(escape(text, quote=False)))

    if not services.settings.owner_ids:
        return []
    owner = filters.User(services.settings.owner_ids) & filters.ChatType.PRIVATE
    owner &= filters.UpdateType.MESSAGE
    return [
        CommandHandler("stats", stats, owner),
        CommandHandler("unanswered", unanswered, owner),
    ]
