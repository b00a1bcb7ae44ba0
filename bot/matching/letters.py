"""Runs of four letters across word boundaries: spelling, endings and word order at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.index import Rows, places_of, profiles, rarity
from bot.matching.postings import Integers

Runs = NDArray[np.uint64]

RUN = 4  # letters; 3 to 5 together are no better
_WIDTH = 2  # bytes of a letter in UTF-16: a run of four is a number of eight


class LetterIndex:
    """Profiles of entries over the runs of letters in their phrasings."""

    def __init__(self, texts: Sequence[str], owners: Integers, entries: int) -> None:
        runs, row = _runs(texts)
        self._runs, columns = np.unique(runs, return_inverse=True)
        width = max(len(self._runs), 1)
        keys = np.unique(row * width + columns)
        starts = np.searchsorted(keys, np.arange(len(texts) + 1) * width)
        rows = Rows(starts, keys % width, np.ones(len(keys)))
        built = profiles(rows, owners, entries, width)
        self._weights = built.weights
        self._unseen = float(rarity(0.5, entries))
        # Entry by entry, as only some are looked at: a run of letters stands in most of them.
        self._starts = built.keys.searchsorted(np.arange(entries + 1) * width).tolist()
        self._columns = built.keys % width
        self._values = built.values

    def similarities(self, text: str, entries: Sequence[int]) -> list[float]:
        """Cosine of a text with the profiles of some entries."""
        # Not by `numpy.unique`, whose first call loads 15 ms of modules.
        runs = np.sort(_numbers(_letters(text)))
        first = np.ones(len(runs), np.bool_)
        first[1:] = runs[1:] != runs[:-1]
        numbers, known = places_of(runs[first], self._runs)
        values = np.where(known, self._weights[numbers], self._unseen)
        values /= np.sqrt(values @ values)
        query = np.zeros(len(self._runs), np.float32)
        query[numbers[known]] = values[known]
        spans = [slice(self._starts[entry], self._starts[entry + 1]) for entry in entries]
        return [float(query.take(self._columns[span]) @ self._values[span]) for span in spans]


def _letters(text: str) -> bytes:
    return f" {text} ".ljust(RUN).encode("utf-16-le", "surrogatepass")


def _numbers(letters: bytes) -> Runs:
    """Each run of letters as a number: the same bytes, read from every letter on."""
    count = len(letters) // _WIDTH - RUN + 1
    return np.ndarray((max(count, 0),), np.dtype("<u8"), letters, strides=(_WIDTH,))


def _runs(texts: Sequence[str]) -> tuple[Runs, Integers]:
    """The runs of letters of all texts as numbers; beside each the number of its text."""
    letters = [_letters(text) for text in texts]
    numbers = _numbers(b"".join(letters))
    lengths = np.array([len(text) // _WIDTH for text in letters], dtype=np.int64)
    row = np.repeat(np.arange(len(texts)), lengths)[: len(numbers)]
    ends = np.repeat(np.cumsum(lengths), lengths)[: len(numbers)]
    inside = np.arange(len(numbers)) + RUN <= ends
    return numbers[inside], row[inside]
