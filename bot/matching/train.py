"""Learns from the phrasings how much each feature counts for or against each entry.

A linear support vector machine, each entry against all others, trained by dual coordinate descent
for the squared hinge loss (Hsieh et al., ICML 2008; the method of LIBLINEAR), for all entries at
once and for a few phrasings at a time. Deterministic: which phrasings are trained on together, and
in what order, depends on their hashes only, so an edit leaves nearly all of it as it was.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
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
# as long. Those trained together don't see each other's changes, which does no harm up to 32.
_BATCH = 8
# What the score of a text without known features starts from. The bias is a feature, too, of a
# value so small that it stays near: with a value of 1, small folders answer a tenth less.
_BIAS, _BIAS_VALUE = -1.4, 0.1
_MAX_CELLS = 2**27  # phrasings times entries; beyond it training takes minutes and gigabytes
_SMALL = 0.05  # smaller weights, seven in eight, are dropped; the ranking stays as good
_SEED = 20190705
_CHUNKS = 16  # in which the trained weights are looked through, to save memory

_SLACK = 1 / (2 * _COST)
# Scaled by this, a vector with its bias and its slack has length 1, and needs no division.
_SCALE = 1 / sqrt(1 + _BIAS_VALUE**2 + _SLACK)
_OWN_STEP = 1 / (1 - _SCALE**2 * (_SLACK - _SLACK / _OWN))  # with less slack, a longer step

_Flags: TypeAlias = NDArray[np.bool_]


def train(
    vectors: Vectors, owners: Integers, hashes: NDArray[np.uint64], size: int, features: int
) -> Weights:
    """Train on phrasings; `owners` has the entry of each, `size` is the number of entries."""
    if len(vectors) * size > _MAX_CELLS:
        return _centroids(vectors, owners, size, features)
    count = 1 << (len(vectors) // _BATCH).bit_length()
    batches = (hashes % np.uint64(count)).astype(np.int64)
    order = batches.argsort(kind="stable")
    vectors, owners, batches = vectors.take(order), owners[order], batches[order]
    # Most features are in one phrasing only. They need no row of weights: each weight is the
    # feature's value times the phrasing's dual.
    shared = np.bincount(vectors.features, minlength=features) > 1
    single = ~shared[vectors.features]
    texts = vectors.texts()[single]
    lengths = np.bincount(texts, vectors.values[single] ** 2, len(vectors))
    slacks = (_SCALE**2 * (lengths + _SLACK)).astype(np.float32)
    weights, duals = _descend([*_batches(vectors, batches, count, shared)], owners, slacks, size)
    kept = [
        _large(weights[some], shared.nonzero()[0][some])
        for some in np.array_split(np.arange(len(weights) - 1), _CHUNKS)
    ]
    kept += [
        _large(
            vectors.values[single][some, None] * duals[texts[some]], vectors.features[single][some]
        )
        for some in np.array_split(np.arange(len(texts)), _CHUNKS)
    ]
    rows, entries, values = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    order = rows.argsort(kind="stable")
    bias = weights[-1] * _BIAS_VALUE
    return Weights.of(rows[order], entries[order], values[order], bias, features)


class _Batch(NamedTuple):
    """Some phrasings that are trained on together."""

    texts: slice  # their numbers
    rows: Integers  # of the weights of the shared features that they have; finally the bias
    vectors: Floats  # (texts, rows)


def _batches(vectors: Vectors, numbers: Integers, count: int, shared: _Flags) -> Iterator[_Batch]:
    """Each of `count` batches; `numbers`, ascending, has the batch of each phrasing."""
    bias = np.count_nonzero(shared)  # the number of its row, the last
    mine = shared[vectors.features]
    texts, values = vectors.texts()[mine], vectors.values[mine]
    rows = (shared.cumsum() - 1)[vectors.features[mine]]
    keys, places = np.unique(numbers[texts] * (bias + 1) + rows, return_inverse=True)
    bounds = [
        pairwise(having.searchsorted(np.arange(count + 1)).tolist())
        for having in (numbers, numbers[texts], keys // (bias + 1))
    ]
    for (start, stop), (first, last), (left, right) in zip(*bounds, strict=True):
        matrix = np.zeros((stop - start, right - left + 1), np.float32)
        matrix[texts[first:last] - start, places[first:last] - left] = values[first:last]
        matrix[:, -1] = _BIAS_VALUE
        matrix *= _SCALE
        found = np.append(keys[left:right] % (bias + 1), bias)
        yield _Batch(slice(start, stop), found, matrix)


def _descend(
    batches: Sequence[_Batch], owners: Integers, slacks: Floats, size: int
) -> tuple[Floats, Floats]:
    """The weights of the shared features, then of the bias; and the duals (P, size), with signs.

    `slacks` (P,) is what the dual of a phrasing adds to its own score, besides those weights.
    """
    weights = np.zeros((batches[0].rows[-1] + 1, size), np.float32)
    weights[-1] = _BIAS / (_BIAS_VALUE * _SCALE)
    duals = np.zeros((len(owners), size), np.float32)
    rest = (1 - slacks)[:, None]
    numbers = np.arange(len(batches))
    for multiplier in 2 * np.random.default_rng(_SEED).integers(2**31, size=_ROUNDS) + 1:
        # Each batch once, as their number is a power of two.
        for number in (numbers * multiplier % len(batches)).tolist():
            texts, rows, vectors = batches[number]
            found = weights.take(rows, 0, mode="clip")  # which is faster than checking
            before = duals[texts]
            after = before * rest[texts] - vectors @ found
            own = np.arange(len(after)), owners[texts]
            # The score should be 1 or more for the own entry, -1 or less for all others.
            owned = np.maximum(after[own] + 1, 0) * _OWN_STEP
            after -= 1
            np.minimum(after, 0, out=after)
            after[own] = owned
            found += vectors.T @ (after - before)
            weights[rows] = found
            duals[texts] = after
    weights *= _SCALE
    duals *= _SCALE
    return weights, duals


def _large(matrix: Floats, rows: Integers) -> tuple[Integers, Integers, Floats]:
    """The weights worth keeping; `rows` numbers the rows of the matrix."""
    places, entries = ((matrix >= _SMALL) | (matrix <= -_SMALL)).nonzero()
    return rows[places], entries, matrix[places, entries]


def _centroids(vectors: Vectors, owners: Integers, size: int, features: int) -> Weights:
    """If there are too many phrasings to train on, each entry is the mean of its phrasings."""
    keys, where = np.unique(
        vectors.features.astype(np.int64) * size + owners[vectors.texts()], return_inverse=True
    )
    sums = np.bincount(where, vectors.values, minlength=len(keys))
    lengths = np.sqrt(np.bincount(keys % size, sums**2, minlength=size))
    means = (2 * sums / lengths[keys % size]).astype(np.float32)
    return Weights.of(keys // size, keys % size, means, np.full(size, -1, np.float32), features)
