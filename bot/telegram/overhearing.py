"""Whether to answer a message that is not put to the bot, where a group invites that. Pure."""

from __future__ import annotations

import re

from telegram import Message, MessageEntity

from bot.answering import Answerer, Reply
from bot.answering.segments import segments

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
    words = text.split()
    return (
        _WORDS[0] <= len(words) <= _WORDS[1]
        and "\n" not in text
        and not _REMARK.search(text)
        and bool(_ASKING.match(text.strip()))
        and len(segments(text)) <= 1
    )


def overheard(answerer: Answerer, text: str) -> Reply | None:
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
