"""`/start`: the welcome, or what the link that was followed points to."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CommandHandler, filters

from bot.telegram import pages, texts
from bot.telegram.commands import commanded
from bot.telegram.front import Context, Front, send
from bot.telegram.links import ADDED, passage_number
from bot.telegram.memory import speaker_of
from bot.telegram.progress import outcome
from bot.telegram.questions import as_sent, note
from bot.telegram.rendering import Rendered


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
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
            shown = pages.passage(answerer.knowledge, number, username)
        await send(message, shown or texts.start(answerer.knowledge, username))

    return [CommandHandler("start", start, filters.UpdateType.MESSAGE)]
