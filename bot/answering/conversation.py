"""What a short message leans on: the question and the answers just before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.answering.reply import Reply

_LEANING = re.compile(
    r"^\W*(?:and|but|so|then|also|or|what about|how about|wat about)\b"
    r"|\b(?:it|that|this|they|them|their|he|him|his|she|there|those|these|its|the same)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W*(?:(?:and|but|so|then|also|or|ok|well)\b\W*)*(?:(?:what|how|wat)\s+about\b\W*)?",
    re.IGNORECASE,
)
_SHORT = 4  # words; a message of so few may lean on the one before without saying so
_REMEMBERED = 12  # entries shown lately, so that "more" does not repeat them


@dataclass(frozen=True, slots=True)
class Conversation:
    """The context that one person's next message may lean on; immutable.

    `shown` holds the entries answered so far, the latest last; `offered` the entries of
    the buttons or numbers shown with the latest reply.
    """

    text: str = ""
    shown: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()

    @property
    def entry(self) -> str | None:
        """The entry answered last."""
        return self.shown[-1] if self.shown else None

    def after(self, reply: Reply) -> Conversation:
        """The context once a reply was given; pleasantries change nothing."""
        if reply.status == "smalltalk":
            return self
        offered = (*(s.entry for s in reply.suggestions), *reply.related)
        entries = tuple(s.entry for s in reply.sections if s.entry)
        if not entries:
            return Conversation(self.text, self.shown, offered)
        return Conversation(reply.text, (*self.shown, *entries)[-_REMEMBERED:], offered)


def leans(text: str) -> bool:
    """Whether a message reads as if it went on from an earlier one."""
    return len(text.split()) <= _SHORT or bool(_LEANING.search(text))


def without_opening(text: str) -> str:
    """The message without "and", "what about" and the like in front."""
    return _OPENING.sub("", text, count=1)
