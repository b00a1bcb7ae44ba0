"""`/settings`: whether the bot answers only when asked. For a group's admins."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, filters

from bot.telegram import texts
from bot.telegram.admins import is_admin, is_by_admin
from bot.telegram.commands import commanded
from bot.telegram.front import Context, Front, send
from bot.telegram.keyboards import SETTING
from bot.telegram.progress import outcome
from bot.telegram.reading import replace


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """`/settings` and its two buttons."""

    async def settings(update: Update, context: Context) -> None:
        message = commanded(update, context)
        if message is None:
            return
        outcome("settings")
        if message.chat.type == ChatType.PRIVATE:
            await send(message, texts.settings_elsewhere())
        elif await is_by_admin(context.bot, message):
            sees_all = await _sees_all(message.chat_id, context)
            on = front.groups.overhears(message.chat_id)
            await send(message, texts.settings(overhears=on, sees_all=sees_all))
        else:
            await send(message, texts.for_admins())

    async def switch(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        if not isinstance(query.message, Message) or query.message.chat.type == ChatType.PRIVATE:
            await query.answer(texts.TOO_OLD)
            return
        outcome("settings")
        chat_id = query.message.chat_id
        if not await is_admin(context.bot, chat_id, query.from_user.id):
            await query.answer(texts.FOR_ADMINS)
            return
        on = query.data == f"{SETTING}:{texts.OVERHEAR}"
        front.groups.set_overhears(chat_id, on=on)
        sees_all = await _sees_all(chat_id, context)
        await replace(query, texts.settings(overhears=on, sees_all=sees_all))
        await query.answer("Saved.")

    return [
        CommandHandler("settings", settings, filters.UpdateType.MESSAGE),
        CallbackQueryHandler(switch, rf"^{SETTING}:(?:{texts.OVERHEAR}|{texts.ASKED})$"),
    ]


async def _sees_all(chat_id: int, context: Context) -> bool:
    """Whether Telegram gives the bot all messages of a group: no privacy mode, or an admin."""
    bot = context.bot
    return bool(bot.can_read_all_group_messages) or await is_admin(bot, chat_id, bot.id)
