"""Phrasings and entries as sparse vectors in numpy arrays, scored all at once."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]


class Index:
    """Unit vectors of P phrasings over T terms, and of E entries: the sums of their phrasings.

    The phrasings of an entry stand next to each other; `owners` (P) is ascending.
    """

    def __init__(
        self, amounts: Sequence[Mapping[str, float]], owners: Sequence[int], entries: int
    ) -> None:
        self.terms = {
            term: number for number, term in enumerate(sorted({t for a in amounts for t in a}))
        }
        self.entries: int = entries
        width = max(len(self.terms), 1)
        lengths = np.array([len(row) for row in amounts], dtype=np.int64)
        columns = np.array([self.terms[t] for row in amounts for t in row], dtype=np.int32)
        values = np.array([a for row in amounts for a in row.values()], dtype=np.float64)
        rows = np.repeat(np.arange(len(amounts)), lengths)
        owner = np.asarray(owners, dtype=np.int64)[rows]

        keys, where = np.unique(owner * width + columns, return_inverse=True)
        entry_of, term_of = np.divmod(keys, width)
        self.frequency = np.bincount(term_of, minlength=len(self.terms))  # in entries
        self.weights = self.weight(self.frequency)

        values = self.weights[columns] * damped(values)
        norms = np.sqrt(_sums(rows, values**2, len(amounts)))
        values /= norms[rows]
        self._columns: Integers = columns
        self._values: Floats = values.astype(np.float32)
        self._row_starts = np.concatenate(([0], np.cumsum(lengths)))
        self._entry_starts = np.searchsorted(owners, np.arange(self.entries + 1))

        profile = _sums(where, values, len(keys))
        norms = np.sqrt(_sums(entry_of, profile**2, entries))
        profile /= norms[entry_of]
        order = np.argsort(term_of, kind="stable")
        self._posted_entries: Integers = entry_of[order].astype(np.int32)
        self._posted_values: Floats = profile[order].astype(np.float32)
        self._post_starts = np.concatenate(([0], np.cumsum(self.frequency)))

    def weight(self, frequency: NDArray[np.int64] | float) -> NDArray[np.float64]:
        """Weigh terms by the entries that have them; the cosine multiplies it in twice."""
        rarity = (self.entries - np.asarray(frequency) + 0.5) / (np.asarray(frequency) + 0.5)
        return np.sqrt(np.log1p(np.maximum(rarity, 0.0)))

    def phrasings_of(self, entry: int) -> range:
        """Return the numbers of the entry's phrasings."""
        return range(int(self._entry_starts[entry]), int(self._entry_starts[entry + 1]))

    def profiles(self, query: Mapping[int, float]) -> NDArray[np.float64]:
        """Cosine of the query (term -> value) with each entry's profile; shape (E,)."""
        spans = [slice(self._post_starts[t], self._post_starts[t + 1]) for t in query]
        ids = np.concatenate([self._posted_entries[span] for span in spans])
        values = np.concatenate(
            [self._posted_values[s] * value for s, value in zip(spans, query.values(), strict=True)]
        )
        return _sums(ids, values, self.entries)

    def phrases(self, query: Mapping[int, float], entry: int) -> NDArray[np.float64]:
        """Cosine of the query with each of the entry's phrasings."""
        numbers = self.phrasings_of(entry)
        starts = self._row_starts[numbers.start : numbers.stop + 1]
        span = slice(starts[0], starts[-1])
        dense = np.zeros(len(self.terms))
        dense[list(query)] = list(query.values())
        products = dense[self._columns[span]] * self._values[span]
        return np.add.reduceat(products, starts[:-1] - starts[0])


def _sums(
    groups: NDArray[np.integer], values: NDArray[np.floating], count: int
) -> NDArray[np.float64]:
    return np.bincount(groups, values, minlength=count).astype(np.float64)


def damped(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """A word said twice counts 1.7 times."""
    return np.where(amounts > 1, 1 + np.log(np.maximum(amounts, 1)), amounts)
