"""The verified, immutable knowledge that the rest of the program works with."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bot.knowledge.article import Article, Citation
from bot.language.english import Smalltalk
from bot.language.text_list import TextList


@dataclass(frozen=True, slots=True)
class Source:
    """Where the article comes from."""

    title: str
    publisher: str
    place: str  # "" without a dateline
    published: dt.date
    language: str
    url: str | None = None
    text_type: str = "article"  # what fixed replies call it: "The statement doesn't say that."

    def fill(self, reply: str, **values: str) -> str:
        """A fixed reply with its {title}, {text_type} and other values filled in."""
        return reply.format(title=self.title, text_type=self.text_type, **values)

    @property
    def origin(self) -> str:
        """The publisher, with the place if there is one: "The Gazette, Lindholm"."""
        return f"{self.publisher}, {self.place}" if self.place else self.publisher


@dataclass(frozen=True, slots=True)
class Key:
    """What an entry is about: ids from `Vocabulary.names` and ISO dates."""

    agent: tuple[str, ...] = ()
    patient: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    polarity: Literal["affirmed", "denied"] | None = None
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by kind


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer with its passages, or a known gap with the nearest passage."""

    id: str
    topic: str
    question: str
    phrasings: TextList
    answer: str
    citations: tuple[Citation, ...]
    answerable: bool  # False: a known gap, a question that the article does not answer
    voice: str | None = None  # whose claim it is
    note: str | None = None  # why the year must be the one it says
    key: Key = Key()
    related: tuple[str, ...] = ()
    follow_ups: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_silent(self) -> bool:
        """Whether the article says nothing of it, not even "No": its passage only comes close."""
        return not (self.answerable or self.answer.startswith("No,"))

    @property
    def all_phrasings(self) -> tuple[str, ...]:
        """Every phrasing, the question shown to readers first."""
        return (self.question, *self.phrasings)


@dataclass(frozen=True, slots=True)
class Event:
    """An event in the timeline; `date` is ISO, cut to its precision ("2018-12")."""

    date: str
    precision: str
    label: str
    citation: Citation
    entry: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How people put things: synonyms, abbreviations, names, follow-ups, small talk."""

    synonyms: tuple[tuple[str, ...], ...]
    abbreviations: Mapping[str, str]
    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    follow_ups: Mapping[str, tuple[str, ...]]  # phrasings by kind: "why" -> "how come", ...
    smalltalk: tuple[Smalltalk, ...]
    elsewhere: tuple[str, ...] = ()  # messages about other things that share words with the article


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A verified knowledge folder."""

    version: str  # short hash of the folder's content
    source: Source
    article: Article
    topics: Mapping[str, str]
    entries: Mapping[str, Entry]  # by id, known gaps included
    events: tuple[Event, ...]
    vocabulary: Vocabulary

    def answerable_entries(self) -> Sequence[Entry]:
        """The entries that are not known gaps, in file order."""
        return [entry for entry in self.entries.values() if entry.answerable]

    def phrasing_count(self) -> int:
        """How many phrasings all entries have together, their questions included."""
        return sum(len(entry.all_phrasings) for entry in self.entries.values())

    def answered_topics(self) -> Mapping[str, str]:
        """The titles of the topics that have answers, by name and in menu order."""
        used = {entry.topic for entry in self.answerable_entries()}
        return {name: title for name, title in self.topics.items() if name in used}

    def examples(self, count: int) -> Sequence[Entry]:
        """The entries that the most answers lead to, each of a different topic if possible."""
        answerable = self.answerable_entries()
        links_to = Counter(
            other for entry in answerable for other in (*entry.related, *entry.follow_ups.values())
        )
        ranked = sorted(answerable, key=lambda entry: -links_to[entry.id])
        top: dict[str, Entry] = {}
        for entry in ranked:
            top.setdefault(entry.topic, entry)
        others = [entry for entry in ranked if top[entry.topic] is not entry]
        return [*top.values(), *others][:count]

    def uncited(self) -> Sequence[str]:
        """The article's sentences that no answer cites, without headings."""
        cited = [c for entry in self.answerable_entries() for c in entry.citations]
        return [
            sentence.text
            for sentence in self.article.prose()
            if not any(c.overlaps(sentence.start, sentence.end) for c in cited)
        ]
