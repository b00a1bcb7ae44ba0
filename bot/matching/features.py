"""Turns texts into numbered features: stems, concepts, pairs of neighbours, runs of letters."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from bot.language.reader import Reading

Integers = NDArray[np.int64]
Floats = NDArray[np.float32]
Vector = tuple[Integers, Floats]  # feature numbers, and their values

_RUN_LENGTH = 3  # letters; adding runs of 2 and 4 is no better
_RUN = 0.5  # weight of a run of letters; that of a word is 1
_MAX_WORDS = 200  # words that are cut into runs; the limit keeps long messages fast


class FeatureSpace:
    """The features of some texts, each with its weight: the rarer, the higher."""

    def __init__(self, texts: Iterable[Mapping[str, float]]) -> None:
        numbers: dict[str, int] = {}
        found = []
        for text in texts:
            these = [numbers.setdefault(feature, len(numbers)) for feature in text]
            found.append((np.array(these, np.int64), np.array([*text.values()], np.float32)))
        frequency = np.zeros(len(numbers), np.float32)
        for keys, _ in found:
            frequency[keys] += 1
        self._numbers = numbers
        self._rarity = np.log((1 + len(found)) / (1 + frequency)) + np.float32(1)
        self._vectors = [self._vector(keys, amounts) for keys, amounts in found]

    def __len__(self) -> int:
        """The number of features."""
        return len(self._numbers)

    def take_vectors(self) -> list[Vector]:
        """The vectors of the texts. Works only once, because they are then dropped."""
        vectors, self._vectors = self._vectors, []
        return vectors

    def names(self) -> list[str]:
        """The features, by their numbers."""
        return list(self._numbers)

    def vector(self, features: Mapping[str, float]) -> Vector:
        """The known features of a text as a vector of length 1 (empty if none is known)."""
        known = [(n, v) for f, v in features.items() if (n := self._numbers.get(f)) is not None]
        numbers = np.array([number for number, _ in known], np.int64)
        return self._vector(numbers, np.array([value for _, value in known], np.float32))

    def _vector(self, numbers: Integers, amounts: Floats) -> Vector:
        # Sublinear: a feature that occurs three times counts about twice.
        amounts = np.where(amounts > 1, 1 + np.log(np.maximum(amounts, 1)), amounts)
        values = amounts * self._rarity[numbers]
        return numbers, values / np.float32(sqrt(float(values @ values)) or 1.0)


class Weights:
    """A sparse matrix of features and entries; scoring a text reads only its own features' rows."""

    def __init__(
        self, rows: Integers, entries: Integers, values: Floats, bias: Floats, features: int
    ) -> None:
        """`values` are the weights of features (`rows`, ascending) for entries; one `bias` each."""
        self._entries = entries.astype(np.int32)
        self._values = values
        self._starts = np.searchsorted(rows, np.arange(features + 1))
        self._bias = bias.astype(np.float64)

    def scores(self, vector: Vector) -> NDArray[np.float64]:
        """The score of each entry for a text; about 1 for its own phrasings, -1 for all others."""
        numbers, values = vector
        first = self._starts[numbers]
        counts = self._starts[numbers + 1] - first
        ends = counts.cumsum()
        places = (first - ends + counts).repeat(counts) + np.arange(ends[-1] if len(ends) else 0)
        products = self._values[places] * values.repeat(counts)
        entries = self._entries[places]
        return self._bias + np.bincount(entries, products, minlength=len(self._bias))

    def contributions(self, vector: Vector, entry: int) -> list[tuple[int, float]]:
        """The amount that each feature of a text adds to the score of one entry."""
        found = []
        for number, value in zip(*vector, strict=True):
            row = slice(self._starts[number], self._starts[number + 1])
            weight = self._values[row][self._entries[row] == entry]
            found += [(int(number), float(value * one)) for one in weight]
        return found


def features(reading: Reading) -> dict[str, float]:
    """The features of a text and how often each occurs; the first letter of each is its kind."""
    found: dict[str, float] = {}
    for feature, amount in _features(reading):
        found[feature] = found.get(feature, 0.0) + amount
    return found


def _features(reading: Reading) -> Iterator[tuple[str, float]]:
    for token in reading.tokens:
        for stemmed, similarity in token.stems:
            yield "s" + stemmed, similarity
    for names in reading.concepts:
        for name in names:
            yield "c" + name, 1 / len(names)
    ends = ["^", *reading.meanings, "$"]
    for first, second in pairwise(ends):
        yield f"p{first} {second}", 1.0
    for token in reading.tokens[:_MAX_WORDS]:
        for run in _letter_runs(token.best):
            yield run, _RUN


@lru_cache(maxsize=20_000)
def _letter_runs(word: str) -> tuple[str, ...]:
    framed = f"<{word}>"
    ends = range(_RUN_LENGTH, len(framed) + 1)
    return tuple(f"l{framed[end - _RUN_LENGTH : end]}" for end in ends)
