"""Turns texts into numbered features: stems, concepts, pairs of words."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, count, islice, pairwise
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.language.normalise import is_function_word
from bot.language.reader import Reading
from bot.matching.text_table import MISSING, TextTable

Integers = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float32]
Vector = tuple[Integers, Floats]  # feature numbers, and their values

_WORD = "s"  # with which features that are words begin
# Weight of two content words that occur together, in any order; that of a word is 1. Of phrasings
# left out of the training, 77 in 100 are ranked first with 0.7 or 1, and 75.5 with 0.
_TOGETHER = 0.7
_MAX_TOGETHER = 12  # content words that are paired; the limit keeps long messages fast


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of many texts, one after another in two arrays."""

    features: Integers
    values: Floats
    starts: Integers  # of each text in these arrays; and finally their length

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> Vector:
        """The vector of one text."""
        own = slice(self.starts[number], self.starts[number + 1])
        return self.features[own], self.values[own]

    def take(self, numbers: Integers) -> Vectors:
        """Some of the texts, in the order given."""
        lengths = np.diff(self.starts)[numbers]
        starts = np.concatenate([[0], lengths.cumsum()])
        places = np.arange(starts[-1]) + (self.starts[numbers] - starts[:-1]).repeat(lengths)
        return Vectors(self.features[places], self.values[places], starts)

    def scaled(self, factor: float) -> Vectors:
        """The texts with all values multiplied."""
        return Vectors(self.features, self.values * np.float32(factor), self.starts)

    def texts(self) -> Integers:
        """The number of the text that each feature in `features` belongs to."""
        return np.arange(len(self)).repeat(np.diff(self.starts))


@dataclass(frozen=True)
class FeatureSpace:
    """The features of some texts, each with its weight: the rarer, the higher."""

    numbers: TextTable
    rarity: Floats  # by number

    @classmethod
    def learn(cls, texts: Iterable[Mapping[str, float]]) -> tuple[FeatureSpace, Vectors]:
        """The features of some texts, and the texts as vectors of length 1."""
        numbers = defaultdict[str, int](count().__next__)
        found, amounts, starts = array("i"), array("f"), array("q", [0])
        for text in texts:
            found.extend(map(numbers.__getitem__, text))
            amounts.extend(text.values())
            starts.append(len(found))
        features = np.frombuffer(found, np.int32)
        frequency = np.bincount(features, minlength=len(numbers))
        rarity = np.log(len(starts) / (1 + frequency)) + 1
        space = cls(TextTable.of(numbers), rarity.astype(np.float32))
        values = space._values(features, np.frombuffer(amounts, np.float32))
        vectors = Vectors(features, values, np.frombuffer(starts, np.int64))
        texts = vectors.texts()
        lengths = np.sqrt(np.bincount(texts, values**2, len(vectors))).astype(np.float32)
        values /= lengths[texts]
        return space, vectors

    def __len__(self) -> int:
        """The number of features."""
        return len(self.rarity)

    @cached_property
    def _rarest(self) -> float:
        """The weight of the rarest feature; 0 if there is none."""
        return float(self.rarity.max(initial=0))

    def vector(self, features: Mapping[str, float]) -> Vector:
        """The known features of a text as a vector (empty if none is known).

        Its length is 1, or less if the text has unknown words: they make it less like any other.
        """
        numbers = self.numbers.find(features)
        known = numbers != MISSING
        amounts = np.array([*features.values()], np.float32)[known]
        values = self._values(numbers[known], amounts)
        named = zip(features, known.tolist(), strict=True)
        unknown = sum(name.startswith(_WORD) for name, is_known in named if not is_known)
        # As if each occurred once and were as rare as the rarest that is known.
        length = sqrt(float(values @ values) + unknown * self._rarest**2)
        return numbers[known], values / np.float32(length or 1.0)

    def _values(self, numbers: Integers, amounts: Floats) -> Floats:
        # Sublinear: a feature that occurs three times counts about twice.
        amounts = np.where(amounts > 1, 1 + np.log(np.maximum(amounts, 1)), amounts)
        return amounts * self.rarity[numbers]


@dataclass(frozen=True, slots=True)
class Weights:
    """A sparse matrix of features and entries; scoring a text reads only its own features' rows."""

    starts: NDArray[np.int32]  # of the features' rows in the next two; and their length
    entries: NDArray[np.int32]
    values: Floats
    bias: Floats  # of each entry

    @classmethod
    def of(
        cls, rows: Integers, entries: Integers, values: Floats, bias: Floats, features: int
    ) -> Weights:
        """`values` are the weights of features (`rows`, ascending) for entries; one `bias` each."""
        starts = np.searchsorted(rows, np.arange(features + 1))
        return cls(starts.astype(np.int32), entries.astype(np.int32), values, bias)

    @classmethod
    def joined(cls, first: Weights, second: Weights) -> Weights:
        """The weights of the entries of both, in this order, for the same features."""
        features, size = len(first.starts) - 1, len(first.bias)
        rows = [np.arange(features).repeat(np.diff(part.starts)) for part in (first, second)]
        order = np.concatenate(rows).argsort(kind="stable")
        return cls.of(
            np.concatenate(rows)[order],
            np.concatenate([first.entries, second.entries + size])[order],
            np.concatenate([first.values, second.values])[order],
            np.concatenate([first.bias, second.bias]),
            features,
        )

    def scores(self, vector: Vector) -> NDArray[np.floating[Any]]:
        """Each entry's score for a text: 1 or more for one like its phrasings, -1 for others."""
        numbers, values = vector
        first = self.starts[numbers]
        counts = self.starts[numbers + 1] - first
        ends = counts.cumsum()
        places = (first - ends + counts).repeat(counts) + np.arange(ends[-1] if len(ends) else 0)
        products = self.values[places] * values.repeat(counts)
        entries = self.entries[places]
        return self.bias + np.bincount(entries, products, minlength=len(self.bias))

    def contributions(self, vector: Vector, entry: int) -> list[tuple[int, float]]:
        """The amount that each feature of a text adds to the score of one entry."""
        found = []
        for number, value in zip(*vector, strict=True):
            row = slice(self.starts[number], self.starts[number + 1])
            weight = self.values[row][self.entries[row] == entry]
            found += [(int(number), float(value * one)) for one in weight]
        return found


def features(reading: Reading) -> dict[str, float]:
    """The features of a text and how often each occurs; the first letter of each is its kind."""
    found: defaultdict[str, float] = defaultdict(float)
    for token in reading.tokens:
        found[_WORD + token.best] += token.similarity or 1.0
    for names in reading.concepts:
        for name in names:
            found["c" + name] += 1 / len(names)
    for first, second in pairwise(["^", *reading.meanings, "$"]):
        found[f"p{first} {second}"] += 1.0
    content = dict.fromkeys(m for m in reading.meanings if not is_function_word(m))
    for first, second in combinations(sorted(islice(content, _MAX_TOGETHER)), 2):
        found[f"t{first} {second}"] += _TOGETHER
    return found
