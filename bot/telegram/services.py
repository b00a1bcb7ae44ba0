"""Shared by all handlers: the answerer, the store, the conversations, functions for replying."""

from typing import Any

from telegram import CallbackQuery, Chat, Message, ReplyParameters, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest
from telegram.ext import BaseHandler, ContextTypes

from bot.answering import Answerer
from bot.config import Settings
from bot.feedback.record import FeedbackRecorder
from bot.knowledge import Knowledge
from bot.loading.reload import ActiveKnowledge
from bot.store import Answers, DiskThread, Groups, Store
from bot.store.answers import Uploads
from bot.telegram.addressing import is_from_person
from bot.telegram.current_update import set_outcome
from bot.telegram.messages import texts
from bot.telegram.messages.buttons import markup, markup_json
from bot.telegram.messages.replies import Rendered
from bot.telegram.send.client import Client, SentMessage
from bot.telegram.session import Conversations, RecentPresses

Context = ContextTypes.DEFAULT_TYPE
Handlers = list[BaseHandler[Any, Any, Any]]
_NO_PREVIEW = {"is_disabled": True}
_UNCHANGED = "message is not modified"


class Services:
    """One per process. Read `answerer` afresh for each update: a reload replaces it.

    `records` runs what reads or writes the store.
    """

    def __init__(
        self, settings: Settings, active: ActiveKnowledge, store: Store, records: DiskThread
    ) -> None:
        self.settings, self.active, self.store, self.records = settings, active, store, records
        self.conversations = Conversations()
        self.recent_presses = RecentPresses()
        self.answers = Answers(store)
        self.groups = Groups(store)
        self.uploads = Uploads(store)
        self.recorder = FeedbackRecorder(store, on=settings.question_log)

    @property
    def answerer(self) -> Answerer:
        """The answerer for the current knowledge."""
        return self.active.answerer

    @property
    def knowledge(self) -> Knowledge:
        """The current knowledge."""
        return self.active.answerer.knowledge


def in_group(chat: Chat) -> bool:
    """Whether people other than the asker can read the chat."""
    return chat.type != ChatType.PRIVATE


async def send(to: Message, rendered: Rendered) -> SentMessage:
    """Send to the same chat and topic; in groups, as a reply."""
    client, topic = to.get_bot(), to.direct_messages_topic
    assert isinstance(client, Client)  # noqa: S101 - for mypy
    return await client.send_message_raw(
        {
            "chat_id": to.chat_id,
            "text": rendered.html,
            "parse_mode": ParseMode.HTML,
            "link_preview_options": _NO_PREVIEW,
            "reply_markup": markup_json(rendered.rows),
            "reply_parameters": reply_parameters_for(to) if in_group(to.chat) else None,
            "message_thread_id": to.message_thread_id if to.is_topic_message else None,
            "direct_messages_topic_id": topic.topic_id if topic else None,
        }
    )


def reply_parameters_for(message: Message) -> ReplyParameters:
    """Parameters for a reply that is sent even if `message` has been deleted."""
    return ReplyParameters(message.message_id, allow_sending_without_reply=True)


def command_message(update: Update, context: Context) -> Message | None:
    """The message with the command; None unless a person sent it."""
    message = update.message
    return message if message and is_from_person(message, context.bot.bot) else None


def pressed(update: Update) -> tuple[CallbackQuery, Message | None]:
    """A press and its message; None if Telegram no longer has it."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - this kind of update has one
    return query, query.message if isinstance(query.message, Message) else None


async def answer_outdated(query: CallbackQuery) -> None:
    """Answer a press of a button that does nothing any more."""
    set_outcome("too old")
    await query.answer(texts.OUTDATED_BUTTON)


async def edit_message(query: CallbackQuery, rendered: Rendered) -> None:
    """Replace the text and the buttons of the message whose button was pressed."""
    try:
        await query.edit_message_text(
            rendered.html, ParseMode.HTML, reply_markup=markup(rendered.rows)
        )
    except BadRequest as error:
        if _UNCHANGED not in str(error).lower():
            raise
