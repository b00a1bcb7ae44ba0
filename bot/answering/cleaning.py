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


def question_text(message: str) -> str:
    """The message without what cannot be part of a question; lines are kept apart.

    "U.S." becomes "US": its dots end no sentence. Where that could be the pronoun it is "USA".
    """
    text = _LEFT_OUT.sub(" ", message)
    text = _COUNTRY.sub(r"\1USA", text)
    return _DOTTED.sub(lambda dotted: dotted[0].replace(".", ""), text).strip()
