"""Runs of four letters across word boundaries: spelling, endings and word order at once."""

from collections.abc import Sequence

import numpy as np

from bot.matching.index import Floats, Integers, Rows, damped, profiles, rarity

RUN = 4  # letters; 3 to 5 together are no better
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd and large: runs seldom share a hash


class LetterIndex:
    """Profiles of entries over the runs of letters in their phrasings."""

    def __init__(self, texts: Sequence[str], owners: Integers, entries: int) -> None:
        self._entries = entries
        hashes, row = _runs(texts)
        self._runs, columns = np.unique(hashes, return_inverse=True)
        width = max(len(self._runs), 1)
        keys, amounts = np.unique(row * width + columns, return_counts=True)
        starts = np.searchsorted(keys, np.arange(len(texts) + 1) * width)
        rows = Rows(starts, (keys % width).astype(np.int32), amounts.astype(np.float64))
        built = profiles(rows, owners, entries, width)
        self._weights = built.weights
        self._unseen = float(rarity(0.5, entries))
        self._keys = built.keys
        self._values = built.values

    def similarities(self, text: str, entries: Integers) -> Floats:
        """Cosine of a text with the profiles of some entries."""
        hashes, counts = np.unique(_runs([text])[0], return_counts=True)
        numbers = np.searchsorted(self._runs, hashes)
        numbers[numbers == len(self._runs)] = 0
        known = self._runs[numbers] == hashes
        values = damped(counts.astype(np.float64))
        values *= np.where(known, self._weights[numbers], self._unseen)
        values /= np.sqrt(values @ values)
        keys = entries[:, None] * len(self._runs) + numbers[known]
        places = np.searchsorted(self._keys, keys)
        places[places == len(self._keys)] = 0
        found = np.where(self._keys[places] == keys, self._values[places], 0.0)
        return np.asarray(found @ values[known], dtype=np.float64)


def _runs(texts: Sequence[str]) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint64]], Integers]:
    """Hash the runs of letters of all texts; beside each the number of its text."""
    framed = [f" {text} ".ljust(RUN) for text in texts]
    letters = np.frombuffer("".join(framed).encode("utf-32-le"), np.uint32).astype(np.uint64)
    count = max(len(letters) - RUN + 1, 0)
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(RUN):
        hashes = hashes * _BASE + letters[offset : offset + count]
    lengths = np.array([len(text) for text in framed], dtype=np.int64)
    row = np.repeat(np.arange(len(texts)), lengths)[:count]
    ends = np.repeat(np.cumsum(lengths), lengths)[:count]
    inside = np.arange(count) + RUN <= ends
    return hashes[inside], row[inside]
