"""The flip guard: a message that differs from an entry in a deciding word is not answered.

One changed word ("when did *Russia* withdraw", "the *ABM* Treaty", "in *1999*", "*not*
withdraw") leaves every likeness higher than a true paraphrase has it, so no threshold is
safe. After ranking, the words that decide are compared instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.answering.asked import NEGATIONS, Asked, read
from bot.answering.conflict import Conflict
from bot.answering.dates import Date, conflicting, find_dates, iso
from bot.answering.names import NameFinder
from bot.answering.sides import reversed_roles, turned_around, two_sided
from bot.knowledge import Entry, Knowledge
from bot.knowledge.provenance import MONTHS
from bot.matching.functionwords import FUNCTION_WORDS
from bot.matching.text import is_code, stem
from bot.matching.text import tokens as tokenize

# An entry with one of these tells of something that is not so; asking for that is no flip.
_DENIALS = NEGATIONS | {"no", "nobody", "without"}
# A code of letters and digits names one thing: 9M730 is no 9M729.
_CODE = re.compile(r"^(?=.*\d)(?=.*[a-z])[a-z0-9]{3,}$")
# Ordinals, amounts and dates are none.
_NO_CODE = re.compile(
    rf"^(?:\d+(?:st|nd|rd|th|k|km|h|m|s|d|am|pm|yrs?|min|mos?|wks?|w|y|hrs?)|(?:{'|'.join(MONTHS)})\d+)$",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)
_SHARED_WORDS = 0.5  # share of the message's words that a negated phrasing must have


@dataclass(frozen=True, slots=True)
class _Profile:
    """What an entry names, to compare messages with."""

    names: Mapping[str, frozenset[str]]
    dates: tuple[Date, ...]
    codes: frozenset[str]  # its words that hold a digit
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
        self._short = frozenset(knowledge.vocabulary.abbreviations)
        self._strangers = {gap.id: self._named_in(gap) - self._home for gap in knowledge.gaps()}
        year = knowledge.source.published.year
        self._profiles = {entry.id: self._profile(entry, year) for entry in knowledge.answered()}
        self._gap_dates = {gap.id: _dates_in(gap.wordings) for gap in knowledge.gaps()}
        self._home_dates = [iso(d) for entry in knowledge.answered() for d in entry.key.date]

    def read(self, text: str) -> Asked:
        """Read a message for `conflict` and the like."""
        return read(text, self._finder, self._ordinary)

    def conflict(self, asked: Asked, entry: Entry, context: Asked | None = None) -> Conflict | None:
        """The first deciding word in which the message and the entry differ.

        `context` is the message with what it leans on; strangers named there count too.
        """
        if not entry.known:  # a gap says no more than that the article is silent
            return (
                self._of_another(asked, entry)
                or self._of_another_date(asked, entry)
                or reversed_roles(asked, entry)
            )
        profile = self._profiles[entry.id]
        return (
            (self._stranger(context, profile) if context else None)
            or self._named_other(asked, entry, profile)
            or reversed_roles(asked, entry)
            or _dated_other(asked, entry, profile)
            or _coded_other(asked, profile.codes, self._short)
            or _denied(asked, entry, profile)
        )

    def _of_another(self, asked: Asked, gap: Entry) -> Conflict | None:
        """A stranger in the message where the gap is about others: Biden is no Trump."""
        strangers = [m for m in asked.mentions if (m.kind, m.id) not in self._home]
        others = self._strangers[gap.id]
        if strangers and others and not any((m.kind, m.id) in others for m in strangers):
            return Conflict(strangers[0].kind, asked.named(strangers[0]))
        return None

    def _of_another_date(self, asked: Asked, gap: Entry) -> Conflict | None:
        """A date that the article tells of where the gap is about others."""
        others = self._gap_dates[gap.id]
        if not (asked.dates and others) or conflicting(asked.dates, self._home_dates):
            return None
        if any(other.tells(date) for other in others for date in asked.dates):
            return None
        return _date_conflict(asked.dates[0])

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

    def _named_in(self, entry: Entry) -> frozenset[tuple[str, str]]:
        found = (self._finder.find(tokenize(text)) for text in entry.wordings)
        return frozenset((m.kind, m.id) for mentions in found for m in mentions)

    def _profile(self, entry: Entry, year: int) -> _Profile:
        quotes = [citation.quote for citation in entry.citations]
        texts = [*entry.wordings, entry.answer, *quotes]
        names: dict[str, set[str]] = {}
        codes: set[str] = set()
        negated = []
        for text in texts:
            tokens = tokenize(text)
            codes.update(filter(is_code, tokens))
            for mention in self._finder.find(tokens):
                names.setdefault(mention.kind, set()).add(mention.id)
            if _DENIALS.intersection(tokens):
                negated.append(frozenset(map(stem, set(tokens) - _DENIALS - FUNCTION_WORDS)))
        if entry.key.treaty:
            names["treaty"] = set(entry.key.treaty)
        if entry.key.missile:
            names["missile"] = set(entry.key.missile)
        given = [iso(date) for date in entry.key.date]
        given += _dates_in(texts)
        dates = [full for date in given for full in _with_year(date, given, year)]
        return _Profile(
            {kind: frozenset(ids) for kind, ids in names.items()},
            tuple(dict.fromkeys(dates)),
            frozenset(codes),
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


def _coded_other(asked: Asked, codes: frozenset[str], short: frozenset[str]) -> Conflict | None:
    named = asked.places
    for at, token in enumerate(asked.tokens):
        if at in named or not _CODE.match(token) or _NO_CODE.match(token):
            continue
        if {token, token.removesuffix("s")} & (codes | short):
            continue
        if not codes.intersection(asked.offered_beside(at)):
            return Conflict("code", token)
    return None


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
