"""The buttons under an answer that vote on it or delete it."""

from functools import partial

from telegram.error import BadRequest

from bot.store import DiskError, answer_key
from bot.telegram.addressing import in_group
from bot.telegram.current_update import current_update, set_outcome
from bot.telegram.handlers.groups import is_admin
from bot.telegram.messages.buttons import GOOD, has_button
from bot.telegram.messages.texts import text
from bot.telegram.services import Press, Services


async def vote(services: Services, press: Press) -> str | None:
    """Cast or change a vote on an answer."""
    if not has_button(press.message, press.kind, press.name):
        return None
    if press.name not in services.knowledge.entries:
        return None
    set_outcome("voted")
    message = press.message
    good, answered_at = press.kind == GOOD, message.date.timestamp()
    answer = answer_key(message.chat_id, message.message_id)
    cast = partial(services.recorder.vote, good=good, entry=press.name, answered_at=answered_at)
    try:
        result = await services.records.require(cast, answer, press.person_id)
    except DiskError:
        return text("vote_failed")
    if result == "same" and current_update.get().is_retry:  # counted, but not answered
        result = "counted"
    return text(f"vote_{result}")


async def delete(services: Services, press: Press) -> str | None:
    """Delete an answer for the person who asked, or an admin."""
    is_offered = has_button(press.message, press.kind, press.name)
    if not (is_offered and in_group(press.message.chat)):
        return None
    set_outcome("deleted")
    chat_id, message_id = answer = press.message.chat_id, press.message.message_id
    is_asker = await services.records.ask(services.answers.is_asker, *answer, press.person_id)
    if not is_asker and not await is_admin(services.client, chat_id, press.person_id):
        return text("not_yours")
    try:
        await services.client.call("deleteMessage", chat_id=chat_id, message_id=message_id)
    except BadRequest as error:
        if "not found" not in str(error).lower():  # if "not found", another press was faster
            return text("too_old_to_delete")
    services.records.later(services.answers.delete, *answer)
    return text("deleted")
