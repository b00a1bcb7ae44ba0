"""What each term gives to which entries, found term by term: E entries, T terms."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def sums(groups: Integers, values: Floats, count: int) -> Floats:
    """Sum the values of each group; shape (count,)."""
    return np.bincount(groups, values, minlength=count).astype(np.float64, copy=False)


class Postings:
    """A sparse matrix of terms and entries, of which a query reads no more than its own terms."""

    def __init__(
        self, keys: Integers, values: NDArray[np.floating], entries: int, terms: int
    ) -> None:
        """`keys` = entry * T + term, ascending, with `values` beside them."""
        entry_of, term_of = np.divmod(keys, max(terms, 1))
        order = np.argsort(term_of, kind="stable")
        self._entries = entry_of[order]
        self._values = values[order].astype(np.float32)
        self._counts = np.bincount(term_of, minlength=terms)
        self._starts = self._counts.cumsum() - self._counts
        self.entries = entries

    def __len__(self) -> int:
        """Return how many postings there are in all."""
        return len(self._values)

    def counts(self, terms: Integers) -> Integers:
        """How many entries each of some terms gives something to."""
        return self._counts[terms]

    def of(self, terms: Integers) -> tuple[Integers, NDArray[np.float32], Integers]:
        """The postings of some terms, one term after the other: entries, values; their counts."""
        counts = self.counts(terms)
        ends = counts.cumsum()
        # Where those of each term stand, less where they come to stand.
        shifts = self._starts[terms] - ends + counts
        places = shifts.repeat(counts) + np.arange(ends[-1] if len(ends) else 0)
        return self._entries[places], self._values[places], counts

    def products(self, terms: Integers, values: Floats) -> Floats:
        """Dot product of a query (the values of some terms) with each entry; shape (E,)."""
        entries, found, counts = self.of(terms)
        return sums(entries, found * values.repeat(counts), self.entries)
