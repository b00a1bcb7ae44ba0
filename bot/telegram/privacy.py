"""`/privacy` tells what is kept, `/forget` deletes it."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, filters

from bot.telegram import texts
from bot.telegram.admins import is_by_admin
from bot.telegram.commands import commanded
from bot.telegram.front import Context, Front, in_group, send
from bot.telegram.groups import forget
from bot.telegram.progress import outcome


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
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
