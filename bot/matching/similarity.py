"""Finds similar texts."""

from collections.abc import Mapping, Sequence

import numpy as np

from bot.language.reader import Reader
from bot.matching.features import FeatureSpace, Weights, features


class Similarities:
    """How similar texts are: the cosine of their features, in [0, 1]."""

    def __init__(
        self,
        texts: Sequence[str],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        abbreviations: Mapping[str, str] | None = None,
    ) -> None:
        reader = Reader(texts, synonyms, abbreviations or {})
        space = FeatureSpace(features(reading) for reading in reader.phrasings())
        self._vectors = space.take_vectors()
        rows = np.concatenate([np.empty(0, np.int64), *(numbers for numbers, _ in self._vectors)])
        values = np.concatenate([np.empty(0, np.float32), *(some for _, some in self._vectors)])
        of = np.arange(len(texts)).repeat([len(numbers) for numbers, _ in self._vectors])
        order = rows.argsort(kind="stable")
        none = np.zeros(len(texts), np.float32)
        self._texts = Weights(rows[order], of[order], values[order], none, len(space))

    def most_similar(self, number: int, at_least: float) -> list[int]:
        """The numbers of the texts at least this similar to text `number`, most similar first."""
        found = self._texts.scores(self._vectors[number]).round(6)
        order = (-found).argsort(kind="stable").tolist()
        return [other for other in order if found[other] >= at_least]
