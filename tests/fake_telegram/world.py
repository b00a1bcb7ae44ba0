"""The state of the fake: users, chats, messages, queries and the bot's profile."""

import itertools
import time
from dataclasses import dataclass, field
from typing import Literal

from .errors import Json, RefusedError
from .schema import TYPES

ChatKind = Literal["private", "group", "supergroup", "channel"]
SUPERGROUP_BASE = -1_000_000_000_000


@dataclass(eq=False)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = "en"
    is_bot: bool = False

    def json(self) -> Json:
        """Return a User object of the Bot API."""
        fields: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        optional = {"username": self.username, "language_code": self.language_code}
        return fields | {key: value for key, value in optional.items() if value}


@dataclass(eq=False)
class Chat:
    """A chat with its messages. Tests may set the plain attributes at any time."""

    id: int
    kind: ChatKind
    title: str | None = None
    username: str | None = None
    user: User | None = None  # of a private chat
    is_forum: bool = False
    topics: dict[int, str] = field(default_factory=dict)
    statuses: dict[int, str] = field(default_factory=dict)  # by user id, including the bot
    messages: dict[int, Json] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    can_send_messages: bool = True  # the rights of a bot that is not an administrator
    can_send_photos: bool = True
    hides_members: bool = False  # except administrators, from a bot that is not one
    is_blocked: bool = False  # the user blocked the bot
    migrated_to: int | None = None
    uneditable: set[int] = field(default_factory=set)  # ids of messages sent by the bot
    last_id: int = 0  # of a supergroup or channel; other chats share one counter

    def json(self) -> Json:
        """Return a Chat object of the Bot API."""
        fields: Json = {"id": self.id, "type": self.kind}
        if self.user:
            fields["first_name"] = self.user.first_name
        optional = {"title": self.title, "username": self.username, "is_forum": self.is_forum}
        return fields | {key: value for key, value in optional.items() if value}


class World:
    """All state except the update queue. Callers hold the server's lock."""

    def __init__(self, bot: User) -> None:
        self.bot = bot
        self.privacy_mode = False
        self.capabilities = dict.fromkeys(
            ("can_join_groups", "supports_inline_queries", "supports_guest_queries"), True
        )
        self.clock_skew = 0.0  # seconds that the server's clock is ahead
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, bytes] = {}
        self.queries: dict[
            str, str
        ] = {}  # id -> callback, inline or guest; "" if answered or too old
        self.answers: dict[str, Json] = {}  # query id -> parameters of the answer
        self.inline_messages: dict[str, Json] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}  # (scope, language) -> commands
        self.profile: dict[tuple[str, str], str] = {("name", ""): bot.first_name}
        self.reactions: dict[tuple[int, int], list[Json]] = {}
        self._numbers = itertools.count(1)
        self._last_id = 0  # shared by all private chats and basic groups

    def next_number(self) -> int:
        """Return a number that has not been used yet."""
        return next(self._numbers)

    def add_user(self, first_name: str, **details: str | None) -> User:
        """Add a person."""
        user = User(id=500_000 + self.next_number(), first_name=first_name, **details)  # type: ignore[arg-type]
        self.users[user.id] = user
        return user

    def private_chat(self, user: User) -> Chat:
        """Return the private chat of the bot and a user."""
        if user.id not in self.chats:
            self.chats[user.id] = Chat(user.id, "private", username=user.username, user=user)
        return self.chats[user.id]

    def add_group(self, kind: ChatKind, title: str, *, status: str = "member") -> Chat:
        """Add a group or channel in which the bot has the given status."""
        base = 0 if kind == "group" else SUPERGROUP_BASE
        chat = Chat(base - 400_000 - self.next_number(), kind, title=title)
        chat.statuses[self.bot.id] = status
        self.chats[chat.id] = chat
        return chat

    def chat(self, chat_id: int | str) -> Chat:
        """Find a chat by id or @username, or refuse as Telegram does."""
        if isinstance(chat_id, str):
            wanted = chat_id.removeprefix("@").casefold()
            named = (c for c in self.chats.values() if (c.username or "").casefold() == wanted)
            chat = next((c for c in named if c.kind in {"supergroup", "channel"}), None)
        else:
            chat = self.chats.get(chat_id)
        if chat is None:
            raise RefusedError("chat not found")
        return chat

    def bot_status(self, chat: Chat) -> str:
        """Return the bot's status in a chat: member, administrator, left, kicked, ..."""
        return "member" if chat.kind == "private" else chat.statuses.get(self.bot.id, "left")

    def is_admin(self, chat: Chat, user_id: int) -> bool:
        """Whether a user is an administrator of the chat or its creator."""
        return chat.statuses.get(user_id) in {"administrator", "creator"}

    def store(self, chat: Chat, sender: User | None, content: Json) -> Json:
        """Store a new message in a chat and return it."""
        message: Json = {"message_id": self._next_id(chat), "date": int(time.time())}
        if sender is not None and chat.kind != "channel":
            message["from"] = sender.json()
            if chat.kind != "private":
                chat.statuses.setdefault(sender.id, "member")
        message |= {"chat": chat.json()} | content
        chat.messages[message["message_id"]] = message
        return message

    def _next_id(self, chat: Chat) -> int:
        """Return the id of a new message; core.telegram.org/api calls this "message boxes"."""
        if chat.kind in {"supergroup", "channel"}:
            chat.last_id += 1
            return chat.last_id
        self._last_id += 1
        return self._last_id

    def reply_fields(self, chat: Chat, message_id: int, thread: int | None) -> Json:
        """Return reply_to_message (one level deep, as in Telegram) and the thread."""
        target = chat.messages[message_id]
        shallow = {key: value for key, value in target.items() if key != "reply_to_message"}
        return {"reply_to_message": shallow} | self.thread_fields(
            chat, thread or target.get("message_thread_id")
        )

    def thread_fields(self, chat: Chat, thread: int | None) -> Json:
        """Return the fields of a message in a topic; none in General or outside a forum."""
        if not chat.is_forum or thread is None:
            return {}
        return {"message_thread_id": thread, "is_topic_message": True}

    def member(self, chat: Chat, user: User, status: str | None = None) -> Json:
        """Return a ChatMember object of the Bot API, in which every right is True."""
        status = status or chat.statuses.get(user.id, "left")
        kind = {
            "creator": "ChatMemberOwner",
            "administrator": "ChatMemberAdministrator",
            "member": "ChatMemberMember",
            "restricted": "ChatMemberRestricted",
            "left": "ChatMemberLeft",
            "kicked": "ChatMemberBanned",
        }[status]
        fields: Json = {"status": status, "user": user.json()}
        for name, (required, types) in TYPES[kind].items():
            if required and name not in fields:
                fields[name] = 0 if types == ["Integer"] else name.startswith("can_")
        return fields
