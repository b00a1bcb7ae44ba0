"""Learns from the phrasings how much each feature counts for or against each entry.

A linear support vector machine, each entry against all others, trained by dual coordinate descent
for the squared hinge loss (Hsieh et al., ICML 2008; the method of LIBLINEAR), for all entries at
once and for a few phrasings at a time. Deterministic: which phrasings are trained on together, and
in what order, depends on their hashes, so an edit leaves nearly all of it as it was, unless their
number passes a power of two.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from math import sqrt
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.matching.features import Floats, Integers, Vectors, Weights

_COST = 0.25  # of a violated margin; 0.15 answers less in small folders, 0.5 needs a round more
# How many times that the margin of a phrasing's own entry costs: it has few phrasings, and all
# others count against it. 4 does half as much for small folders; 1000 does no more.
_OWN = 64
_ROUNDS = 3  # over all phrasings; 2 answer wrongly more often, 12 answer no better
# Phrasings that are trained on together, at least half of it on average: one at a time takes twice
# as long. They don't see each other's changes: those of one entry, which may be alike, take shorter
# steps for that. With 32, it does no harm yet.
_BATCH = 16
# What the score of a text without known features starts from. The bias is a feature, too, of a
# value so small that it stays near: with a value of 1, small folders answer a tenth less.
_BIAS, _BIAS_VALUE = -1.4, 0.1
_MAX_CELLS = 2**27  # phrasings times entries; beyond it training takes minutes and gigabytes
# How many times that a feature of one phrasing alone counts: in training it only has to explain
# that phrasing. With 1, small folders answer 6 % less for as many false answers; with 2.5, no more.
_SINGLE = 1.75
_SMALL = 0.08  # smaller weights, most of them, are dropped; with 0.05 the ranking is no better
_SEED = 20190705
_CHUNKS = 16  # in which the trained weights are looked through, to save memory

_SLACK = 1 / (2 * _COST)
# Scaled by this, a vector with its bias and its slack has length 1, and needs no division.
_SCALE = 1 / sqrt(1 + _BIAS_VALUE**2 + _SLACK)
_OWN_STEP = 1 / (1 - _SCALE**2 * (_SLACK - _SLACK / _OWN))  # with less slack, a longer step

_Flags: TypeAlias = NDArray[np.bool_]
_Part: TypeAlias = tuple[Integers, Integers, Floats]  # rows, entries and values of some weights


class Examples(NamedTuple):
    """Phrasings to learn from."""

    vectors: Vectors
    owners: Integers  # the number of the entry of each
    hashes: NDArray[np.uint64]


# Calls `train_entries` with these arguments elsewhere.
Submit: TypeAlias = Callable[[Examples, int, int], "Future[Weights]"]


def train(examples: Examples, size: int, features: int, submit: Submit | None = None) -> Weights:
    """The weights of the features for each entry; `size` is the number of entries.

    With `submit`, half of the entries are trained elsewhere at the same time.
    """
    if len(examples.vectors) * size > _MAX_CELLS:
        return _centroids(examples, size, features)
    if not submit:
        return train_entries(examples, size, features)
    half = size // 2
    others = examples._replace(owners=examples.owners - half)
    rest = submit(others, size - half, features)
    return Weights.joined(train_entries(examples, half, features), rest.result())


def train_entries(examples: Examples, size: int, features: int) -> Weights:
    """Train the entries numbered from 0 to below `size`; other owners are none of them."""
    count = 1 << (len(examples.vectors) // _BATCH).bit_length()
    numbers = examples.hashes % np.uint64(count)
    order = numbers.argsort(kind="stable")
    vectors, owners = examples.vectors.take(order).scaled(_SCALE), examples.owners[order]
    # Most features are in one phrasing only. They need no row of weights: each weight is the
    # feature's value times the phrasing's dual.
    shared = np.bincount(vectors.features, minlength=features) > 1
    batches = _Batches(vectors, owners, numbers[order].astype(np.int32), count, shared)
    kept, bias = _weights(vectors, owners, batches, shared, size)
    rows, entries, values = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    order = rows.argsort(kind="stable")
    return Weights.of(rows[order], entries[order], values[order], bias, features)


def _weights(
    vectors: Vectors, owners: Integers, batches: _Batches, shared: _Flags, size: int
) -> tuple[list[_Part], Floats]:
    """The weights worth keeping, and the bias of each entry."""
    single = ~shared[vectors.features]
    texts, values = vectors.texts()[single], vectors.values[single]
    features = vectors.features[single]
    lengths = np.bincount(texts, values**2, len(vectors))
    slacks = (lengths + _SCALE**2 * _SLACK).astype(np.float32)
    weights, duals = _descend(batches, owners, slacks, size)
    (rows,) = shared.nonzero()
    kept = [
        _large(weights[some], rows[some])
        for some in np.array_split(np.arange(len(weights) - 1), _CHUNKS)
    ]
    kept += [
        _large(_SINGLE * values[some, None] * duals[texts[some]], features[some])
        for some in np.array_split(np.arange(len(texts)), _CHUNKS)
    ]
    return kept, weights[-1] * _BIAS_VALUE


class _Batch(NamedTuple):
    """Some phrasings that are trained on together."""

    texts: slice  # their numbers
    rows: Integers  # of the weights of the shared features that they have; finally the bias
    vectors: Floats  # (texts, rows)
    crowding: Floats  # of each: the sum of its products with the others of its entry


class _Batches:
    """The phrasings in batches; each is written out when it is asked for, to save memory."""

    def __init__(
        self, vectors: Vectors, owners: Integers, numbers: Integers, count: int, shared: _Flags
    ) -> None:
        """`numbers`, ascending, has the batch of each phrasing, of `count` batches."""
        self._owners, self._crowding = owners, dict[int, Floats]()
        self.bias = int(np.count_nonzero(shared))  # the number of its row, the last
        self.count = count
        mine = shared[vectors.features]
        self._texts = vectors.texts()[mine]
        self._values = vectors.values[mine]
        rows = (shared.cumsum(dtype=np.int32) - 1)[vectors.features[mine]]
        keys = numbers[self._texts].astype(np.int64) * self.bias + rows
        keys, places = np.unique(keys, return_inverse=True)
        batches, self._rows = np.divmod(keys, max(self.bias, 1))
        limits = np.arange(count + 1)
        self._limits = [
            having.searchsorted(limits).tolist()
            for having in (numbers, numbers[self._texts], batches)
        ]
        self._places = places.astype(np.int32)

    def __getitem__(self, number: int) -> _Batch:
        """One of the batches, from 0."""
        bounds = (limits[number : number + 2] for limits in self._limits)
        (start, stop), (first, last), (left, right) = bounds
        matrix = np.zeros((stop - start, right - left + 1), np.float32)
        texts, places = self._texts[first:last] - start, self._places[first:last] - left
        matrix[texts, places] = self._values[first:last]
        matrix[:, -1] = _BIAS_VALUE * _SCALE
        if number not in self._crowding:
            own = self._owners[start:stop]
            same = (own[:, None] == own) & ~np.eye(len(own), dtype=bool)
            alike = np.abs(matrix @ matrix.T) * same if same.any() else same
            self._crowding[number] = alike.sum(1, dtype=np.float32)
        rows = np.append(self._rows[left:right], self.bias)
        return _Batch(slice(start, stop), rows, matrix, self._crowding[number])


def _descend(
    batches: _Batches, owners: Integers, slacks: Floats, size: int
) -> tuple[Floats, Floats]:
    """The weights of the shared features, then of the bias; and the duals (P, size), with signs.

    `slacks` (P,) is what the dual of a phrasing adds to its own score, besides those weights.
    """
    weights = np.zeros((batches.bias + 1, size), np.float32)
    weights[-1] = _BIAS / (_BIAS_VALUE * _SCALE)
    duals = np.zeros((len(owners), size), np.float32)
    rest, is_own = (1 - slacks)[:, None], (owners >= 0) & (owners < size)
    for multiplier in 2 * np.random.default_rng(_SEED).integers(2**31, size=_ROUNDS) + 1:
        # Each batch once, as their number is a power of two.
        for number in (np.arange(batches.count) * multiplier % batches.count).tolist():
            texts, rows, vectors, crowding = batches[number]
            found = weights.take(rows, 0, mode="clip")  # which is faster than checking
            before = duals[texts]
            after = before * rest[texts] - vectors @ found
            (having,) = is_own[texts].nonzero()
            own = having, owners[texts][having]
            # The score should be 1 or more for the own entry, -1 or less for all others.
            owned = np.maximum(after[own] + 1, 0) * _OWN_STEP
            after -= 1
            np.minimum(after, 0, out=after)
            after[own] = owned
            step = after - before
            if crowding.any():
                step /= 1 + crowding[:, None]
                step[own] *= (1 + crowding[having]) / (1 + _OWN_STEP * crowding[having])
            found += vectors.T @ step
            weights[rows] = found
            duals[texts] += step
    weights *= _SCALE
    duals *= _SCALE
    return weights, duals


def _large(matrix: Floats, rows: Integers) -> _Part:
    """The weights worth keeping; `rows` numbers the rows of the matrix."""
    places, entries = ((matrix >= _SMALL) | (matrix <= -_SMALL)).nonzero()
    return rows[places], entries.astype(np.int32), matrix[places, entries]


def _centroids(examples: Examples, size: int, features: int) -> Weights:
    """If there are too many phrasings to train on, each entry is the mean of its phrasings."""
    vectors, owners, _ = examples
    keys, where = np.unique(
        vectors.features.astype(np.int64) * size + owners[vectors.texts()], return_inverse=True
    )
    sums = np.bincount(where, vectors.values, minlength=len(keys))
    lengths = np.sqrt(np.bincount(keys % size, sums**2, minlength=size))
    means = (2 * sums / lengths[keys % size]).astype(np.float32)
    return Weights.of(keys // size, keys % size, means, np.full(size, -1, np.float32), features)
