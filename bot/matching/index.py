"""Learns from the phrasings what tells the entries apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from bot.language.reader import Reader, Reading
from bot.language.text_list import TextList
from bot.matching.features import FeatureSpace, Weights, features
from bot.matching.text_table import Memberships, TextTable, hashes
from bot.matching.train import Examples, Submit, train


class Texts(NamedTuple):
    """What an index is learned from."""

    phrasings: Mapping[str, Sequence[str]]  # of each entry
    answers: Mapping[str, str] = {}  # which have words that no phrasing has

    def pairs(self) -> list[tuple[str, str]]:
        """Each text with the name of its entry: the phrasings, then the answers."""
        asked = [(n, text) for n in sorted(self.phrasings) for text in sorted({*self.phrasings[n]})]
        return [*asked, *sorted(self.answers.items())]


@dataclass(frozen=True)
class Index:
    """What is learned from the phrasings, as plain data; lists are in the order of the names."""

    names: Sequence[str]
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
        cls, texts: Texts, readings: Iterable[Reading], submit: Submit | None = None
    ) -> Index:
        """Learn from texts and from their readings, in the order of `Texts.pairs`; slow."""
        numbers: dict[str, int] = {}
        phrasings: dict[str, list[str]] = {}
        normalised: dict[str, list[str]] = {}
        terms: dict[str, set[str]] = {}
        owners: list[int] = []
        learned: list[str] = []
        pairs = texts.pairs()
        answers = len(pairs) - len(texts.answers)  # begin here

        def read() -> Iterator[dict[str, float]]:
            for place, ((name, text), reading) in enumerate(zip(pairs, readings, strict=True)):
                is_asked = place < answers
                if not reading.tokens or not (is_asked or name in numbers):
                    continue
                owners.append(numbers.setdefault(name, len(numbers)))
                learned.append(text)
                if is_asked:
                    phrasings.setdefault(name, []).append(text)
                    normalised.setdefault(name, []).append(reading.text)
                own = terms.setdefault(name, set())
                own.update([token.best for token in reading.tokens], *reading.concepts)
                yield features(reading)

        space, vectors = FeatureSpace.learn(read())
        examples = Examples(vectors, np.array(owners, np.int32), hashes(learned))
        weights = train(examples, len(numbers), len(space), submit)
        exact = {text: number for number, own in enumerate(normalised.values()) for text in own}
        return cls(
            [*normalised],
            space,
            weights,
            [*map(TextList.of, phrasings.values())],
            [*map(TextList.of, normalised.values())],
            TextTable.of(exact),
            Memberships.of(terms.values()),
        )


def learn_indexes(
    groups: Mapping[str, Texts],
    wanted: Collection[str],
    synonyms: Sequence[Sequence[str]],
    abbreviations: Mapping[str, str],
    submit: Submit | None = None,
) -> tuple[Reader, dict[str, Index]]:
    """A reader that knows the words of all groups, and an index of each of the `wanted` ones."""
    pairs = {name: group.pairs() for name, group in groups.items()}
    texts = [text for own in pairs.values() for _, text in own]
    reader, words = Reader.learn(texts, synonyms, abbreviations)
    unread, indexes = deque(words), {}
    del words
    for name, group in groups.items():
        # Each is dropped once it is read: they take much memory.
        own = (unread.popleft() for _ in pairs[name])
        if name in wanted:
            indexes[name] = Index.learn(group, map(reader.read_words, own), submit)
        deque(own, maxlen=0)
    return reader, indexes
