"""What of a message can be part of its question: no addresses, links, code or headers."""

from __future__ import annotations

import re

from bot.answering.names import BEFORE_PRONOUN

_LEFT_OUT = re.compile(
    r"^\s*/\w+(?:@\w+)?"  # a command that was typed in front
    r"|(?<!\w)@\w{3,}"  # somebody's name
    r"|\b(?:https?://|www\.|t\.me/)\S+"
    r"|```.*?(?:```|\Z)"
    r"|^\s*forwarded from\b[^\n]*$",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}(?!\w)|\b(?:[A-Za-z]\.)+[A-Za-z]\b(?!\w)")


# "With the pronoun us", "with U.S. missiles": lower-case words no longer tell which it is.
_COUNTRY = re.compile(rf"\b((?i:{'|'.join(sorted(BEFORE_PRONOUN))})\s+)(?:US\b|(?i:u\.s\.?)(?!\w))")
# "The day it ends, not the day they announced it", "not the NPT, the other one": what is not meant.
_NOT_MEANT = re.compile(
    r",\s*(?:and\s+)?not\s+(?:the|of|about|when|who|what|in|on|by)\b[^,.;:?!\n]*"
    r"|,\s*not\s+\w+\s*(?=[?!.]*\s*$)"
    r"|^\W*not\s+(?:the|of|about)\s[^,.;:?!\n]*,\s*",
    re.IGNORECASE,
)


def question_text(message: str) -> str:
    """The message without what cannot be part of a question; lines are kept apart.

    "U.S." becomes "US": its dots end no sentence. Where that could be the pronoun it is "USA".
    """
    text = _NOT_MEANT.sub(" ", _LEFT_OUT.sub(" ", message))
    text = _COUNTRY.sub(r"\1USA", text)
    return _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text).strip()
