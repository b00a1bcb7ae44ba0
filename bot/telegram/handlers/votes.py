"""The buttons under an answer that judge it or take it back."""

import sqlite3
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CallbackQueryHandler

from bot.store import answer_key
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers.groups import is_admin
from bot.telegram.messages import texts
from bot.telegram.messages.buttons import BAD, DELETE, GOOD
from bot.telegram.services import Context, Services, in_group

_CAST = {
    "counted": "Thank you. You can change your vote for a day.",
    "changed": "Changed. Thank you.",
    "same": "You have said so already.",
    "late": "Votes are taken for a day after the answer.",
    "off": "Votes are switched off here.",
}
_FAILED = "That could not be saved. Please try again later."


def handlers(services: Services) -> list[BaseHandler[Any, Any, Any]]:
    """Two thumbs and the bin."""

    async def vote(update: Update, context: Context) -> None:  # noqa: ARG001 - the library's
        query, message = _pressed(update)
        kind, _, entry = (query.data or "").partition(":")
        # A client can send any data: only what the message offers counts.
        if message is None or not _offers(message, query.data) or not _known(services, entry):
            await query.answer(texts.TOO_OLD)
            return
        set_outcome("voted")
        try:
            cast = services.recorder.vote(
                answer_key(message.chat_id, message.message_id),
                query.from_user.id,
                good=kind == GOOD,
                entry=entry,
                answered_at=message.date.timestamp(),
            )
        except sqlite3.Error:
            await query.answer(_FAILED)
            return
        await query.answer(_CAST[cast])

    async def delete(update: Update, context: Context) -> None:
        query, message = _pressed(update)
        if message is None or not in_group(message.chat) or not _offers(message, query.data):
            await query.answer(texts.TOO_OLD)
            return
        set_outcome("deleted")
        presser = query.from_user.id
        is_asker = services.answers.is_for(message.chat_id, message.message_id, presser)
        if not is_asker and not await is_admin(context.bot, message.chat_id, presser):
            await query.answer("Only who asked, or an admin, can delete this.")
            return
        try:
            await message.delete()
        except BadRequest as error:
            if "not found" not in str(error).lower():  # else another press was quicker
                await query.answer("Telegram lets me delete only what is not older than two days.")
                return
        services.answers.forget(message.chat_id, message.message_id)
        await query.answer("Deleted.")

    return [
        CallbackQueryHandler(vote, rf"^(?:{GOOD}|{BAD}):"),
        CallbackQueryHandler(delete, rf"^{DELETE}:$"),
    ]


def _pressed(update: Update) -> tuple[CallbackQuery, Message | None]:
    query = update.callback_query
    assert query is not None  # noqa: S101 - the handler's kind of update
    return query, query.message if isinstance(query.message, Message) else None


def _offers(message: Message, data: str | None) -> bool:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return data is not None and data in {button.callback_data for row in rows for button in row}


def _known(services: Services, entry: str) -> bool:
    return entry in services.knowledge.entries
