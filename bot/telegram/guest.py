"""Guest mode: somebody names the bot in a chat it is not in, and it answers there once."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, MessageHandler, filters

from bot.telegram import texts
from bot.telegram.addressing import about, is_person, words
from bot.telegram.front import Context, Front, today
from bot.telegram.inline import article, as_result
from bot.telegram.progress import outcome


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """The handler of guest queries."""

    async def guest(update: Update, context: Context) -> None:
        message = update.guest_message
        bot = context.bot.bot
        if message is None or not message.guest_query_id or not is_person(message, bot):
            outcome("silent")
            return
        answerer = front.answerer
        text, _ = words(message)
        # A bare mention below somebody's message is about that message.
        asked = about(text, "mention", message, bot)
        if asked.text:
            # Alone: the chat's number may be that of another chat that the bot is in.
            reply = answerer.answer(asked.text)
            outcome(reply.status)
            result = article(answerer.knowledge, reply, context.bot.username, today())
        else:
            outcome("help")
            welcome = texts.start(answerer.knowledge, context.bot.username)
            result = as_result(
                answerer.knowledge, bot.first_name, "", welcome, context.bot.username
            )
        await message.answer_guest_query(result)

    return [MessageHandler(filters.UpdateType.GUEST_MESSAGE, guest)]
