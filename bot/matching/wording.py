"""How alike two wordings are: letter by letter, and in the order of their words."""

from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from bot.matching.index import Floats


def ordered(text: str) -> str:
    """Return the words of a text in alphabetical order."""
    return " ".join(sorted(text.split()))


def likenesses(text: str, others: Sequence[str], sorted_others: Sequence[str]) -> Floats:
    """Edit similarities, half as written and half with the words sorted; in [0, 1]."""
    written = process.cdist([text], others, scorer=fuzz.ratio, dtype=np.float64)[0]
    in_order = process.cdist([ordered(text)], sorted_others, scorer=fuzz.ratio, dtype=np.float64)[0]
    return np.asarray((written + in_order) / 200, dtype=np.float64)


def order(asked: Sequence[str], phrasing: Sequence[str], weights: Mapping[str, float]) -> float:
    """Share of the pairs of common words that stand in the same order; 1 if there is no pair.

    A pair counts as much as its words weigh together (product of `weights`).
    """
    common = set(asked).intersection(phrasing)
    if len(common) < 2:  # noqa: PLR2004 - a pair
        return 1.0
    words = [meaning for meaning in dict.fromkeys(asked) if meaning in common]
    ranked = [(phrasing.index(meaning), weights[meaning]) for meaning in words]
    same = total = 0.0
    for number, (place, weight) in enumerate(ranked):
        for other_place, other_weight in ranked[number + 1 :]:
            both = weight * other_weight
            total += both
            if place < other_place:
                same += both
    return same / total if total else 1.0
