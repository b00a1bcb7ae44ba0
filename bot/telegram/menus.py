"""`/help`, `/topics`, and the buttons that open an answer or a topic."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.telegram import texts
from bot.telegram.commands import commanded
from bot.telegram.front import Context, Front, send
from bot.telegram.keyboards import OPEN, TOPIC
from bot.telegram.presses import SENT_LATELY
from bot.telegram.progress import outcome
from bot.telegram.questions import as_sent, note_opened


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
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
