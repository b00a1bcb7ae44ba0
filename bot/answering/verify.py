"""The flip guard: a message that differs from an entry in a deciding word is not answered.

One changed word ("when did *Russia* withdraw", "the *ABM* Treaty", "in *1999*", "*not*
withdraw") leaves every likeness higher than a true paraphrase has it, so no threshold is
safe. After ranking, the words that decide are compared instead.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from bot.answering.message import NEGATIONS, Asked, read
from bot.knowledge import Entry, Knowledge
from bot.language.dates import Date, conflicting, find_dates, parse_iso
from bot.language.names import NameFinder
from bot.language.normalise import FUNCTION_WORDS
from bot.language.normalise import tokens as tokenize
from bot.language.spelling import stem


@dataclass(frozen=True, slots=True)
class Conflict:
    """The kind of word in which a message and an entry differ, and the word as asked."""

    kind: str  # actor, agent, patient, treaty, missile, date, code, polarity
    asked: str
    turned: bool = False  # a phrasing with its sides exchanged: no part of it asks that either


_TURNED = 0.75  # likeness to a phrasing, names apart, of a message that turns its sides around


def fits(asked: Asked, entry: Entry) -> bool:
    """Whether the message has both roles of the entry, each played by the same side."""
    played = asked.roles
    return bool(
        played.agent.intersection(entry.key.agent)
        and played.patient.intersection(entry.key.patient)
    )


def reversed_roles(asked: Asked, entry: Entry) -> Conflict | None:
    """A role of the entry that the message gives to somebody else."""
    agents, patients = frozenset(entry.key.agent), frozenset(entry.key.patient)
    if not (agents or patients):
        return None
    played = asked.roles
    if agents and played.leading and played.leading <= patients - agents:
        return Conflict("agent", min(played.leading))
    for kind, found, wanted in (
        ("agent", played.agent if entry.known else played.leading, agents),
        ("patient", played.patient, patients),
    ):
        if wanted and found and not wanted & found:
            return Conflict(kind, min(found))
    return None


def two_sided(asked: Asked, entry: Entry) -> bool:
    """Whether the entry tells of two sides and the message names both."""
    both = entry.known and entry.key.agent and entry.key.patient
    return bool(both) and len(_sides(asked, entry)) > 1


def turned_around(asked: Asked, phrasing: Asked, entry: Entry) -> Conflict | None:
    """A message that is all but a phrasing with the two sides in each other's place.

    It takes no grammar, so it holds where the roles of neither are understood.
    """
    sides = _sides(asked, entry)
    understood = fits(asked, entry) and fits(phrasing, entry)
    if understood or _sides(phrasing, entry) != sides[::-1]:
        return None
    alike = Indel.normalized_similarity(_unnamed(asked), _unnamed(phrasing))
    return Conflict("agent", sides[0], turned=True) if alike >= _TURNED else None


def _sides(asked: Asked, entry: Entry) -> list[str]:
    """The sides of the entry that a message names, in the order of their first mention."""
    members = {*entry.key.agent, *entry.key.patient}
    named = (m.id for m in asked.mentions if m.kind == "actor" and m.id in members)
    return list(dict.fromkeys(named))


def _unnamed(asked: Asked) -> list[str]:
    places = asked.places
    return ["" if at in places else token for at, token in enumerate(asked.tokens)]


# An entry with one of these tells of something that is not so; asking for that is no flip.
_DENIALS = NEGATIONS | {"no", "nobody", "without"}
_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)
_SHARED_WORDS = 0.5  # share of the message's words that a negated phrasing must have


@dataclass(frozen=True, slots=True)
class _Profile:
    """What an entry names, to compare messages with."""

    names: Mapping[str, frozenset[str]]
    dates: tuple[Date, ...]
    negated: tuple[frozenset[str], ...]  # the stems of each phrasing that denies


class Guard:
    """Compares the deciding words of a message with those of an entry."""

    def __init__(self, knowledge: Knowledge, ordinary: frozenset[str]) -> None:
        """`ordinary` words, those of the entries, are never taken for misspelt names."""
        self._finder = NameFinder(knowledge.vocabulary.names)
        self._ordinary = ordinary
        self._home = frozenset(
            (m.kind, m.id) for m in self._finder.find(tokenize(knowledge.article.text))
        )
        year = knowledge.source.published.year
        self._profiles = {entry.id: self._profile(entry, year) for entry in knowledge.answered()}
        self._home_dates = [parse_iso(d) for entry in knowledge.answered() for d in entry.key.date]

    def read(self, text: str) -> Asked:
        """Read a message for `conflict` and the like."""
        return read(text, self._finder, self._ordinary)

    def conflict(self, asked: Asked, entry: Entry, context: Asked | None = None) -> Conflict | None:
        """The first deciding word in which the message and the entry differ.

        `context` is the message with what it leans on; strangers named there count too.
        """
        if not entry.known:  # a gap says no more than that the article is silent
            return reversed_roles(asked, entry)
        profile = self._profiles[entry.id]
        return (
            (self._stranger(context, profile) if context else None)
            or self._named_other(asked, entry, profile)
            or reversed_roles(asked, entry)
            or _dated_other(asked, entry, profile)
            or _denied(asked, entry, profile)
        )

    def beside(self, asked: Asked, sentence: Asked, entry: Entry) -> Conflict | None:
        """What the sentence of a question says of the kinds that the question itself leaves out."""
        if not entry.known:
            return None
        told = {"actor", *(mention.kind for mention in asked.mentions)}
        for mention in sentence.mentions:
            if mention.kind in told or sentence.offered_with(mention):
                continue
            keyed = getattr(entry.key, mention.kind, ())  # empty: the entry leaves it open
            at_home = (mention.kind, mention.id) in self._home
            if not at_home or (keyed and mention.id not in keyed):
                return Conflict(mention.kind, sentence.named(mention))
        others = () if asked.dates else conflicting(sentence.dates, self._home_dates)
        return _date_conflict(others[0]) if others else None

    def turned(self, asked: Asked, entry: Entry, phrasing: str) -> Conflict | None:
        """A message that is all but a phrasing of the entry with its two sides exchanged."""
        if not two_sided(asked, entry):
            return None
        return turned_around(asked, self.read(phrasing), entry)

    def _profile(self, entry: Entry, year: int) -> _Profile:
        quotes = [citation.quote for citation in entry.citations]
        texts = [*entry.wordings, entry.answer, *quotes]
        names: dict[str, set[str]] = {}
        negated = []
        for text in texts:
            tokens = tokenize(text)
            for mention in self._finder.find(tokens):
                names.setdefault(mention.kind, set()).add(mention.id)
            if _DENIALS.intersection(tokens):
                negated.append(frozenset(map(stem, set(tokens) - _DENIALS - FUNCTION_WORDS)))
        if entry.key.treaty:
            names["treaty"] = set(entry.key.treaty)
        if entry.key.missile:
            names["missile"] = set(entry.key.missile)
        given = [parse_iso(date) for date in entry.key.date]
        given += _dates_in(texts)
        dates = [full for date in given for full in _with_year(date, given, year)]
        return _Profile(
            {kind: frozenset(ids) for kind, ids in names.items()},
            tuple(dict.fromkeys(dates)),
            tuple(negated),
        )

    def _stranger(self, asked: Asked, profile: _Profile) -> Conflict | None:
        """A name that the entry does not know; the article's actors count as known.

        So do its treaties and missiles where the entry names none: it speaks of them unsaid.
        """
        for mention in asked.mentions:
            known = profile.names.get(mention.kind, frozenset())
            if any(other.id in known for other in asked.offered_with(mention)):
                continue
            lenient = mention.kind == "actor" or not known
            if mention.id not in known and not (
                lenient and (mention.kind, mention.id) in self._home
            ):
                return Conflict(mention.kind, asked.named(mention))
        return None

    def _named_other(self, asked: Asked, entry: Entry, profile: _Profile) -> Conflict | None:
        if stranger := self._stranger(asked, profile):
            return stranger
        actors = [m for m in asked.mentions if m.kind == "actor" and ("actor", m.id) in self._home]
        wanted = set(entry.key.actor)
        if wanted and actors and not wanted & {m.id for m in actors}:
            return Conflict("actor", asked.named(actors[0]))
        return None


def _with_year(date: Date, others: Sequence[Date], published: int) -> list[Date]:
    """A date that leaves its year out gets that of the same day elsewhere, or the article's."""
    if date.year is not None:
        return [date]
    years = {other.year for other in others if other.year and other.agrees(date)} or {published}
    return [Date(year, date.month, date.day) for year in sorted(years)]


def _dated_other(asked: Asked, entry: Entry, profile: _Profile) -> Conflict | None:
    others = conflicting(asked.dates, profile.dates)
    # Two dates may be compared or offered for choice; it takes all of them to be elsewhere, or a
    # deciding one.
    offers_choice = _CHOICE.search(asked.text) is not None
    if others and (len(others) == len(asked.dates) or (entry.key.date and not offers_choice)):
        return _date_conflict(others[0])
    return None


def _date_conflict(date: Date) -> Conflict:
    parts = [part for part in (date.day, date.month, date.year) if part]
    return Conflict("date", "/".join(map(str, parts)))


def _dates_in(texts: Iterable[str]) -> tuple[Date, ...]:
    return tuple(dict.fromkeys(date for text in texts for date in find_dates(text)))


def _denied(asked: Asked, entry: Entry, profile: _Profile) -> Conflict | None:
    if not asked.denies:
        return None
    if entry.key.polarity:
        return Conflict("polarity", "not") if entry.key.polarity == "affirmed" else None
    words = frozenset(map(stem, set(asked.tokens) - NEGATIONS - FUNCTION_WORDS))
    denied = _denied_word(asked)
    for other in profile.negated:
        alike = len(words & other) >= _SHARED_WORDS * len(words)
        if alike and (denied is None or stem(denied) in other):
            return None
    return Conflict("polarity", "not")


def _denied_word(asked: Asked) -> str | None:
    """The word that the negation is about: the first with content after it that names nobody."""
    named = asked.places
    start = next((at for at, token in enumerate(asked.tokens) if token in NEGATIONS), 0)
    for at, token in enumerate(asked.tokens[start:], start):
        if at not in named and token not in NEGATIONS and token not in FUNCTION_WORDS:
            return token
    return None
