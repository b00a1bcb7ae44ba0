"""Runs of four letters across word boundaries: spelling, endings and word order at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.index import Floats, Integers, Rows, places_of, profiles, rarity

Hashes = NDArray[np.uint64]

RUN = 4  # letters; 3 to 5 together are no better
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd and large: runs seldom share a hash


class LetterIndex:
    """Profiles of entries over the runs of letters in their phrasings."""

    def __init__(self, texts: Sequence[str], owners: Integers, entries: int) -> None:
        self._entries = entries
        hashes, row = _runs(texts)
        self._runs, columns = np.unique(hashes, return_inverse=True)
        width = max(len(self._runs), 1)
        keys = np.unique(row * width + columns)
        starts = np.searchsorted(keys, np.arange(len(texts) + 1) * width)
        rows = Rows(starts, (keys % width).astype(np.int32), np.ones(len(keys)))
        built = profiles(rows, owners, entries, width)
        self._weights = built.weights
        self._unseen = float(rarity(0.5, entries))
        self._keys = built.keys
        self._values = built.values

    def similarities(self, text: str, entries: Integers) -> Floats:
        """Cosine of a text with the profiles of some entries."""
        # Sorted, like the keys below: a search goes on from where the one before ended. (Not by
        # `numpy.unique`, whose first call loads 15 ms of modules.)
        hashes = np.sort(_hashes(_framed(text)))
        hashes = hashes[np.append(True, hashes[1:] != hashes[:-1])]
        numbers, known = places_of(hashes, self._runs)
        values = np.where(known, self._weights[numbers], self._unseen)
        values /= np.sqrt(values @ values)
        keys = entries[:, None] * len(self._runs) + numbers[known]
        places, there = places_of(keys, self._keys)
        found = np.where(there, self._values[places], 0.0)
        return np.asarray(found @ values[known], dtype=np.float64)


def _framed(text: str) -> str:
    return f" {text} ".ljust(RUN)


def _hashes(text: str) -> Hashes:
    """Hash each run of letters."""
    letters = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    count = max(len(letters) - RUN + 1, 0)
    hashes = letters[:count].copy()
    for offset in range(1, RUN):
        hashes *= _BASE
        hashes += letters[offset : offset + count]
    return hashes


def _runs(texts: Sequence[str]) -> tuple[Hashes, Integers]:
    """Hash the runs of letters of all texts; beside each the number of its text."""
    framed = [_framed(text) for text in texts]
    hashes = _hashes("".join(framed))
    lengths = np.array([len(text) for text in framed], dtype=np.int64)
    row = np.repeat(np.arange(len(texts)), lengths)[: len(hashes)]
    ends = np.repeat(np.cumsum(lengths), lengths)[: len(hashes)]
    inside = np.arange(len(hashes)) + RUN <= ends
    return hashes[inside], row[inside]
