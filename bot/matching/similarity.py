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
        reader, words = Reader.learn(texts, synonyms, abbreviations or {})
        space, self._vectors = FeatureSpace.learn(map(features, map(reader.read_words, words)))
        order = self._vectors.features.argsort(kind="stable")
        self._texts = Weights.of(
            self._vectors.features[order],
            self._vectors.texts()[order],
            self._vectors.values[order],
            np.zeros(len(texts), np.float32),
            len(space),
        )

    def most_similar(self, number: int, at_least: float) -> list[int]:
        """The numbers of the texts at least this similar to text `number`, most similar first."""
        found = self._texts.scores(self._vectors[number]).round(6)
        order = (-found).argsort(kind="stable").tolist()
        return [other for other in order if found[other] >= at_least]
