"""Learns from the phrasings how much each feature counts for or against each entry.

A linear support vector machine, each entry against all others, trained by dual coordinate descent
for the squared hinge loss (Hsieh et al., ICML 2008; the method of LIBLINEAR), for all entries at
once. Deterministic: the phrasings are shuffled with a fixed seed. P is the number of phrasings.
"""

from collections.abc import Sequence

import numpy as np

from bot.matching.features import Integers, Vector, Weights

_COST = 0.5  # of a violated margin; 0.2 answers less in small folders, 1.0 ranks a point worse
_ROUNDS = 3  # over all phrasings; 2 rank two points worse, 8 no better
_MAX_CELLS = 2**27  # phrasings times entries; beyond it training takes minutes and gigabytes
_SMALL = 0.05  # smaller weights, seven in eight, are dropped; the ranking stays as good
_SEED = 20190705


def train(vectors: Sequence[Vector], owners: Integers, size: int, features: int) -> Weights:
    """Train on phrasings; `owners` (P,) is the entry of each, `size` the number of entries."""
    if len(vectors) * size > _MAX_CELLS:
        return _centroids(vectors, owners, size, features)
    weights = np.zeros((features + 1, size), np.float32)  # the last row is the bias
    duals = np.zeros((len(vectors), size), np.float32)
    slack = np.float32(1 / (2 * _COST))
    bias, one = np.array([features]), np.ones(1, np.float32)
    biased = [(np.append(numbers, bias), np.append(values, one)) for numbers, values in vectors]
    order = np.random.default_rng(_SEED)
    for _ in range(_ROUNDS):
        for number in order.permutation(len(biased)).tolist():
            numbers, values = biased[number]
            owner, before, found = owners[number], duals[number], weights[numbers]
            wanted = values @ found  # -1 or less for all entries but the owner, 1 or more for it
            wanted[owner] = -wanted[owner]
            after = np.maximum(before + (wanted + 1 - slack * before) / (2 + slack), 0)
            step = before - after
            step[owner] = -step[owner]
            duals[number] = after
            weights[numbers] = found + values[:, None] * step
    matrix = weights[:-1]
    rows, entries = ((matrix >= _SMALL) | (matrix <= -_SMALL)).nonzero()
    return Weights(rows, entries, matrix[rows, entries], weights[-1], features)


def _centroids(vectors: Sequence[Vector], owners: Integers, size: int, features: int) -> Weights:
    """If there are too many phrasings to train on, each entry is the mean of its phrasings."""
    numbers = np.concatenate([numbers for numbers, _ in vectors])
    values = np.concatenate([values for _, values in vectors])
    entries = owners.repeat([len(numbers) for numbers, _ in vectors])
    keys, where = np.unique(numbers * size + entries, return_inverse=True)
    sums = np.bincount(where, values, minlength=len(keys))
    lengths = np.sqrt(np.bincount(keys % size, sums**2, minlength=size))
    means = (2 * sums / lengths[keys % size]).astype(np.float32)
    return Weights(keys // size, keys % size, means, np.full(size, -1, np.float32), features)
