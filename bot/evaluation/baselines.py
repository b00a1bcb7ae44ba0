"""The usual ways to match text, behind one protocol: what the matcher is measured against.

Each ranks entries by their best phrasing, best first, with its own score.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.evaluation.embeddings import IS_INSTALLED, MiniLM
from bot.matching.text import normalise, stem, tokens

Entries = Mapping[str, Sequence[str]]
Ranked = list[tuple[str, float]]


class Ranker(Protocol):
    """Anything that ranks entries for a message."""

    def rank(self, text: str) -> Ranked:
        """Return (entry, score), the best first; entries without any likeness may be left out."""
        ...


class RapidFuzz:
    """A rapidfuzz scorer over all phrasings; scores in [0, 100]."""

    def __init__(self, entries: Entries, scorer: Callable[..., float]) -> None:
        self._scorer = scorer
        pairs = [(name, phrasing) for name, phrasings in entries.items() for phrasing in phrasings]
        self._owners = [name for name, _ in pairs]
        self._phrasings = [_plain(phrasing) for _, phrasing in pairs]

    def rank(self, text: str) -> Ranked:
        """Rank by the best phrasing."""
        query = _plain(text)
        scores = process.cdist(
            [query], self._phrasings, scorer=self._scorer, processor=None, dtype=np.float32
        )
        return best_of_each(self._owners, scores[0].tolist())


class Bm25:
    """Okapi BM25 over stems; k1 and b as in Robertson and Zaragoza (2009)."""

    K1, B = 1.5, 0.75

    def __init__(self, entries: Entries) -> None:
        pairs = [(name, phrasing) for name, phrasings in entries.items() for phrasing in phrasings]
        self._owners = [name for name, _ in pairs]
        documents = [Counter(map(stem, tokens(phrasing))) for _, phrasing in pairs]
        lengths = [document.total() for document in documents]
        mean = sum(lengths) / max(len(lengths), 1)
        containing = Counter(word for document in documents for word in document)
        self._postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, document in enumerate(documents):
            for word, count in document.items():
                have = containing[word]
                idf = math.log(1 + (len(documents) - have + 0.5) / (have + 0.5))
                damping = self.K1 * (1 - self.B + self.B * lengths[number] / mean)
                score = idf * count * (self.K1 + 1) / (count + damping)
                self._postings[word].append((number, score))

    def rank(self, text: str) -> Ranked:
        """Rank by the best phrasing."""
        scores = [0.0] * len(self._owners)
        for word in map(stem, tokens(text)):
            for number, score in self._postings.get(word, ()):
                scores[number] += score
        return best_of_each(self._owners, scores)


class CharacterTfIdf:
    """Cosine of TF-IDF vectors over runs of three to five characters."""

    RUNS = (3, 4, 5)

    def __init__(self, entries: Entries) -> None:
        pairs = [(name, phrasing) for name, phrasings in entries.items() for phrasing in phrasings]
        self._owners = [name for name, _ in pairs]
        documents = [self._count(phrasing) for _, phrasing in pairs]
        containing = Counter(run for document in documents for run in document)
        # Smoothed and with 1 added, as scikit-learn does.
        self._idf = {
            run: math.log((1 + len(documents)) / (1 + have)) + 1 for run, have in containing.items()
        }
        postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, document in enumerate(documents):
            for run, value in self._vector(document).items():
                postings[run].append((number, value))
        self._postings: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]] = {
            run: (
                np.array([number for number, _ in posted], dtype=np.int64),
                np.array([value for _, value in posted], dtype=np.float64),
            )
            for run, posted in postings.items()
        }

    def rank(self, text: str) -> Ranked:
        """Rank by the best phrasing."""
        scores = np.zeros(len(self._owners))
        for run, value in self._vector(self._count(text)).items():
            numbers, values = self._postings[run]
            scores[numbers] += value * values
        return best_of_each(self._owners, scores.tolist())

    def _count(self, text: str) -> Counter[str]:
        plain = f" {_plain(text)} "
        return Counter(
            plain[start : start + length]
            for length in self.RUNS
            for start in range(len(plain) - length + 1)
        )

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        values = {run: count * self._idf[run] for run, count in counts.items() if run in self._idf}
        norm = math.sqrt(sum(value**2 for value in values.values()))
        return {run: value / norm for run, value in values.items()}


BASELINES: Mapping[str, Callable[[Entries], Ranker]] = {
    "rapidfuzz WRatio": partial(RapidFuzz, scorer=fuzz.WRatio),
    "rapidfuzz token_set_ratio": partial(RapidFuzz, scorer=fuzz.token_set_ratio),
    "rapidfuzz token_sort_ratio": partial(RapidFuzz, scorer=fuzz.token_sort_ratio),
    "BM25, stemmed": Bm25,
    "TF-IDF, characters 3-5": CharacterTfIdf,
}


def available() -> dict[str, Callable[[Entries], Ranker]]:
    """How each baseline is built, by name; the embeddings only where they are installed."""
    yardstick = {"MiniLM embeddings": MiniLM} if IS_INSTALLED else {}
    return {**BASELINES, **yardstick}


def baselines(entries: Entries) -> dict[str, Ranker]:
    """Build every baseline over the same entries, by the name it is reported under."""
    return {name: build(entries) for name, build in available().items()}


def best_of_each(owners: Iterable[str], scores: Iterable[float]) -> Ranked:
    """Reduce the scores of phrasings to the best of each entry; entries at 0 are left out."""
    best: dict[str, float] = {}
    for owner, score in zip(owners, scores, strict=True):
        if score > best.get(owner, 0.0):
            best[owner] = score
    return sorted(best.items(), key=lambda pair: -pair[1])


def _plain(text: str) -> str:
    return " ".join(tokens(text)) or normalise(text)
