"""What a message names, dates and denies: read once, then compared with many entries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.dates import Date, find_dates
from bot.language.names import BEFORE_PRONOUN, Mention, NameFinder
from bot.language.normalise import tokens as tokenize
from bot.language.roles import Roles, roles

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
