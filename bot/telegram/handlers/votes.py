"""The buttons under an answer that vote on it or delete it."""

from functools import partial

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler

from bot.store import DiskError, answer_key
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers.groups import is_admin
from bot.telegram.messages.buttons import BAD, DELETE, GOOD
from bot.telegram.services import Context, Handlers, Services, answer_outdated, in_group, pressed

_NOTICES = {
    "counted": "Thank you! You can change your vote for up to a day after the answer.",
    "changed": "Vote changed. Thank you!",
    "same": "You already voted that way.",
    "late": "Voting closes a day after the answer.",
    "off": "Voting is switched off here.",
}
_FAILED = "Your vote couldn't be saved. Please try again later."


def handlers(services: Services) -> Handlers:
    """The vote buttons, and Delete."""

    async def vote(update: Update, context: Context) -> None:  # noqa: ARG001 - library API
        query, message = _pressed_own(update)
        kind, _, entry = (query.data or "").partition(":")
        if message is None or entry not in services.knowledge.entries:
            await answer_outdated(query)
            return
        set_outcome("voted")
        try:
            result = await services.records.require(
                partial(
                    services.recorder.vote,
                    answer_key(message.chat_id, message.message_id),
                    query.from_user.id,
                    good=kind == GOOD,
                    entry=entry,
                    answered_at=message.date.timestamp(),
                )
            )
        except DiskError:
            await query.answer(_FAILED)
            return
        await query.answer(_NOTICES[result])

    async def delete(update: Update, context: Context) -> None:
        query, message = _pressed_own(update)
        if message is None or not in_group(message.chat):
            await answer_outdated(query)
            return
        set_outcome("deleted")
        presser = query.from_user.id
        is_asker = await services.records.ask(
            services.answers.is_asker, message.chat_id, message.message_id, presser, default=False
        )
        if not is_asker and not await is_admin(context.bot, message.chat_id, presser):
            await query.answer("Only the person who asked, or an admin, can delete this.")
            return
        try:
            await message.delete()
        except BadRequest as error:
            if "not found" not in str(error).lower():  # if "not found", another press was faster
                await query.answer("Telegram only lets me delete messages up to two days old.")
                return
        services.records.later(services.answers.delete, message.chat_id, message.message_id)
        await query.answer("Deleted.")

    return [
        CallbackQueryHandler(vote, rf"^(?:{GOOD}|{BAD}):"),
        CallbackQueryHandler(delete, rf"^{DELETE}:$"),
    ]


def _pressed_own(update: Update) -> tuple[CallbackQuery, Message | None]:
    """A press and its message; None for a message that is gone or has no such button."""
    query, message = pressed(update)
    rows = message.reply_markup.inline_keyboard if message and message.reply_markup else ()
    # A client can send any data; accept only the data of the message's own buttons.
    offered = {button.callback_data for row in rows for button in row}
    return query, message if query.data and query.data in offered else None
