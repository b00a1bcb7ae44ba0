"""Reading the article: `/source` page by page, and an answer's passages in context."""

from __future__ import annotations

from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, filters

from bot.telegram import pages, texts
from bot.telegram.commands import commanded
from bot.telegram.front import Context, Front, send, today
from bot.telegram.keyboards import CONTEXT, PAGE, markup
from bot.telegram.presses import SENT_LATELY
from bot.telegram.progress import outcome
from bot.telegram.rendering import Rendered

_UNCHANGED = "message is not modified"


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """`/source`, its page buttons, and the buttons "In context"."""

    async def source(update: Update, context: Context) -> None:
        if message := commanded(update, context):
            outcome("source")
            await send(message, pages.source(front.knowledge, context.bot.username, today()))

    async def turn(update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - the handler's kind of update
        # The library lets a press without any data pass whatever pattern is asked for.
        number = int((query.data or "0").removeprefix(f"{PAGE}:"))
        found = pages.page(front.knowledge, number, context.bot.username)
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
        found = pages.in_context(knowledge, entry, context.bot.username) if entry else None
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


async def replace(query: CallbackQuery, rendered: Rendered) -> None:
    """Show something else in the message of a button."""
    try:
        await query.edit_message_text(
            rendered.html, ParseMode.HTML, reply_markup=markup(rendered.rows)
        )
    except BadRequest as error:
        if _UNCHANGED not in str(error).lower():
            raise


async def _too_old(query: CallbackQuery) -> None:
    outcome("too old")
    await query.answer(texts.TOO_OLD)
