"""Ranks entries by how well a message matches their phrasings, and explains the ranking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from math import exp, log1p

import numpy as np
from rapidfuzz import fuzz, process

from bot.language.reader import Reader
from bot.language.text_list import TextList
from bot.matching.features import FeatureSpace, Weights, features
from bot.matching.text_table import MISSING, Memberships, TextTable, hashes
from bot.matching.train import train


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that may answer a message.

    `score` is about 1 for a message like its phrasings and -1 for others. `phrasing` is the most
    similar one, `likeness` its edit similarity in [0, 1]. `covered` is the share, in [0, 1] and
    weighted by rarity, of the message's content words that the entry's phrasings have.
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


@dataclass(frozen=True)
class Index:
    """What is learned from the phrasings, as plain data; lists are in the order of the names."""

    names: Sequence[str]
    reader: Reader
    space: FeatureSpace
    weights: Weights
    phrasings: Sequence[TextList]  # of each entry
    texts: Sequence[TextList]  # the phrasings, normalised
    exact: TextTable  # each of these, with its entry
    owners: Memberships  # the entries that have a stem or a concept

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The place of each name."""
        return {name: number for number, name in enumerate(self.names)}

    @classmethod
    def learn(
        cls,
        entries: Mapping[str, Sequence[str]],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        abbreviations: Mapping[str, str] | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> Index:
        """Learn from phrasings and from answers, which have words that no phrasing has; slow."""
        asked = [(name, text) for name in sorted(entries) for text in sorted(set(entries[name]))]
        pairs = [*asked, *sorted((answers or {}).items())]
        reader, readings = Reader.learn([text for _, text in pairs], synonyms, abbreviations or {})
        numbers: dict[str, int] = {}
        phrasings: dict[str, list[str]] = {}
        texts: dict[str, list[str]] = {}
        terms: dict[str, set[str]] = {}
        owners: list[int] = []
        learned: list[str] = []

        def read() -> Iterator[dict[str, float]]:
            for place, reading in enumerate(readings):
                name, text = pairs[place]
                is_asked = place < len(asked)
                if not reading.tokens or not (is_asked or name in numbers):
                    continue
                owners.append(numbers.setdefault(name, len(numbers)))
                learned.append(text)
                if is_asked:
                    phrasings.setdefault(name, []).append(text)
                    texts.setdefault(name, []).append(reading.text)
                own = terms.setdefault(name, set())
                own.update([token.best for token in reading.tokens], *reading.concepts)
                yield features(reading)

        space, vectors = FeatureSpace.learn(read())
        owned = np.array(owners, np.int64)
        weights = train(vectors, owned, hashes(learned), len(texts), len(space))
        exact = {text: number for number, own in enumerate(texts.values()) for text in own}
        return cls(
            [*texts],
            reader,
            space,
            weights,
            [*map(TextList.of, phrasings.values())],
            [*map(TextList.of, texts.values())],
            TextTable.of(exact),
            Memberships.of(terms.values()),
        )

    def read(self, text: str) -> Query:
        """Read a message, to compare it with the entries."""
        return Query(self, text)


class Matcher:
    """Learns from the phrasings of entries once, then ranks the entries for each message."""

    def __init__(
        self,
        entries: Mapping[str, Sequence[str]],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        abbreviations: Mapping[str, str] | None = None,
    ) -> None:
        self.index = Index.learn(entries, synonyms=synonyms, abbreviations=abbreviations)

    def rank(self, text: str, *, limit: int = 3) -> list[Match]:
        """The best entries for a message, at most `limit`; none if it has no known word."""
        return self.index.read(text).best(limit)


class Query:
    """A message, compared with all entries at once or with one of them, each on demand."""

    def __init__(self, index: Index, text: str) -> None:
        self._index = index
        self.reading = index.reader.read(text)

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
    def _content(self) -> list[tuple[float, float, frozenset[int]]]:
        """For each content word: weight, similarity to a known word, and entries that have it."""
        content = [
            (token, concepts)
            for token, concepts in zip(self.reading.tokens, self.reading.concepts, strict=True)
            if not token.is_function_word
        ]
        terms = (term for token, concepts in content for term in (token.best, *concepts))
        owners = iter(self._index.owners.of_each(terms))
        found = []
        for token, concepts in content:
            own, others = next(owners), [*islice(owners, len(concepts))]
            weight = log1p(len(self._index.names) / (1 + len(own)))
            found.append((weight, token.similarity, own.union(*others)))
        return found

    @cached_property
    def _total(self) -> float:
        """The weight of all content words."""
        return sum(weight for weight, _, _ in self._content)

    def foreign_share(self, elsewhere: str) -> float:
        """The weighted share, in [0, 1], of content words that no entry but `elsewhere` has."""
        nowhere = {self._index.numbers.get(elsewhere, MISSING)}
        foreign = sum(weight for weight, _, having in self._content if having <= nowhere)
        return foreign / self._total if self._total else 0.0

    def covered(self, entry: str) -> float:
        """As in `Match`. KeyError for an unknown entry."""
        number = self._index.numbers[entry]
        have = sum(weight * known for weight, known, having in self._content if number in having)
        return have / self._total if self._total else 1.0


@lru_cache(maxsize=128)  # many people ask for the same few entries
def _unpacked(texts: TextList) -> list[str]:
    return [*texts]
