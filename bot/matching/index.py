"""Phrasings and entries as sparse vectors in numpy arrays, scored all at once.

P phrasings, E entries, T terms. The phrasings of an entry are next to each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_Value = TypeVar("_Value", np.int64, np.float64)

_BATCH_CELLS = 2**21  # phrasings times entries scored at once; more costs memory, not time
# Exponent on an entry's summed phrasings: a word in one phrasing of ten still counts for something.
_FLATTENING = 0.75


def group_sums(groups: Integers, values: Floats, count: int) -> Floats:
    """Sum the values of each group; shape (count,)."""
    return np.bincount(groups, values, minlength=count).astype(np.float64, copy=False)


def split_at(values: NDArray[_Value], starts: Integers) -> list[NDArray[_Value]]:
    """Split values into runs that begin at `starts`; three times as fast as `numpy.split`."""
    return [values[start:stop] for start, stop in pairwise([*starts.tolist(), len(values)])]


def rarity(frequency: Integers | float, entries: int) -> Floats:
    """Weigh terms by how few entries have them; the cosine multiplies the weight in twice."""
    count = np.asarray(frequency)
    return np.sqrt(np.log1p(np.maximum((entries - count + 0.5) / (count + 0.5), 0.0)))


class Postings:
    """A sparse matrix of terms and entries; a query reads only the rows of its own terms."""

    def __init__(
        self, keys: Integers, values: NDArray[np.floating], entries: int, terms: int
    ) -> None:
        """`keys` = entry * T + term, ascending; `values` are in the same order."""
        entry_of, term_of = np.divmod(keys, max(terms, 1))
        order = np.argsort(term_of, kind="stable")
        self._entries = entry_of[order]
        self._values = values[order].astype(np.float32)
        self._counts = np.bincount(term_of, minlength=terms)
        self._starts = self._counts.cumsum() - self._counts
        self.entries = entries

    def __len__(self) -> int:
        """The number of postings."""
        return len(self._values)

    def counts(self, terms: Integers) -> Integers:
        """The number of entries for each of some terms."""
        return self._counts[terms]

    def of(self, terms: Integers) -> tuple[Integers, NDArray[np.float32], Integers]:
        """The postings of some terms, term by term: entries, values, and the count per term."""
        counts = self.counts(terms)
        ends = counts.cumsum()
        shifts = self._starts[terms] - ends + counts
        places = shifts.repeat(counts) + np.arange(ends[-1] if len(ends) else 0)
        return self._entries[places], self._values[places], counts

    def products(self, terms: Integers, values: Floats) -> Floats:
        """Dot product of a query (the values of some terms) with each entry; shape (E,)."""
        entries, found, counts = self.of(terms)
        return group_sums(entries, found * values.repeat(counts), self.entries)


class WordIndex:
    """Finds the entries that share words with a query, and compares their phrasings with it."""

    def __init__(
        self, amounts: Sequence[Mapping[str, float]], owners: Integers, entries: int
    ) -> None:
        """`amounts` are the terms of each phrasing; `owners` (P,) is its entry, ascending."""
        self.entries = entries
        names = sorted({term for row in amounts for term in row})
        self.terms = {term: number for number, term in enumerate(names)}
        count = max(len(names), 1)
        lengths = np.array([len(row) for row in amounts], dtype=np.int64)
        self._starts = np.concatenate(([0], lengths.cumsum()))
        self._columns = np.array([self.terms[t] for row in amounts for t in row], dtype=np.int64)
        amount = np.array([a for row in amounts for a in row.values()], dtype=np.float64)
        rows = np.repeat(np.arange(len(amounts)), lengths)
        keys, where = np.unique(owners[rows] * count + self._columns, return_inverse=True)
        weights = rarity(np.bincount(keys % count, minlength=count), entries)
        # A word said twice counts 1.7 times.
        damped = np.where(amount > 1, 1 + np.log(np.maximum(amount, 1)), amount)
        values = _unit(weights[self._columns] * damped, rows, len(owners))
        profile = group_sums(where, values, len(keys)) ** _FLATTENING
        profile = _unit(profile, keys // count, entries)
        # One weight for each term; the last is that of a word in no phrasing.
        self.weights: list[float] = [*weights.tolist(), float(rarity(0.5, entries))]
        self._phrases = values.astype(np.float32)
        self._profiles = Postings(keys, profile, entries, len(names))

    def profiles(self, terms: Integers, values: Floats, content: Floats) -> tuple[Floats, Floats]:
        """Compare a query (the values of some terms) with all phrasings of each entry together.

        Returns the cosines, shape (E,), and for each entry the sum of `content` (one number per
        term of the query) over the terms it has, shape (E,).
        """
        entries, found, counts = self._profiles.of(terms)
        return (
            group_sums(entries, found * values.repeat(counts), self.entries),
            group_sums(entries, content.repeat(counts), self.entries),
        )

    def spread(self, terms: Integers, values: Floats) -> NDArray[np.float32]:
        """A query as a vector over all terms; shape (T,)."""
        spread = np.zeros(len(self.terms), np.float32)
        spread[terms] = values
        return spread

    def phrases(self, query: NDArray[np.float32], firsts: Integers, stops: Integers) -> Floats:
        """Cosines of a query (T,) with the phrasings in some ranges, range by range."""
        found = []
        for first, stop in zip(firsts.tolist(), stops.tolist(), strict=True):
            starts = self._starts[first : stop + 1]
            cells = slice(starts[0], starts[-1])
            products = query.take(self._columns[cells]) * self._phrases[cells]
            found.append(np.add.reduceat(products, starts[:-1] - starts[0]))
        return np.concatenate(found).astype(np.float64)

    def phrasing(self, line: int) -> tuple[Integers, Floats]:
        """The terms of a phrasing, and their values in its unit vector."""
        cells = slice(self._starts[line], self._starts[line + 1])
        return self._columns[cells], self._phrases[cells].astype(np.float64)

    def all_profiles(self) -> Iterator[tuple[range, Floats]]:
        """Cosines of all phrasings with all entries, in batches of phrasings: (lines, E)."""
        counts = self._profiles.counts(self._columns)
        work = self.entries + np.add.reduceat(counts, self._starts[:-1])
        edges = np.flatnonzero(np.diff(np.cumsum(work) // _BATCH_CELLS)) + 1
        for start, stop in pairwise([0, *edges.tolist(), len(work)]):
            cells = slice(self._starts[start], self._starts[stop])
            entries, found, lengths = self._profiles.of(self._columns[cells])
            rows = np.repeat(np.arange(stop - start), np.diff(self._starts[start : stop + 1]))
            places = np.repeat(rows * self.entries, lengths) + entries
            values = np.repeat(self._phrases[cells], lengths) * found
            scores = group_sums(places, values.astype(np.float64), (stop - start) * self.entries)
            yield range(start, stop), scores.reshape(stop - start, self.entries)


def _unit(values: Floats, groups: Integers, count: int) -> Floats:
    norms = np.sqrt(group_sums(groups, values**2, count))
    return values / np.where(norms > 0, norms, 1)[groups]
