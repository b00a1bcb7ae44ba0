"""Runs of four letters across word boundaries: spelling, endings and word order at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

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


_Key = TypeVar("_Key", np.int64, np.uint64)
_Value = TypeVar("_Value", np.int64, np.float64)

_CELLS = 2**21  # scored at once where all phrasings are; more take memory and no less time
EVENNESS = 0.75  # exponent on profiles: a word in one phrasing of ten still tells something


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows, one after the other: row r is columns[starts[r]:starts[r + 1]]."""

    starts: Integers
    columns: Integers
    amounts: Floats

    @property
    def numbers(self) -> Integers:
        """Return the row of each column."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


@dataclass(frozen=True, slots=True)
class Profiles:
    """Unit vectors of phrasings, and of entries: the evened sums of their phrasings.

    `keys` = entry * T + term, ascending, with `values` beside them.
    """

    weights: Floats  # (T,)
    phrases: NDArray[np.float32]  # beside Rows.columns
    keys: Integers
    values: NDArray[np.float32]


def rarity(frequency: Integers | float, entries: int) -> Floats:
    """Weigh terms by the entries that have them; the cosine multiplies the weight in twice."""
    count = np.asarray(frequency)
    return np.sqrt(np.log1p(np.maximum((entries - count + 0.5) / (count + 0.5), 0.0)))


def profiles(rows: Rows, owners: Integers, entries: int, terms: int) -> Profiles:
    """Build the vectors; `owners` (P,) names each phrasing's entry, ascending."""
    numbers = rows.numbers
    terms = max(terms, 1)
    keys, where = np.unique(owners[numbers] * terms + rows.columns, return_inverse=True)
    weights = rarity(np.bincount(keys % terms, minlength=terms), entries)
    values = weights[rows.columns] * damped(rows.amounts)
    values = _unit(values, numbers, len(owners))
    profile = sums(where, values, len(keys)) ** EVENNESS
    profile = _unit(profile, keys // terms, entries)
    return Profiles(weights, values.astype(np.float32), keys, profile.astype(np.float32))


def damped(amounts: Floats) -> Floats:
    """A word said twice counts 1.7 times."""
    return np.where(amounts > 1, 1 + np.log(np.maximum(amounts, 1)), amounts)


def places_of(wanted: NDArray[_Key], keys: NDArray[_Key]) -> tuple[Integers, NDArray[np.bool_]]:
    """Where each of the wanted stands among ascending keys, one at least; and which stand there."""
    places = keys.searchsorted(wanted)
    places[places == len(keys)] = 0
    return places, keys[places] == wanted


def apart(values: NDArray[_Value], starts: Integers) -> list[NDArray[_Value]]:
    """Cut values into runs that begin there: `numpy.split` takes thrice as long for a few."""
    return [values[start:stop] for start, stop in pairwise([*starts.tolist(), len(values)])]


def _unit(values: Floats, groups: Integers, count: int) -> Floats:
    norms = np.sqrt(sums(groups, values**2, count))
    return values / np.where(norms > 0, norms, 1)[groups]


class WordIndex:
    """Finds the entries that share words with a query, and compares their phrasings."""

    def __init__(
        self, amounts: Sequence[Mapping[str, float]], owners: Integers, entries: int
    ) -> None:
        self.terms: dict[str, int] = {}
        for term in sorted({term for row in amounts for term in row}):
            self.terms[term] = len(self.terms)
        rows = Rows(
            np.concatenate(([0], np.cumsum([len(row) for row in amounts]))).astype(np.int64),
            np.array([self.terms[term] for row in amounts for term in row], dtype=np.int64),
            np.array([amount for row in amounts for amount in row.values()], dtype=np.float64),
        )
        built = profiles(rows, owners, entries, len(self.terms))
        self._begins, self._columns = rows.starts, rows.columns
        self.entries = entries
        # Of the terms; the last is that of a word in no phrasing.
        self.weights: list[float] = [*built.weights.tolist(), float(rarity(0.5, entries))]
        self._phrases = built.phrases
        self._profiles = Postings(built.keys, built.values, entries, len(self.terms))

    def profiles(self, terms: Integers, values: Floats, content: Floats) -> tuple[Floats, Floats]:
        """Cosine of a query (the values of some terms) with each entry's profile; shape (E,).

        Beside it the sum of `content` (one number a term of the query) over the terms that
        the entry has; shape (E,).
        """
        entries, found, counts = self._profiles.of(terms)
        return (
            sums(entries, found * values.repeat(counts), self.entries),
            sums(entries, content.repeat(counts), self.entries),
        )

    def spread(self, terms: Integers, values: Floats) -> NDArray[np.float32]:
        """Return a query as a vector over all terms; shape (T,)."""
        spread = np.zeros(len(self.terms), np.float32)
        spread[terms] = values
        return spread

    def phrases(self, query: NDArray[np.float32], firsts: Integers, stops: Integers) -> Floats:
        """Cosine of a query (T,) with each phrasing of some runs, one after the other."""
        found = []
        for first, stop in zip(firsts.tolist(), stops.tolist(), strict=True):
            begins = self._begins[first : stop + 1]
            cells = slice(begins[0], begins[-1])
            products = query.take(self._columns[cells]) * self._phrases[cells]
            found.append(np.add.reduceat(products, begins[:-1] - begins[0]))
        return np.concatenate(found).astype(np.float64)

    def phrasing(self, line: int) -> tuple[Integers, Floats]:
        """The terms of a phrasing and the values of its unit vector beside them."""
        cells = slice(self._begins[line], self._begins[line + 1])
        return self._columns[cells], self._phrases[cells].astype(np.float64)

    def all_profiles(self) -> Iterator[tuple[range, Floats]]:
        """Cosines of all phrasings with all entries' profiles, some lines at a time: (lines, E)."""
        counts = self._profiles.counts(self._columns)
        work = self.entries + np.add.reduceat(counts, self._begins[:-1])
        edges = np.flatnonzero(np.diff(np.cumsum(work) // _CELLS)) + 1
        for start, stop in pairwise([0, *edges.tolist(), len(work)]):
            cells = slice(self._begins[start], self._begins[stop])
            entries, found, lengths = self._profiles.of(self._columns[cells])
            rows = np.repeat(np.arange(stop - start), np.diff(self._begins[start : stop + 1]))
            places = np.repeat(rows * self.entries, lengths) + entries
            values = np.repeat(self._phrases[cells], lengths) * found
            scores = sums(places, values.astype(np.float64), (stop - start) * self.entries)
            yield range(start, stop), scores.reshape(stop - start, self.entries)


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
