"""Learns from the phrasings how much each feature counts for or against each entry.

A linear support vector machine, each entry against all others, trained by dual coordinate descent
for the squared hinge loss (Hsieh et al., ICML 2008; the method of LIBLINEAR), for all entries at
once. Deterministic: the phrasings are shuffled by their hashes, so that an edit moves no others. P
is the number of phrasings.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.matching.features import Floats, Integers, Vectors, Weights

_COST = 0.25  # of a violated margin; 0.15 answers less in small folders, 0.5 needs a round more
# How many times that the margin of a phrasing's own entry costs: it has few phrasings, and all
# others count against it. 4 does half as much for small folders; 1000 does no more.
_OWN = 64
_ROUNDS = 3  # over all phrasings; 2 answer wrongly more often, 12 answer no better
# What the score of a text without known features starts from. The bias is a feature, too, of a
# value so small that it stays near: with a value of 1, small folders answer a tenth less.
_BIAS, _BIAS_VALUE = -1.4, 0.1
_MAX_CELLS = 2**27  # phrasings times entries; beyond it training takes minutes and gigabytes
_SMALL = 0.05  # smaller weights, seven in eight, are dropped; the ranking stays as good
_SEED = 20190705
_CHUNKS = 16  # in which the trained weights are looked through, to save memory

_Flags: TypeAlias = NDArray[np.bool_]


def train(
    vectors: Vectors, owners: Integers, hashes: NDArray[np.uint64], size: int, features: int
) -> Weights:
    """Train on phrasings; `owners` (P,) is the entry of each, `size` the number of entries."""
    if len(vectors) * size > _MAX_CELLS:
        return _centroids(vectors, owners, size, features)
    # Most features are in one phrasing only. They need no row of weights: each weight is the
    # feature's value times the phrasing's dual.
    shared = np.bincount(vectors.features, minlength=features) > 1
    single = ~shared[vectors.features]
    weights, duals = _descend(vectors, owners, hashes, size, shared)
    texts = vectors.texts()[single]
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
    return Weights.of(
        rows[order], entries[order], values[order], weights[-1] * _BIAS_VALUE, features
    )


def _descend(
    vectors: Vectors,
    owners: Integers,
    hashes: NDArray[np.uint64],
    size: int,
    shared: _Flags,
) -> tuple[Floats, Floats]:
    """The weights of the shared features, then the bias; and the duals (P, size), with signs."""
    texts, single = vectors.texts(), ~shared[vectors.features]
    ends = np.bincount(texts[~single], minlength=len(vectors)).cumsum()
    bias = np.count_nonzero(shared)  # the number of its row, the last
    numbers = shared.cumsum(dtype=np.int32) - 1
    rows = np.insert(numbers[vectors.features[~single]], ends, bias)
    values = np.insert(vectors.values[~single], ends, _BIAS_VALUE)
    starts = [0, *(ends + np.arange(1, len(ends) + 1)).tolist()]
    slack = 1 / (2 * _COST)
    length = 1 + _BIAS_VALUE**2  # of each vector, squared
    relief = (slack - slack / _OWN) / (length + slack / _OWN)
    diagonal = np.bincount(texts[single], vectors.values[single] ** 2, len(vectors)) + slack
    diagonal = diagonal.astype(np.float32)
    del texts, numbers
    weights = np.zeros((bias + 1, size), np.float32)
    weights[bias] = _BIAS / _BIAS_VALUE
    duals = np.zeros((len(vectors), size), np.float32)
    multipliers = np.random.default_rng(_SEED).integers(2**62, size=_ROUNDS, dtype=np.uint64)
    for multiplier in 2 * multipliers + 1:
        for number in (hashes * multiplier).argsort(kind="stable").tolist():
            own = slice(starts[number], starts[number + 1])
            row, value, owner, before = rows[own], values[own], owners[number], duals[number]
            found = weights.take(row, 0, mode="clip")  # which is faster than checking
            wanted = value.dot(found)  # -1 or less for all entries but the owner, 1 or more for it
            wanted[owner] = -wanted[owner]
            wanted -= diagonal[number] * before
            wanted += 1
            wanted /= length + slack
            # The same with the own entry's slack.
            wanted[owner] += (wanted[owner] + before[owner]) * relief
            after = np.maximum(before + wanted, 0)
            step = before - after
            step[owner] = -step[owner]
            duals[number] = after
            found += np.dot(value[:, None], step[None])
            weights[row] = found
    np.negative(duals, out=duals)
    duals[np.arange(len(owners)), owners] *= -1
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
