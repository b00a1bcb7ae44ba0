"""A message read once: the words, names, dates and roles that are compared with many entries."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.language.dates import MONTHS, Date, dates_stated
from bot.language.modality import Modality, find_modality
from bot.language.names import Mention, NameFinder
from bot.language.normalise import (
    QUESTION_WORDS,
    normalise,
    tokenize,
    word_set,
)
from bot.language.roles import RoleFinder, Roles

NEGATIONS = frozenset({"not", "never", "neither", "nor"})
# They stand for something that was named before.
IT = word_set("it its")
THINGS = IT | word_set("that this")
PERSON = word_set("he him his she her hers")
PRONOUNS = THINGS | PERSON | word_set("they them their these those")
_WORD = re.compile(r"[^\W_]+")
# "I don't know", "why not" and the like negate nothing in the question itself.
_IDLE_NEGATION = re.compile(
    r"\b(?:i|we)\s+(?:do|did|could|can|am|was)(?:\s+not|n['’]?t)\b"
    r"|\b(?:why|or|if|whether or)\s+not\b|\bnot\s+(?:sure|only|just|to mention)\b"
    r"|\b(?:dont|don['’]t|do not)\s+(?:know|get|understand)\b"
    r"|\bnot\s+(?:\w+\s+)?(?:any\s?more|more|any longer|longer)\b",
    re.IGNORECASE,
)


def corrected(text: str, slips: Mapping[str, str]) -> str:
    """The text with each misspelt word replaced; `slips` has the words normalised."""
    return _WORD.sub(lambda word: slips.get(normalise(word[0]), word[0]), text) if slips else text


def as_written(words: str, text: str) -> str:
    """Words of a message as people wrote them in `text`: "lars erik" as "Lars-Erik"."""
    wanted, pieces = words.split(), text.split()
    for size in range(1, len(wanted) + 1):
        for at in range(len(pieces) - size + 1):
            piece = " ".join(pieces[at : at + size])
            if tokenize(piece) == wanted:
                return re.sub(r"^\W+|(?:['’]s)?\W*$", "", piece)
    return words.title()  # it was misspelt


@dataclass(frozen=True, slots=True)
class Message:
    """A message, or a part of one, with its names, dates and roles, and whether it is negated."""

    text: str
    tokens: tuple[str, ...]
    mentions: tuple[Mention, ...]
    roles: Roles
    dates: tuple[Date, ...]
    negated: bool  # a negation turns the question into another one
    modality: Modality | None  # what it asks for beyond facts

    @property
    def name_places(self) -> frozenset[int]:
        """The positions of tokens that belong to a name."""
        return frozenset(at for m in self.mentions for at in range(m.start, m.end))

    @property
    def words_beside_names(self) -> list[str]:
        """The tokens that belong to no name, in order."""
        places = self.name_places
        return [word for at, word in enumerate(self.tokens) if at not in places]

    def words_of(self, mention: Mention) -> str:
        """The words of a mention, in lower case."""
        return " ".join(self.tokens[mention.start : mention.end])

    def alternatives_to(self, mention: Mention) -> list[Mention]:
        """The mentions of its kind joined to it by "or": "the mayor or the council"."""
        return [
            other
            for other in self.mentions
            if other.kind == mention.kind
            and (
                self.tokens[mention.end : other.start] == ("or",)
                or self.tokens[other.end : mention.start] == ("or",)
            )
        ]


def read_message(
    text: str, names: NameFinder, roles: RoleFinder, ordinary: frozenset[str]
) -> Message:
    """Read a message; `ordinary` words are never taken for misspelt names."""
    tokens = tuple(tokenize(text))
    mentions = tuple(names.find(tokens, ordinary))
    return Message(
        text,
        tokens,
        mentions,
        roles.find(tokens, mentions),
        tuple(date for date in dates_stated(text) if not _is_named(date, tokens, mentions)),
        _negated(text, tokens),
        find_modality(text),
    )


def _is_named(date: Date, tokens: Sequence[str], mentions: Sequence[Mention]) -> bool:
    """Whether a month is part of a name: "when did June Carter resign"."""
    if not date.month or date.day or date.year:
        return False
    named = {token for mention in mentions for token in tokens[mention.start : mention.end]}
    month = MONTHS[date.month - 1].lower()
    return not named.isdisjoint((month, month[:3]))


def _negated(text: str, tokens: Sequence[str]) -> bool:
    """Whether a negation follows a question word.

    A yes or no question has the same answer with and without "not". Only a question with a
    question word ("when did they *not* leave") becomes a different one.
    """
    if not NEGATIONS.intersection(tokens):
        return False
    words = tokenize(_IDLE_NEGATION.sub(" ", text))
    asks = next((at for at, word in enumerate(words) if word in QUESTION_WORDS), len(words))
    return bool(NEGATIONS.intersection(words[asks:]))
