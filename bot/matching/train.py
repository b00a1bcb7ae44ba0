"""Learns from the phrasings how much each feature counts for or against each entry.

A linear support vector machine, each entry against all others, trained by dual coordinate descent
for the squared hinge loss (Hsieh et al., ICML 2008; the method of LIBLINEAR), for all entries at
once. Deterministic: the phrasings are shuffled with a fixed seed. P is the number of phrasings.
"""

import numpy as np

from bot.matching.features import Floats, Integers, Vectors, Weights

_COST = 0.5  # of a violated margin; 0.2 answers less in small folders, 1.0 ranks a point worse
_ROUNDS = 3  # over all phrasings; 2 rank two points worse, 8 no better
_MAX_CELLS = 2**27  # phrasings times entries; beyond it training takes minutes and gigabytes
_SMALL = 0.05  # smaller weights, seven in eight, are dropped; the ranking stays as good
_SEED = 20190705
_CHUNKS = 16  # in which the weights of unshared features are computed, to save memory


def train(vectors: Vectors, owners: Integers, size: int, features: int) -> Weights:
    """Train on phrasings; `owners` (P,) is the entry of each, `size` the number of entries."""
    if len(vectors) * size > _MAX_CELLS:
        return _centroids(vectors, owners, size, features)
    # Most features are in one phrasing only. They need no row of weights: each weight is the
    # feature's value times the phrasing's dual.
    shared = np.bincount(vectors.features, minlength=features) > 1
    texts, is_shared = vectors.texts(), shared[vectors.features]
    ends = np.bincount(texts[is_shared], minlength=len(vectors)).cumsum()
    bias = np.count_nonzero(shared)  # the last row
    rows = np.insert((shared.cumsum(dtype=np.int32) - 1)[vectors.features[is_shared]], ends, bias)
    values = np.insert(vectors.values[is_shared], ends, 1)
    unshared = np.bincount(texts, np.where(is_shared, 0, vectors.values**2), len(vectors))
    del texts
    starts = [0, *(ends + np.arange(1, len(ends) + 1)).tolist()]

    weights = np.zeros((bias + 1, size), np.float32)
    duals = np.zeros((len(vectors), size), np.float32)
    slack = 1 / (2 * _COST)
    diagonal = (unshared + slack).astype(np.float32)
    generator = np.random.default_rng(_SEED)
    for _ in range(_ROUNDS):
        for number in generator.permutation(len(vectors)).tolist():
            own = slice(starts[number], starts[number + 1])
            row, value, owner, before = rows[own], values[own], owners[number], duals[number]
            found = weights.take(row, 0)
            wanted = value.dot(found)  # -1 or less for all entries but the owner, 1 or more for it
            wanted[owner] = -wanted[owner]
            wanted -= diagonal[number] * before
            wanted += 1
            wanted /= 2 + slack
            after = np.maximum(before + wanted, 0)
            step = before - after
            step[owner] = -step[owner]
            duals[number] = after
            found += np.dot(value[:, None], step[None])
            weights[row] = found

    np.negative(duals, out=duals)
    duals[np.arange(len(owners)), owners] *= -1
    kept = [_large(weights[:-1], shared.nonzero()[0])]
    for some in np.array_split((~is_shared).nonzero()[0], _CHUNKS):
        matrix = vectors.values[some, None] * duals[vectors.texts()[some]]
        kept.append(_large(matrix, vectors.features[some]))
    rows, entries, values = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    order = rows.argsort(kind="stable")
    return Weights.of(rows[order], entries[order], values[order], weights[-1].copy(), features)


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
