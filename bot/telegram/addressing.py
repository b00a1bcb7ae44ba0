"""Decides which messages ask the bot something, and which others it may answer in a group."""

import re
from dataclasses import dataclass
from typing import Literal

from telegram import Chat, Message, MessageEntity, User
from telegram.constants import ChatID, ChatType

from bot.answering.question_text import question_text

AddressedBy = Literal["private", "mention", "reply"]
# The accounts Telegram uses for anonymous admins and for channels that post in a group:
# they are marked as bots, but a person is writing.
_PLACEHOLDER_ACCOUNTS = frozenset({ChatID.ANONYMOUS_ADMIN, ChatID.FAKE_CHANNEL})
OVERHEARD_INTERVAL = 300.0  # minimum seconds between two overheard answers in a group
_MENTIONS = {MessageEntity.MENTION, MessageEntity.TEXT_MENTION}
_NOT_FOR_EVERYBODY = {
    *_MENTIONS, MessageEntity.URL, MessageEntity.TEXT_LINK, MessageEntity.BOT_COMMAND,
    MessageEntity.BLOCKQUOTE, MessageEntity.CODE, MessageEntity.PRE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A question for the bot; it may be in, and about, the message that `message` replies to."""

    text: str
    addressed_by: AddressedBy
    message: Message
    about: Message | None = None


def question_for(message: Message, bot: User) -> Question | None:
    """The question in a message; None if it is not for the bot, or is another command.

    Its text is empty if the message has no words: a bare mention, an emoji, a picture.
    """
    if not is_from_person(message, bot):
        return None
    command, asked = command_in(message, bot)
    if command == "ask":
        return question_about(asked, "mention", message, bot)
    if command:
        return None
    text, entities = text_and_entities(message)
    if not in_group(message.chat):
        return Question(_with_words(text), "private", message)
    rest = _without_mention(text, entities, bot)
    if rest is not None:
        return question_about(rest, "mention", message, bot)
    # "@bob look at this" is for someone else.
    is_for_other = any(entity.type in _MENTIONS and entity.offset == 0 for entity in entities)
    is_follow_up = replies_to(message, bot) and not is_for_other
    return Question(_with_words(text), "reply", message) if is_follow_up else None


def command_in(message: Message, bot: User) -> tuple[str, str]:
    """The command that a message begins with ("" if none), and the text after it.

    One for another bot keeps its addressee: "help@otherbot".
    """
    text, entities = text_and_entities(message)
    for entity, part in entities.items():
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            command = part.removeprefix("/").casefold()
            return command.removesuffix(f"@{bot.username}".casefold()), text[len(part) :]
    return "", text


def question_about(text: str, addressed_by: AddressedBy, message: Message, bot: User) -> Question:
    """The question in `text` or, if that has no words, in what `message` quotes or replies to."""
    asked, other = _with_words(text), message.reply_to_message
    if asked:
        return Question(asked, addressed_by, message)
    if other and not (other.is_automatic_forward or is_from_person(other, bot)):
        other = None  # a bot's message: only what the person quotes from it counts
    quoted = message.quote.text if message.quote else text_and_entities(other)[0] if other else ""
    return Question(_with_words(quoted), addressed_by, message, other)


def in_group(chat: Chat) -> bool:
    """Whether people other than the asker can read the chat."""
    return chat.type != ChatType.PRIVATE


def is_from_person(message: Message, bot: User) -> bool:
    """Whether a person wrote it; false for bots, our inline results and linked channels' posts."""
    if message.is_automatic_forward or message.via_bot == bot:
        return False
    sender = message.from_user
    return sender is None or not sender.is_bot or sender.id in _PLACEHOLDER_ACCOUNTS


def replies_to(message: Message, bot: User) -> bool:
    """Whether it replies to one of the bot's messages; in a forum, the topic itself is not one."""
    other = message.reply_to_message
    return other is not None and not other.forum_topic_created and other.from_user == bot


def text_and_entities(message: Message) -> tuple[str, dict[MessageEntity, str]]:
    """The text or caption of a message, and its entities."""
    if message.text is not None:
        return message.text, message.parse_entities()
    if message.caption is not None:
        return message.caption, message.parse_caption_entities()
    return "", {}


def _with_words(text: str) -> str:
    """The text, or "" if it has no words but only emoji or marks like "?" and "^"."""
    return text.strip() if any(map(str.isalnum, question_text(text))) else ""


def _without_mention(text: str, entities: dict[MessageEntity, str], bot: User) -> str | None:
    """The text without any mention of the bot; None if the bot is not mentioned."""
    name = f"@{bot.username}".casefold()
    mentions = [
        written
        for entity, written in entities.items()
        if (entity.type == MessageEntity.MENTION and written.casefold() == name)
        or (entity.type == MessageEntity.TEXT_MENTION and entity.user == bot)
    ]
    for written in mentions:
        text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", " ", text, count=1)
    return text.strip() if mentions else None


def may_be_overheard(message: Message) -> bool:
    """Whether it is addressed to everyone: not a reply or forward, and no mention, link or code."""
    replies_to_something = message.reply_to_message or message.external_reply or message.quote
    if not message.text or replies_to_something or message.forward_origin or message.via_bot:
        return False
    return _NOT_FOR_EVERYBODY.isdisjoint(entity.type for entity in message.entities)
