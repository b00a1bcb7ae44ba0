"""Ranks entries by how well a message matches their phrasings, and explains the ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from math import exp, log1p
from typing import NamedTuple

from rapidfuzz import fuzz, process

from bot.language.dates import is_date_word
from bot.language.reader import Reading
from bot.language.text_list import TextList
from bot.matching.features import features
from bot.matching.index import Index, Texts, learn_indexes
from bot.matching.text_table import MISSING


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that may answer a message.

    `score` is 1 or more for a message like its phrasings, about -1 for others. `phrasing` is the
    most similar one, `likeness` its edit similarity in [0, 1]. `covered` is the share, in [0, 1]
    and weighted by rarity, of the message's content words that its phrasings or answer have.
    """

    entry: str
    phrasing: str
    score: float
    likeness: float
    covered: float
    is_exact: bool  # the message is one of its phrasings

    @property
    def confidence(self) -> float:
        """The score as a number in [0, 1]; a probability would need labelled questions."""
        return 1.0 if self.is_exact else 1 / (1 + exp(-4 * self.score))


class Matcher:
    """Learns from the phrasings of entries once, then ranks the entries for each message."""

    def __init__(
        self,
        entries: Mapping[str, Sequence[str]],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        abbreviations: Mapping[str, str] | None = None,
    ) -> None:
        groups = {"entries": Texts(entries)}
        self._reader, found = learn_indexes(groups, groups, synonyms, abbreviations or {})
        self._index = found["entries"]

    def compare(self, text: str) -> Query:
        """Read a message, to compare it with the entries."""
        return Query(self._index, self._reader.read(text))

    def rank(self, text: str, *, limit: int = 3) -> list[Match]:
        """The best entries for a message, at most `limit`; none if it has no known word."""
        return self.compare(text).best(limit)


class Query:
    """A message, compared with all entries at once or with one of them, each on demand."""

    def __init__(self, index: Index, reading: Reading) -> None:
        self._index = index
        self.reading = reading

    @cached_property
    def scores(self) -> dict[str, float]:
        """Each entry's score, the best first, ties by name; none without a known word."""
        index = self._index
        if not any(token.stem for token in self.reading.tokens):
            return {}
        # Rounded, so that a tie is a tie on every machine.
        scores = index.weights.scores(index.space.vector(features(self.reading))).round(6)
        order = (-scores).argsort(kind="stable")
        names = map(index.names.__getitem__, order.tolist())
        return dict(zip(names, scores[order].tolist(), strict=True))

    @cached_property
    def exact(self) -> str | None:
        """The entry that has the message as a phrasing, word for word."""
        number = int(self._index.exact.find([self.reading.text])[0])
        return None if number == MISSING else self._index.names[number]

    def closest(self, entry: str) -> tuple[str, float]:
        """The entry's phrasing that is most like the message, and its likeness in [0, 1]."""
        number = self._index.numbers[entry]
        texts = _unpacked(self._index.texts[number])
        # Of equally similar phrasings, the first.
        _, likeness, place = process.extractOne(self.reading.text, texts, scorer=fuzz.ratio)
        return self._index.phrasings[number][place], likeness / 100

    def best(self, limit: int) -> list[Match]:
        """The best entries, at most `limit`; none without a known word."""
        return [self.match(name) for name in islice(self.scores, limit)]

    def match(self, entry: str) -> Match:
        """Compare the message with one entry. KeyError for an unknown entry."""
        phrasing, likeness = self.closest(entry)
        is_exact = self.exact == entry
        return Match(entry, phrasing, self.scores[entry], likeness, self.covered(entry), is_exact)

    def contributions(self, entry: str) -> list[tuple[str, float]]:
        """What each feature adds to an entry's score, the most telling first.

        KeyError for an unknown entry.
        """
        index, having = self._index, features(self.reading)
        named = dict(zip(index.space.numbers.find(having).tolist(), having, strict=True))
        found = index.weights.contributions(index.space.vector(having), index.numbers[entry])
        return sorted(((named[n], value) for n, value in found), key=lambda pair: -abs(pair[1]))

    @cached_property
    def _content(self) -> list[_ContentWord]:
        read = zip(self.reading.tokens, self.reading.concepts, strict=True)
        content = [(token, concepts) for token, concepts in read if not token.is_function_word]
        terms = (term for token, concepts in content for term in (token.best, *concepts))
        owners = iter(self._index.owners.of_each(terms))
        found = []
        for token, concepts in content:
            own, others = next(owners), [*islice(owners, len(concepts))]
            weight = log1p(len(self._index.names) / (1 + len(own)))
            having, is_date = own.union(*others), is_date_word(token.word)
            found.append(_ContentWord(token.word, weight, token.similarity, having, is_date))
        return found

    def foreign_share(self, elsewhere: str) -> float:
        """The weighted share, in [0, 1], of content words that no entry but `elsewhere` has."""
        nowhere = {self._index.numbers.get(elsewhere, MISSING)}
        total = sum(word.weight for word in self._content)
        foreign = sum(word.weight for word in self._content if word.entries <= nowhere)
        return foreign / total if total else 0.0

    def covered(self, entry: str) -> float:
        """The share, in [0, 1] and weighted by rarity, of the message's content that an entry has.

        In its phrasings or its answer. KeyError for an unknown entry.
        """
        number = self._index.numbers[entry]
        # Another date is no reason to doubt the entry; whether it contradicts it is another matter.
        words = [w for w in self._content if number in w.entries or not w.is_date]
        total = sum(word.weight for word in words)
        have = sum(word.weight * word.similarity for word in words if number in word.entries)
        return have / total if total else float(not self._content)

    def lacking(self, entry: str) -> list[str]:
        """The content words that the entry does not have. KeyError for an unknown entry."""
        number = self._index.numbers[entry]
        return [*dict.fromkeys(w.word for w in self._content if number not in w.entries)]


class _ContentWord(NamedTuple):
    """A word that tells what a message is about."""

    word: str
    weight: float  # the fewer entries have it, the more
    similarity: float  # to a known word
    entries: frozenset[int]  # that have it, or a synonym
    is_date: bool


@lru_cache(maxsize=128)  # many people ask for the same few entries
def _unpacked(texts: TextList) -> list[str]:
    return [*texts]
