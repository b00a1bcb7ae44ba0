"""Which messages of a group the bot may answer although nobody asked it."""

import re

from bot.answering.answerer import Answerer
from bot.answering.reply import Reply
from bot.language.sentences import split_parts

_MIN_CONFIDENCE = 0.95  # nobody asked the bot: one in twenty answers may be wrong, not one in ten
_MIN_COVERAGE = 0.75  # of the message's words; below that, a rare word may change the subject
_WORD_COUNT = (4, 30)
_QUESTION_START = re.compile(
    r"^(?:so|ok|hey|and|but|guys|wait|serious question|anyone know|does anyone know|anyone"
    r"|remind me|quick question|btw)*[\s,:]*"
    r"(?:what|which|when|who|whom|whose|where|why|how|is|are|was|were|do|does|did|has|have|had"
    r"|can|could|will|would|should)(?:'?s|'?re)?\b",
    re.IGNORECASE,
)
# Signs of a remark, an order or a chat between two people.
_REMARK = re.compile(
    r"\b(?:lol|lmao\w*|ngl|imo|imagine|wtf|omg|pls|please)\b"
    r"|\b(?:you|your|u|ur|i|i'm|me|my|we)\b"
    r"|[!…]|\.\.\.|\?\?|```",
    re.IGNORECASE,
)


def is_plain_question(text: str) -> bool:
    """Whether a message is a single, serious question to anyone who knows the answer."""
    fewest, most = _WORD_COUNT
    return (
        fewest <= len(text.split()) <= most
        and "\n" not in text
        and not _REMARK.search(text)
        and bool(_QUESTION_START.match(text.strip()))
        and len(split_parts(text)) <= 1
    )


def answer_overheard(answerer: Answerer, text: str) -> Reply | None:
    """The reply to a plain question that the article certainly answers; otherwise None."""
    if not is_plain_question(text):
        return None
    reply = answerer.answer(text)
    best = answerer.verdicts(text)[0].best
    is_certain = (
        reply.status == "answered"
        and reply.lead is None
        and len(reply.sections) == 1
        and reply.confidence >= _MIN_CONFIDENCE
        and best is not None
        and best.entry == reply.entry
        and best.signals.covered >= _MIN_COVERAGE
    )
    return reply if is_certain else None
