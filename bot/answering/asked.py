"""What a message names, dates and denies: read once, then compared with many entries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.dates import Date, find_dates
from bot.answering.names import Mention, NameFinder
from bot.answering.roles import Roles, roles
from bot.matching.text import tokens as tokenize

NEGATIONS = frozenset({"not", "never", "neither", "nor"})
# To a yes or no question the passage is the answer, whichever way it is put: only what asks
# for the thing itself ("when did they *not* leave") is turned around by a negation.
_ASKING = frozenset({"when", "who", "whom", "what", "which", "where", "why", "how", "whose"})
# "I don't know", "why not" and the like deny nothing in the question itself.
_IDLE_NEGATION = re.compile(
    r"\b(?:i|we)\s+(?:do|did|could|can|am|was)(?:\s+not|n['’]?t)\b"
    r"|\b(?:why|or|if|whether or)\s+not\b|\bnot\s+(?:sure|only|just|to mention)\b"
    r"|\b(?:dont|don['’]t|do not)\s+(?:know|get|understand)\b"
    r"|\bnot\s+(?:\w+\s+)?(?:any\s?more|more|any longer|longer)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message with the words in it that decide."""

    text: str
    tokens: tuple[str, ...]
    mentions: tuple[Mention, ...]
    roles: Roles
    dates: tuple[Date, ...]
    denies: bool  # whether a negation turns around what is asked for

    @property
    def places(self) -> frozenset[int]:
        """The places of the tokens that belong to a name."""
        return frozenset(at for m in self.mentions for at in range(m.start, m.end))

    def named(self, mention: Mention) -> str:
        """The words of a mention, as typed but for case and spelling marks."""
        return " ".join(self.tokens[mention.start : mention.end])

    def offered_with(self, mention: Mention) -> list[Mention]:
        """The other mentions of its kind in "the INF Treaty or New START"."""
        return [
            other
            for other in self.mentions
            if other.kind == mention.kind
            and (
                self.tokens[mention.end : other.start] == ("or",)
                or self.tokens[other.end : mention.start] == ("or",)
            )
        ]


def read(text: str, finder: NameFinder, ordinary: frozenset[str]) -> Asked:
    """Read a message; words of `ordinary` are never taken for misspelt names."""
    tokens = tuple(tokenize(text))
    mentions = tuple(finder.find(tokens, ordinary))
    return Asked(
        text,
        tokens,
        mentions,
        roles(tokens, [m for m in mentions if m.kind == "actor"]),
        tuple(find_dates(text)),
        _denies(text, tokens),
    )


def _denies(text: str, tokens: Sequence[str]) -> bool:
    """Whether a word that asks for something has a negation after it that means it."""
    if not NEGATIONS.intersection(tokens):
        return False
    words = tokenize(_IDLE_NEGATION.sub(" ", text))
    asks = next((at for at, word in enumerate(words) if word in _ASKING), len(words))
    return bool(NEGATIONS.intersection(words[asks:]))
