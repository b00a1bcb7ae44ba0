"""For the owner alone: `/stats` and `/unanswered`, in a private chat."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from html import escape
from typing import Any

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler, filters

from bot.errors import InputError
from bot.stats import stats_text
from bot.telegram.commands import commanded
from bot.telegram.front import Context, Front, send
from bot.telegram.progress import outcome
from bot.telegram.rendering import Rendered
from bot.unanswered import unanswered_text


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
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
