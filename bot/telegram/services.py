"""Shared by all handlers: the answerer, the store, the conversations, functions for replying."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from cachetools import LRUCache, TTLCache
from telegram import CallbackQuery, Chat, Message, ReplyParameters, Update, User
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, ContextTypes, filters

from bot.answering import Answerer
from bot.config import Settings
from bot.feedback.record import FeedbackRecorder
from bot.knowledge import Knowledge
from bot.loading.reload import ActiveKnowledge
from bot.store import Answers, DiskThread, Groups, Store
from bot.telegram.addressing import is_from_person
from bot.telegram.current_update import set_outcome
from bot.telegram.messages import texts
from bot.telegram.messages.buttons import markup, markup_json
from bot.telegram.messages.replies import Rendered
from bot.telegram.send.client import Client, SentMessage
from bot.telegram.session import Conversations

Context = ContextTypes.DEFAULT_TYPE
Handlers = list[BaseHandler[Any, Any, Any]]
_Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
Respond = Callable[["Services", Message, Sequence[str]], Awaitable[object]]
NEW = filters.UpdateType.MESSAGE
_NO_PREVIEW = {"is_disabled": True}
_DEBOUNCE = 30.0  # seconds
_MAX_BUTTONS = 10_000
_MAX_PICTURES = 4  # of about 170 KB
_UNCHANGED = "message is not modified"


class Services:
    """One per process. Read `answerer` afresh for each update: a reload replaces it.

    `records` runs what reads or writes the store.
    """

    def __init__(
        self,
        settings: Settings,
        active: ActiveKnowledge,
        store: Store,
        records: DiskThread,
        bot: Client,
    ) -> None:
        self.settings, self.active, self.store, self.records = settings, active, store, records
        self.bot = bot
        self.drawing = asyncio.Lock()  # one picture at a time, as each needs its own process
        self.pictures: LRUCache[tuple[object, ...], bytes] = LRUCache(_MAX_PICTURES)
        self.conversations = Conversations()
        # Chat, message and data of buttons, and the id of the press: one that is pressed again
        # sends nothing for a while.
        self.recent_presses: TTLCache[tuple[int, int, str | None], str]
        self.recent_presses = TTLCache(_MAX_BUTTONS, _DEBOUNCE)
        self.answers = Answers(store)
        self.groups = Groups(store)
        self.recorder = FeedbackRecorder(store, on=settings.question_log)

    @property
    def answerer(self) -> Answerer:
        """The answerer for the current knowledge."""
        return self.active.answerer

    @property
    def knowledge(self) -> Knowledge:
        """The current knowledge."""
        return self.active.answerer.knowledge

    @property
    def me(self) -> User:
        """The bot's own account; its name can change."""
        return self.bot.bot

    @property
    def username(self) -> str:
        """The bot's username, without the @."""
        return self.bot.username


def from_person(services: Services, respond: Respond) -> _Callback:
    """Have `respond` take new messages, with the words after the command, if a person sent them."""

    async def handle(update: Update, context: Context) -> None:
        message = update.message
        if message and is_from_person(message, services.me):
            await respond(services, message, context.args or ())

    return handle


def on_command(
    services: Services, name: str, respond: Respond, condition: filters.BaseFilter = NEW
) -> CommandHandler[Any, Any]:
    """Have `respond` take a command that a person sent, and the words after it."""
    return CommandHandler(name, from_person(services, respond), NEW & condition)


def on_press(
    services: Services,
    pattern: str | None,
    respond: Callable[[Services, CallbackQuery, Message], Awaitable[str | None]],
) -> CallbackQueryHandler[Any, Any]:
    """Have `respond` take presses of buttons, and show the notice that it returns.

    "" shows nothing; None says that the button does nothing any more.
    """

    async def handle(update: Update, _: Context) -> None:
        query = update.callback_query
        assert query is not None  # noqa: S101 - this kind of update has one
        message = query.message  # which Telegram may no longer have
        notice = None
        if isinstance(message, Message):
            notice = await respond(services, query, message)
        if notice is None:
            set_outcome("too old")
            notice = texts.text("outdated")
        # Last: a retry would not resend a message, but would call this again.
        await query.answer(notice or None)

    return CallbackQueryHandler(handle, pattern)


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


async def edit_message(query: CallbackQuery, rendered: Rendered) -> None:
    """Replace the text and the buttons of the message whose button was pressed."""
    try:
        await query.edit_message_text(
            rendered.html, ParseMode.HTML, reply_markup=markup(rendered.rows)
        )
    except BadRequest as error:
        if _UNCHANGED not in str(error).lower():
            raise
