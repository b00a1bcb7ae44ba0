"""Whether to answer a message that is not put to the bot, where a group invites that. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.answering import Answerer, Reply
from bot.answering.message import question_text
from bot.language.sentences import segments

How = Literal["private", "mention", "reply"]
# Telegram's stand-ins for an anonymous admin and for a channel that posts in a group;
# both are marked as bots and are people.
_STAND_INS = frozenset({1087968824, 136817688})
_ASK = "/ask"


@dataclass(frozen=True, slots=True)
class Question:
    """A question put to the bot; `message` is the one to reply to."""

    text: str
    how: How
    message: Message


def question_for(message: Message, bot: User) -> Question | None:
    """What a message asks of the bot; None if it does not address it, or is another command.

    The text is empty where there are no words: a bare mention, an emoji, a picture.
    """
    if not is_from_person(message, bot):
        return None
    text, entities = text_and_entities(message)
    command = next((said for entity, said in entities.items() if _is_command(entity)), None)
    if command and command.casefold() in {_ASK, f"{_ASK}@{bot.username}".casefold()}:
        return question_about(text[len(command) :], "mention", message, bot)
    if command and message.text:
        return None
    if message.chat.type == ChatType.PRIVATE:
        return Question(_with_words(text), "private", message)
    rest = _without_mention(text, entities, bot)
    if rest is not None:
        return question_about(rest, "mention", message, bot)
    goes_on = replies_to(message, bot) and not _begins_with_a_name(entities)
    return Question(_with_words(text), "reply", message) if goes_on else None


def question_about(text: str, how: How, message: Message, bot: User) -> Question:
    """The question; where there is none, that of the message which this one replies to."""
    other = message.reply_to_message
    if not _with_words(text) and other and is_from_person(other, bot):
        said, _ = text_and_entities(other)
        quoted = _with_words(message.quote.text if message.quote else said)
        if quoted:
            return Question(quoted, how, other)
    return Question(_with_words(text), how, message)


def is_from_person(message: Message, bot: User) -> bool:
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


def text_and_entities(message: Message) -> tuple[str, dict[MessageEntity, str]]:
    """The text or caption of a message with its entities."""
    if message.text is not None:
        return message.text, message.parse_entities()
    if message.caption is not None:
        return message.caption, message.parse_caption_entities()
    return "", {}


def _with_words(text: str) -> str:
    """The text; empty if all there is are marks such as "?", "^" or emoji."""
    return text.strip() if any(map(str.isalnum, question_text(text))) else ""


def _is_command(entity: MessageEntity) -> bool:
    return entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0


def _begins_with_a_name(entities: dict[MessageEntity, str]) -> bool:
    """Whether it is said to somebody else: "@bob look at this"."""
    names = {MessageEntity.MENTION, MessageEntity.TEXT_MENTION}
    return any(entity.type in names and entity.offset == 0 for entity in entities)


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


PAUSE = 300.0  # seconds between two answers in one group that nobody asked the bot for
_SURE = 0.9  # confidence
_COVERED = 0.75  # of the message's words: none of its rarer ones is about something else
_WORDS = (4, 30)
_ASKING = re.compile(
    r"^(?:so|ok|hey|and|but|guys|wait|serious question|anyone know|does anyone know|anyone"
    r"|remind me|quick question|btw)*[\s,:]*"
    r"(?:what|which|when|who|whom|whose|where|why|how|is|are|was|were|do|does|did|has|have|had"
    r"|can|could|will|would|should)(?:'?s|'?re)?\b",
    re.IGNORECASE,
)
# What turns a question into a remark, an order or a talk between two people.
_REMARK = re.compile(
    r"\b(?:lol|lmao\w*|ngl|imo|imagine|jan|wtf|omg|pls|please)\b"
    r"|\b(?:you|your|u|ur|i|i'm|me|my|we)\b"
    r"|[!…]|\.\.\.|\?\?|```",
    re.IGNORECASE,
)
_ELSEWHERE = {
    MessageEntity.MENTION,
    MessageEntity.TEXT_MENTION,
    MessageEntity.URL,
    MessageEntity.TEXT_LINK,
    MessageEntity.BOT_COMMAND,
    MessageEntity.BLOCKQUOTE,
    MessageEntity.CODE,
    MessageEntity.PRE,
}


def may_be_overheard(message: Message) -> bool:
    """Whether it speaks to all: no reply, no forward, nobody's name, no link, no code."""
    if message.reply_to_message or message.forward_origin or message.via_bot or message.quote:
        return False
    kinds = {entity.type for entity in message.entities}
    return bool(message.text) and not kinds & _ELSEWHERE


def is_plain_question(text: str) -> bool:
    """Whether a message is one question to anybody, and neither remark nor joke."""
    text_and_entities = text.split()
    return (
        _WORDS[0] <= len(text_and_entities) <= _WORDS[1]
        and "\n" not in text
        and not _REMARK.search(text)
        and bool(_ASKING.match(text.strip()))
        and len(segments(text)) <= 1
    )


def answer_overheard(answerer: Answerer, text: str) -> Reply | None:
    """The reply to a plain question that the article answers with high confidence, or None."""
    if not is_plain_question(text):
        return None
    reply = answerer.answer(text)
    best = answerer.verdicts(text)[0].best
    is_sure = (
        reply.status == "answered"
        and reply.lead is None
        and len(reply.sections) == 1
        and reply.confidence >= _SURE
        and best is not None
        and best.entry == reply.entry
        and best.readings.covered >= _COVERED
    )
    return reply if is_sure else None
