"""An edited question: its answer is edited too, for a day and across restarts."""

from __future__ import annotations

from typing import Any

from telegram import Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import BaseHandler, MessageHandler, filters

from bot.store import Given
from bot.store.database import KEPT
from bot.telegram.addressing import Asked, asked
from bot.telegram.front import Context, Front
from bot.telegram.keyboards import markup
from bot.telegram.memory import speaker_of
from bot.telegram.progress import outcome
from bot.telegram.questions import as_sent, note, respond

# Telegram's words where there is nothing left to edit, or nothing to change.
_NO_EDIT = ("not modified", "message to edit not found", "message can't be edited")


def handlers(front: Front) -> list[BaseHandler[Any, Any, Any]]:
    """Edited messages."""

    async def edited(update: Update, context: Context) -> None:
        message = update.edited_message
        question = asked(message, context.bot.bot) if message else None
        if message is None or question is None or not question.text:
            outcome("silent")
            return
        given = front.answers.to_question(message.chat_id, message.message_id)
        if given:
            await _change(front, message, question, given, context)
        elif front.store.now() - message.date.timestamp() < KEPT:
            await respond(front, message, question, context)  # only now it is a question
        else:
            outcome("silent")

    return [MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited)]


async def _change(
    front: Front, message: Message, question: Asked, given: Given, context: Context
) -> None:
    """Put the answer to the question as it now reads where the old one stands."""
    conversation = front.memory.before(message.chat_id, message.message_id)
    reply = front.answerer.answer(question.text, conversation)
    front.memory.keep(speaker_of(message), conversation.after(reply))
    outcome(reply.status)
    rendered = as_sent(front, message, reply, context)
    try:
        changed = await context.bot.edit_message_text(
            rendered.html,
            message.chat_id,
            given.answer_id,
            parse_mode=ParseMode.HTML,
            reply_markup=markup(rendered.rows),
        )
    except BadRequest as error:
        if not any(words in str(error).lower() for words in _NO_EDIT):
            raise
        return
    if isinstance(changed, Message):
        note(front, message, changed.message_id, reply.entry)
