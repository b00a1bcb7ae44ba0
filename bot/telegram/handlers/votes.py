"""The buttons under an answer that vote on it or delete it."""

from functools import partial

from telegram import CallbackQuery, Message
from telegram.error import BadRequest

from bot.store import DiskError, answer_key
from bot.telegram.current_update import current_update, set_outcome
from bot.telegram.handlers.groups import is_admin
from bot.telegram.messages.buttons import GOOD
from bot.telegram.messages.texts import text
from bot.telegram.services import Services, in_group


async def vote(
    services: Services, query: CallbackQuery, message: Message, entry: str
) -> str | None:
    """Cast or change a vote on an answer."""
    if not _is_offered(query, message) or entry not in services.knowledge.entries:
        return None
    set_outcome("voted")
    cast = partial(
        services.recorder.vote,
        answer_key(message.chat_id, message.message_id),
        query.from_user.id,
        good=(query.data or "").startswith(f"{GOOD}:"),
        entry=entry,
        answered_at=message.date.timestamp(),
    )
    try:
        result = await services.records.require(cast)
    except DiskError:
        return text("vote_failed")
    if result == "same" and current_update.get().tries:  # counted, but the press was not answered
        result = "counted"
    return text(f"vote_{result}")


async def delete(services: Services, query: CallbackQuery, message: Message, _: str) -> str | None:
    """Delete an answer for the person who asked, or an admin."""
    if not _is_offered(query, message) or not in_group(message.chat):
        return None
    set_outcome("deleted")
    answer, presser = (message.chat_id, message.message_id), query.from_user.id
    is_asker = await services.records.ask(
        services.answers.is_asker, *answer, presser, default=False
    )
    if not is_asker and not await is_admin(services.client, message.chat_id, presser):
        return text("not_yours")
    try:
        await services.client.call("deleteMessage", chat_id=answer[0], message_id=answer[1])
    except BadRequest as error:
        if "not found" not in str(error).lower():  # if "not found", another press was faster
            return text("too_old_to_delete")
    services.records.later(services.answers.delete, *answer)
    return text("deleted")


def _is_offered(query: CallbackQuery, message: Message) -> bool:
    """Whether the message has this button: a client can send any data."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return any(query.data and query.data == button.callback_data for row in rows for button in row)
