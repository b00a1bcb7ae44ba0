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
from bot.telegram.current_update import outcome
from bot.telegram.handlers.groups import forget, is_by_admin
from bot.telegram.handlers.questions import as_sent, note, note_opened
from bot.telegram.messages import article, texts
from bot.telegram.messages.buttons import ADDED, CONTEXT, OPEN, PAGE, TOPIC, passage_number
from bot.telegram.messages.replies import Rendered
from bot.telegram.services import Context, Front, commanded, in_group, replace, send, today
from bot.telegram.session import SENT_LATELY, speaker_of


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """All commands but those that belong to a feature of their own; buttons left over come last."""
    return [
        *_start_handlers(front),
        *_article_handlers(front),
        *_privacy_handlers(front),
        *_owner_handlers(front),
        *_menu_handlers(front),
    ]


def _start_handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """`/start` alone, `/start ENTRY` and `/start p3`; what is unknown gets the welcome."""

    async def start(update: Update, context: Context) -> None:
        message = commanded(update, context)
        if message is None:
            return
        payload = context.args[0] if context.args else ""
        if payload == ADDED and message.chat.type != ChatType.PRIVATE:
            outcome("silent")  # the group is greeted when the bot is added
            return
        answerer, username = front.answerer, context.bot.username
        number = passage_number(payload)
        shown: Rendered | None = None
        if reply := answerer.open(payload):
            outcome(reply.status)
            speaker = speaker_of(message)
            front.memory.keep(speaker, front.memory.of(speaker).after(reply))
            sent = await send(message, as_sent(front, message, reply, context))
            note(front, message, sent.message_id, reply.entry)
            return
        if number:
            outcome("source")
            shown = article.passage(answerer.knowledge, number, username)
        await send(message, shown or texts.start(answerer.knowledge, username))

    return [CommandHandler("start", start, filters.UpdateType.MESSAGE)]


def _menu_handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """The commands; and any button that no other module knows, told to be of another version."""

    async def help_(update: Update, context: Context) -> None:
        if message := commanded(update, context):
            outcome("help")
            await send(message, texts.help_(context.bot.bot))

    async def topics(update: Update, context: Context) -> None:
        if message := commanded(update, context):
            outcome("topics")
            await send(message, texts.topics(front.knowledge))

    async def button(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        kind, _, name = (query.data or "").partition(":")
        message = query.message
        if isinstance(message, Message) and front.presses.is_repeated(query, message):
            outcome("repeated")
            await query.answer(SENT_LATELY)
            return
        reply = front.answerer.open(name) if kind == OPEN else None
        if isinstance(message, Message) and reply:
            outcome(reply.status)
            sent = await send(message, as_sent(front, message, reply, context))
            presser = query.from_user.id
            note_opened(front, sent, reply.entry, presser)
            speaker = (message.chat_id, presser)
            front.memory.keep(speaker, front.memory.of(speaker).after(reply))
        elif isinstance(message, Message) and kind == TOPIC and name in front.knowledge.topics:
            outcome("topics")
            await send(message, texts.topic(front.knowledge, name))
        else:
            outcome("too old")
            await query.answer(texts.TOO_OLD)
            return
        front.presses.note(query, message)
        await query.answer()  # last: a query can be answered only once, a message is sent once

    new = filters.UpdateType.MESSAGE
    return [
        CommandHandler("help", help_, new),
        CommandHandler("topics", topics, new),
        CallbackQueryHandler(button),
        # An unknown command in private is a slip; in a group it is meant for another bot.
        MessageHandler(filters.COMMAND & filters.ChatType.PRIVATE & new, help_),
    ]


def _article_handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """`/source`, its page buttons, and the buttons "In context"."""

    async def source(update: Update, context: Context) -> None:
        if message := commanded(update, context):
            outcome("source")
            await send(message, article.source(front.knowledge, context.bot.username, today()))

    async def turn(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        # The library lets a press without any data pass whatever pattern is asked for.
        number = int((query.data or "0").removeprefix(f"{PAGE}:"))
        found = article.page(front.knowledge, number, context.bot.username)
        if found is None or not isinstance(query.message, Message):
            await _too_old(query)
            return
        outcome("source")
        await replace(query, found)
        await query.answer()

    async def in_context(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        knowledge = front.knowledge
        entry = knowledge.entries.get((query.data or "").partition(":")[2])
        found = article.in_context(knowledge, entry, context.bot.username) if entry else None
        message = query.message
        if found is None or not isinstance(message, Message):
            await _too_old(query)
            return
        if front.presses.is_repeated(query, message):
            outcome("repeated")
            await query.answer(SENT_LATELY)
            return
        outcome("context")
        await send(message, found)
        front.presses.note(query, message)
        await query.answer()  # last: a query can be answered only once, a message is sent once

    return [
        CommandHandler("source", source, filters.UpdateType.MESSAGE),
        CallbackQueryHandler(turn, rf"^{PAGE}:[0-9]{{1,4}}$"),
        CallbackQueryHandler(in_context, rf"^{CONTEXT}:"),
    ]


async def _too_old(query: CallbackQuery) -> None:
    outcome("too old")
    await query.answer(texts.TOO_OLD)


def _privacy_handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """The two commands; in a group only an admin may delete what all have."""

    async def privacy(update: Update, context: Context) -> None:
        if message := commanded(update, context):
            outcome("privacy")
            await send(message, texts.privacy(keeps_questions=front.learning.on))

    async def forget_all(update: Update, context: Context) -> None:
        if not (message := commanded(update, context)):
            return
        outcome("forgotten")
        if in_group(message.chat) and not await is_by_admin(context.bot, message):
            await send(message, texts.for_admins())
            return
        await send(message, texts.forgotten(done=forget(front, message.chat_id)))

    new = filters.UpdateType.MESSAGE
    return [CommandHandler("privacy", privacy, new), CommandHandler("forget", forget_all, new)]


def _owner_handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """No handlers if `OWNER_IDS` names nobody; to others the commands are unknown."""

    async def stats(update: Update, context: Context) -> None:
        await tell(update, context, lambda: stats_text(front.store, front.knowledge))

    async def unanswered(update: Update, context: Context) -> None:
        await tell(update, context, lambda: unanswered_text(front.store, front.answerer))

    async def tell(update: Update, context: Context, report: Callable[[], str]) -> None:
        if not (message := commanded(update, context)):
            return
        outcome("report")
        try:
            text = await asyncio.to_thread(report)
        except (sqlite3.Error, InputError):
            text = "The database cannot be read now. Please try again."
        await send(message, Rendered(escape(text, quote=False)))

    if not front.settings.owner_ids:
        return []
    owner = filters.User(front.settings.owner_ids) & filters.ChatType.PRIVATE
    owner &= filters.UpdateType.MESSAGE
    return [
        CommandHandler("stats", stats, owner),
        CommandHandler("unanswered", unanswered, owner),
    ]
