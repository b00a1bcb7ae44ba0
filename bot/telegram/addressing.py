"""Whether a message is for the bot, and what it asks. Pure: a message in, a question out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

How = Literal["private", "mention", "reply"]
# Telegram's stand-ins for an anonymous admin and for a channel that posts in a group;
# both are marked as bots and are people.
_STAND_INS = frozenset({1087968824, 136817688})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question put to the bot; `message` is the one to reply to."""

    text: str
    how: How
    message: Message


def asked(message: Message, bot: User) -> Asked | None:
    """What a message that is no command asks of the bot; None if it does not address it."""
    if not is_person(message, bot):
        return None
    text, entities = words(message)
    if message.chat.type == ChatType.PRIVATE:
        return Asked(text, "private", message)
    rest = _without_mention(text, entities, bot)
    if rest is not None:
        return about(rest, "mention", message, bot)
    if replies_to(message, bot):
        return Asked(text, "reply", message)
    return None


def about(text: str, how: How, message: Message, bot: User) -> Asked:
    """The question; where there is none, that of the message which this one replies to."""
    other = message.reply_to_message
    if not text.strip() and other and is_person(other, bot):
        said, _ = words(other)
        quoted = message.quote.text if message.quote else said
        if quoted.strip():
            return Asked(quoted, how, other)
    return Asked(text.strip(), how, message)


def is_person(message: Message, bot: User) -> bool:
    """Whether somebody wrote it: no other bot, no result of ours, no channel's echo."""
    if message.is_automatic_forward or (message.via_bot and message.via_bot.id == bot.id):
        return False
    sender = message.from_user
    return sender is None or not sender.is_bot or sender.id in _STAND_INS


def replies_to(message: Message, bot: User) -> bool:
    """Whether it replies to a message of the bot (in a forum, not to the topic itself)."""
    other = message.reply_to_message
    if other is None or other.forum_topic_created or other.from_user is None:
        return False
    return other.from_user.id == bot.id


def words(message: Message) -> tuple[str, dict[MessageEntity, str]]:
    """The text or caption of a message with its entities."""
    if message.text is not None:
        return message.text, message.parse_entities()
    if message.caption is not None:
        return message.caption, message.parse_caption_entities()
    return "", {}


def _without_mention(text: str, entities: dict[MessageEntity, str], bot: User) -> str | None:
    """The text without the bot's name; None if it is not mentioned."""
    name = f"@{bot.username}".casefold()
    spans = [
        entity
        for entity, written in entities.items()
        if (entity.type == MessageEntity.MENTION and written.casefold() == name)
        or (
            entity.type == MessageEntity.TEXT_MENTION
            and entity.user is not None
            and entity.user.id == bot.id
        )
    ]
    if not spans:
        return None
    units = text.encode("utf-16-le")  # entities count UTF-16 units
    for span in sorted(spans, key=lambda entity: entity.offset, reverse=True):
        end = span.offset + span.length
        units = units[: 2 * span.offset] + " ".encode("utf-16-le") + units[2 * end :]
    return units.decode("utf-16-le", "replace").strip()
