"""Compares the deciding words of a message with those of an entry.

One changed word ("when did the *mayor* resign", "the *old* bridge", "in *1999*", "*not* resign")
leaves a message more similar to a phrasing than most true paraphrases are, so no threshold on
similarity is safe. That is why the deciding words are compared after ranking.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz.distance import Indel

from bot.answering.message import NEGATIONS, Message, read_message
from bot.knowledge import Entry, Knowledge
from bot.language.dates import Date, conflicting, find_dates, parse_iso
from bot.language.english import english
from bot.language.modality import Modality, find_modality
from bot.language.names import NameFinder
from bot.language.normalise import FUNCTION_WORDS, tokenize, word_set
from bot.language.roles import ACTOR, RoleFinder
from bot.language.spelling import stem
from bot.matching import Query

_RECENT = 16  # messages kept: one is looked at several times, as are the closest phrasings
_PERMITTING = word_set("can may must allowed allow permitted")
_TYPICAL = 0.01  # share of an entry's phrasings; what fewer of them ask for is an exception
_SWAPPED = 0.75  # similarity, names aside, to a phrasing with other sides; 0.6 takes in too much
# A text with one of these is about something that is not so; asking about it is not a conflict.
_NEGATING = NEGATIONS | {"no", "nobody", "without"}
_CHOICE = re.compile(r"\bor\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Conflict:
    """The kind of word in which a message and an entry differ, and what the message says.

    `asked` is its words; for polarity "not", and for a modality that kind itself.
    """

    kind: str  # agent, patient, a kind of name, date, polarity, or a modality
    asked: str
    name: str = ""  # the id of the name asked about
    swapped: bool = False  # the message is a phrasing with its two sides swapped


@dataclass(frozen=True, slots=True)
class Profile:
    """The names, dates and denials in an entry."""

    names: Mapping[str, frozenset[str]]
    dates: tuple[Date, ...]
    negated: frozenset[str] | None  # the stems of the texts with a denial; None without any
    modalities: frozenset[Modality]  # what its phrasings ask for beyond facts


@dataclass(frozen=True)
class Verifier:
    """Compares the deciding words of messages with those of entries. It is plain data."""

    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    words: frozenset[str]  # of the entries; they are never taken for misspelt names
    home: frozenset[tuple[str, str]]  # the kinds and ids of the names in the article
    profiles: Mapping[str, Profile]  # of the answerable entries
    roles: RoleFinder

    @classmethod
    def learn(cls, knowledge: Knowledge) -> Verifier:
        """Read the texts of the entries."""
        names = knowledge.vocabulary.names
        playing = {id_ for e in knowledge.entries.values() for id_ in e.key.agent + e.key.patient}
        kinds = {kind for kind, members in names.items() if playing & members.keys()} | {ACTOR}
        roles = RoleFinder(frozenset(kinds), **english().roles)
        finder, year = NameFinder(names), knowledge.source.published.year
        words: set[str] = set()
        profiles = {}
        for entry in knowledge.entries.values():
            written = [*entry.all_phrasings, entry.answer, *(c.quote for c in entry.citations)]
            texts = {text: tokenize(text) for text in written}
            words.update(*texts.values())
            if entry.answerable:
                profiles[entry.id] = _profile(entry, texts, finder, year, kinds)
        home = {(m.kind, m.id) for m in finder.find(tokenize(knowledge.article.text))}
        return cls(names, frozenset(words), frozenset(home), profiles, roles)

    @cached_property
    def read(self) -> Callable[[str], Message]:
        """Reads a message for the comparisons below."""
        finder, roles, words = NameFinder(self.names), self.roles, self.words
        return lru_cache(_RECENT)(lambda text: read_message(text, finder, roles, words))

    def conflict(self, message: Message, entry: Entry, sentence: Message) -> Conflict | None:
        """The first deciding word in which the message and the entry differ.

        The message may be a part of a sentence. The sentence's names and dates count,
        unless the part has some of that kind itself: "if the *ferry* stopped, who said so?".
        """
        if not entry.answerable:  # a gap only says that the article is silent
            return role_conflict(message, entry)
        profile, acting = self.profiles[entry.id], self.roles.kinds
        kinds = {mention.kind for mention in message.mentions}
        return (
            self._unknown_name(message, profile)
            or self._unknown_name(sentence, profile, acting | kinds)
            or self._other_actor(message, entry)
            or role_conflict(message, entry)
            or _date_conflict(message if message.dates else sentence, entry, profile)
            or _polarity_conflict(message, entry, profile)
            or _modality_conflict(sentence, profile)
        )

    def swapped_sides(self, message: Message, entry: Entry, query: Query) -> Conflict | None:
        """A conflict if the message is almost a phrasing with its sides swapped, grammar aside."""
        sides = _sides(message, entry)
        if not (entry.answerable and entry.key.agent and entry.key.patient and len(sides) > 1):
            return None
        phrasing, _ = query.closest(entry.id)
        other = self.read(phrasing)
        if _sides(other, entry) != sides[::-1]:
            return None
        similarity = Indel.normalized_similarity(_without_names(message), _without_names(other))
        if similarity < _SWAPPED:
            return None
        return Conflict("agent", _words_for(message, sides[0]), sides[0], swapped=True)

    def _unknown_name(
        self, message: Message, profile: Profile, but: Collection[str] = ()
    ) -> Conflict | None:
        """A name that the entry does not know, unless its kind is in `but`.

        Those in the article who can act count as known everywhere. So do its other names where
        the entry has none of their kind: it may be about them without naming them.
        """
        for mention in message.mentions:
            known = profile.names.get(mention.kind, frozenset())
            if mention.kind in but or any(
                other.id in known for other in message.alternatives_to(mention)
            ):
                continue
            lenient = mention.kind in self.roles.kinds or not known
            if mention.id not in known and not (
                lenient and (mention.kind, mention.id) in self.home
            ):
                return Conflict(mention.kind, message.words_of(mention), mention.id)
        return None

    def _other_actor(self, message: Message, entry: Entry) -> Conflict | None:
        for kind, wanted in entry.key.names.items():
            if kind in self.roles.kinds:
                found = [
                    m for m in message.mentions if m.kind == kind and (kind, m.id) in self.home
                ]
                if found and not any(mention.id in wanted for mention in found):
                    return Conflict(kind, message.words_of(found[0]), found[0].id)
        return None


def _profile(
    entry: Entry,
    texts: Mapping[str, Sequence[str]],
    finder: NameFinder,
    year: int,
    acting: Collection[str],
) -> Profile:
    """Read an entry's texts, given with their words; `acting` are the kinds that have roles."""
    names: dict[str, set[str]] = {}
    negated: set[str] | None = None
    for tokens in texts.values():
        for mention in finder.find(tokens):
            names.setdefault(mention.kind, set()).add(mention.id)
        if _NEGATING.intersection(tokens):
            negated = (negated or set()) | set(map(stem, {*tokens} - _NEGATING - FUNCTION_WORDS))
    for kind, ids in entry.key.names.items():
        if kind not in acting:
            names[kind] = set(ids)
    # What is keyed to a date may be asked with wrong ones: "was it in 2012?"
    phrased = entry.all_phrasings if entry.key.date else ()
    written = (date for text in texts if text not in phrased for date in find_dates(text))
    given = [*dict.fromkeys([*map(parse_iso, entry.key.date), *written])]
    recurring = {date for date in find_dates(entry.answer) if not date.year}  # "the rent is due on"
    dates = [full for date in given for full in _with_year(date, given, year, recurring)]
    phrasings = entry.all_phrasings
    asked: Counter[Modality] = Counter(filter(None, map(find_modality, phrasings)))
    return Profile(
        {kind: frozenset(named) for kind, named in names.items()},
        tuple(dict.fromkeys(dates)),
        None if negated is None else frozenset(negated),
        frozenset(kind for kind, count in asked.items() if count >= _TYPICAL * len(phrasings)),
    )


def role_conflict(message: Message, entry: Entry) -> Conflict | None:
    """A role of the entry that the message gives to somebody else."""
    agents, patients = frozenset(entry.key.agent), frozenset(entry.key.patient)
    roles = message.roles
    both = (("agent", roles.agent, agents), ("patient", roles.patient, patients))
    for kind, found, wanted in both:
        if wanted and found and not wanted & found:
            return Conflict(kind, _words_for(message, min(found)), min(found))
    return None


def _words_for(message: Message, name: str) -> str:
    """The words with which a message names somebody."""
    return next(message.words_of(mention) for mention in message.mentions if mention.id == name)


def _sides(message: Message, entry: Entry) -> list[str]:
    """The sides of the entry that a message names, in order of their first mention."""
    members = {*entry.key.agent, *entry.key.patient}
    named = (mention.id for mention in message.mentions if mention.id in members)
    return list(dict.fromkeys(named))


def _without_names(message: Message) -> list[str]:
    places = message.name_places
    return ["" if at in places else token for at, token in enumerate(message.tokens)]


def _with_year(
    date: Date, others: Sequence[Date], published: int, recurring: Collection[Date]
) -> list[Date]:
    """A date with its year: that of the same day in `others`, or else the year of publication.

    One that recurs stays without.
    """
    years = {other.year for other in others if other.year and other.agrees(date)}
    if date.year is not None or (date in recurring and not years):
        return [date]
    return [Date(year, date.month, date.day) for year in sorted(years or {published})]


def _date_conflict(message: Message, entry: Entry, profile: Profile) -> Conflict | None:
    others = conflicting(message.dates, profile.dates)
    # One of two dates may be unknown: they may be compared, or offered for choice. If the entry is
    # about a date, only a choice is allowed.
    offers_choice = _CHOICE.search(message.text) is not None
    if others and (len(others) == len(message.dates) or (entry.key.date and not offers_choice)):
        return Conflict("date", str(others[0]))
    return None


def _modality_conflict(message: Message, profile: Profile) -> Conflict | None:
    if message.modality and message.modality not in profile.modalities:
        return Conflict(message.modality, message.modality)
    return None


def _polarity_conflict(message: Message, entry: Entry, profile: Profile) -> Conflict | None:
    if not message.negated:
        return None
    if entry.key.polarity:
        return Conflict("polarity", "not") if entry.key.polarity == "affirmed" else None
    negated = _negated_word(message)
    is_ban = not _PERMITTING.isdisjoint(message.tokens)  # "why can't I swap?": any ban may be meant
    if profile.negated is not None and (
        is_ban or negated is None or stem(negated) in profile.negated
    ):
        return None
    return Conflict("polarity", "not")


def _negated_word(message: Message) -> str | None:
    """The first content word after the negation that is not part of a name."""
    places = message.name_places
    start = next((at for at, token in enumerate(message.tokens) if token in NEGATIONS), 0)
    for at, token in enumerate(message.tokens[start:], start):
        if at not in places and token not in NEGATIONS and token not in FUNCTION_WORDS:
            return token
    return None
