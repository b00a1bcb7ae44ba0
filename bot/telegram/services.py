"""Shared by all handlers: the answerer, the store, the conversations, functions for replying."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cachetools import LRUCache, TTLCache
from telegram import Message
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.answering import Answerer
from bot.config import Settings
from bot.feedback.record import FeedbackRecorder
from bot.knowledge import Knowledge
from bot.loading.reload import ActiveKnowledge
from bot.store import Answers, DiskThread, Groups, Store
from bot.telegram.addressing import OVERHEARD_INTERVAL, in_group
from bot.telegram.messages.buttons import markup
from bot.telegram.messages.replies import Rendered
from bot.telegram.send.client import Client
from bot.telegram.session import Conversations

# Answers a command, given the text after it.
Respond = Callable[["Services", Message, str], Awaitable[None]]
# Does what a button is for; returns the notice to show: "" is none, and None says that the button
# does nothing any more.
OnPress = Callable[["Services", "Press"], Awaitable[str | None]]
# The ids of a chat and of a message in it.
MessageId = tuple[int, int]
_DEBOUNCE = 30.0  # seconds
_REMEMBERED = 10_000  # of buttons, groups and albums
_ALBUM = 60.0  # seconds within which all pictures of an album arrive
_MAX_PICTURES = 4  # of about 170 KB
# Telegram's errors when the message is gone, or the edit would not change it.
_NO_EDIT = ("not modified", "message to edit not found", "message can't be edited")


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button of this message; see `messages/buttons.py` for its parts."""

    kind: str
    name: str
    message: Message
    person_id: int


class Services:
    """One per process. Read `answerer` afresh for each update: a reload replaces it."""

    def __init__(
        self,
        settings: Settings,
        active: ActiveKnowledge,
        records: DiskThread[Store],
        client: Client,
    ) -> None:
        self.settings, self.active, self.records, self.client = settings, active, records, client
        self.store = store = records.file
        self.drawing = asyncio.Lock()  # one picture at a time, as each needs its own process
        self.pictures: LRUCache[tuple[object, ...], bytes] = LRUCache(_MAX_PICTURES)
        self.conversations = Conversations()
        # Buttons, by kind, name, chat and message: one pressed again sends nothing for a while.
        self.recent_presses: TTLCache[tuple[object, ...], bool] = TTLCache(_REMEMBERED, _DEBOUNCE)
        # Groups whose last overheard question was just answered; albums, and their first picture.
        self.overheard: TTLCache[int, bool] = TTLCache(_REMEMBERED, OVERHEARD_INTERVAL)
        self.albums: TTLCache[str, int] = TTLCache(_REMEMBERED, _ALBUM)
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

    async def send(
        self,
        to: Message,
        rendered: Rendered,
        *,
        picture: bytes | None = None,
        reply_markup: dict[str, object] | None = None,
    ) -> MessageId:
        """Send to the same chat and topic; in groups, as a reply, also if `to` has been deleted."""
        topic = to.direct_messages_topic
        reply = {"message_id": to.message_id, "allow_sending_without_reply": True}
        sent = await self.client.call(
            "sendPhoto" if picture else "sendMessage",
            chat_id=to.chat_id,
            photo=picture,
            caption=rendered.html if picture else None,
            text=None if picture else rendered.html,
            parse_mode=ParseMode.HTML,
            reply_markup=reply_markup or markup(rendered.rows),
            reply_parameters=reply if in_group(to.chat) else None,
            message_thread_id=to.message_thread_id if to.is_topic_message else None,
            direct_messages_topic_id=topic.topic_id if topic else None,
        )
        return sent["chat"]["id"], sent["message_id"]

    async def edit(self, edited: MessageId, rendered: Rendered) -> bool:
        """Replace the text and buttons of a message; False if nothing was to be changed."""
        try:
            await self.client.call(
                "editMessageText",
                chat_id=edited[0],
                message_id=edited[1],
                text=rendered.html,
                parse_mode=ParseMode.HTML,
                reply_markup=markup(rendered.rows),
            )
        except BadRequest as error:
            if any(words in str(error).lower() for words in _NO_EDIT):
                return False
            raise
        return True
