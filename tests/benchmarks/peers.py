"""Common ways to match text, behind one protocol, to compare the matcher with."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from rapidfuzz import fuzz, process

from bot.language.normalise import tokenize
from bot.language.spelling import stem
from bot.matching import Matcher, Query

Entries = Mapping[str, Sequence[str]]
Ranked = list[tuple[str, float]]


class Ranker(Protocol):
    """Anything that ranks entries for a message."""

    def rank(self, text: str) -> Ranked:
        """Return (entry, score) pairs, best first; dissimilar entries may be left out."""
        ...


class Ours:
    """The matcher under test."""

    def __init__(self, compare: Callable[[str], Query]) -> None:
        self._compare = compare

    def rank(self, text: str) -> Ranked:
        """Rank the best three."""
        return [(match.entry, match.score) for match in self._compare(text).best(3)]


class Scan:
    """rapidfuzz's process.extractOne over all phrasings."""

    def __init__(self, entries: Entries, scorer: Callable[..., float]) -> None:
        self._scorer = scorer
        self._owners, phrasings = _flat(entries)
        self._phrasings = [" ".join(tokenize(phrasing)) for phrasing in phrasings]

    def rank(self, text: str) -> Ranked:
        """Return only the best entry."""
        found = process.extractOne(
            " ".join(tokenize(text)), self._phrasings, scorer=self._scorer, processor=None
        )
        return [(self._owners[found[2]], found[1])] if found else []


class Bm25s:
    """BM25 over Porter2 stems, by the bm25s package."""

    def __init__(self, entries: Entries) -> None:
        import bm25s  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415

        self._owners, phrasings = _flat(entries)
        self._index = bm25s.BM25()
        self._index.index([_stems(phrasing) for phrasing in phrasings], show_progress=False)

    def rank(self, text: str) -> Ranked:
        """Rank by the best phrasing."""
        known = [word for word in _stems(text) if word in self._index.vocab_dict]
        if not known:
            return []
        return _best(self._owners, self._index.get_scores(known))


class SklearnTfIdf:
    """scikit-learn's TF-IDF over character n-grams of three to five within words."""

    def __init__(self, entries: Entries) -> None:
        from sklearn.feature_extraction.text import (  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
            TfidfVectorizer,
        )

        self._owners, phrasings = _flat(entries)
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5))
        self._matrix = self._vectorizer.fit_transform(phrasings).tocsr()

    def rank(self, text: str) -> Ranked:
        """Rank by the best phrasing."""
        query = self._vectorizer.transform([text])
        return _best(self._owners, (self._matrix @ query.T).toarray().ravel())


def _ours(entries: Entries) -> Ours:
    return Ours(Matcher(entries).compare)


_FAST: dict[str, Callable[[Entries], Ranker]] = {
    "this matcher": _ours,
    "rapidfuzz token_sort_ratio": partial(Scan, scorer=fuzz.token_sort_ratio),
    "rapidfuzz token_set_ratio": partial(Scan, scorer=fuzz.token_set_ratio),
    "rapidfuzz WRatio": partial(Scan, scorer=fuzz.WRatio),
}
_OPTIONAL: dict[str, tuple[str, Callable[[Entries], Ranker]]] = {
    "bm25s": ("bm25s", Bm25s),
    "scikit-learn TF-IDF, characters 3-5": ("sklearn", SklearnTfIdf),
}


def peers() -> dict[str, Callable[[Entries], Ranker]]:
    """Every ranker whose package is installed, by name."""
    installed = {n: build for n, (package, build) in _OPTIONAL.items() if find_spec(package)}
    return {**_FAST, **installed}


def fast_peers() -> dict[str, Callable[[Entries], Ranker]]:
    """The rankers that stay fast with hundreds of thousands of phrasings."""
    return _FAST | ({"bm25s": Bm25s} if find_spec("bm25s") else {})


def _flat(entries: Entries) -> tuple[list[str], list[str]]:
    pairs = [(name, phrasing) for name, phrasings in entries.items() for phrasing in phrasings]
    return [name for name, _ in pairs], [phrasing for _, phrasing in pairs]


def _best(owners: Sequence[str], scores: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Ranked:
    """The three best entries by their best phrasing, leaving out scores of 0."""
    best: dict[str, float] = {}
    for owner, score in zip(owners, scores.tolist(), strict=True):
        if score > best.get(owner, 0.0):
            best[owner] = score
    return sorted(best.items(), key=lambda pair: -pair[1])[:3]


def _stems(text: str) -> list[str]:
    return [stem(word) for word in tokenize(text)]
