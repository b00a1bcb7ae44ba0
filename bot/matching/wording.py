"""How alike two wordings are: letter by letter, and in the order of their words."""

from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz, process

from bot.matching.postings import Floats, Integers


class Texts:
    """Many short texts kept as one string, which takes half the memory of a string each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._all = "".join(texts)
        ends = np.cumsum([len(text) for text in texts], dtype=np.int32)
        self._starts = np.concatenate((np.zeros(1, np.int32), ends))

    def __getitem__(self, number: int) -> str:
        """Return one text."""
        return self._all[self._starts[number] : self._starts[number + 1]]

    def take(self, numbers: Integers) -> list[str]:
        """Return some texts."""
        starts, stops = self._starts[numbers].tolist(), self._starts[numbers + 1].tolist()
        return [self._all[start:stop] for start, stop in zip(starts, stops, strict=True)]


def ordered(text: str) -> str:
    """Return the words of a text in alphabetical order."""
    return " ".join(sorted(text.split()))


def likenesses(text: str, others: Sequence[str], sorted_others: Sequence[str]) -> Floats:
    """Edit similarities, half as written and half with the words sorted; in [0, 1]."""
    written = process.cdist([text], others, scorer=fuzz.ratio, dtype=np.float64)[0]
    in_order = process.cdist([ordered(text)], sorted_others, scorer=fuzz.ratio, dtype=np.float64)[0]
    return np.asarray((written + in_order) / 200, dtype=np.float64)


def order(asked: Mapping[str, float], phrasing: Sequence[str]) -> float:
    """Share of the pairs of common words that stand in the same order; 1 if there is no pair.

    `asked` gives the message's words in their order, with their weights. A pair counts as much as
    its words weigh together: their product. A word said twice stands where it is said first.
    """
    places = dict(zip(reversed(phrasing), range(len(phrasing))[::-1], strict=True))
    common = [(places[word], weight) for word, weight in asked.items() if word in places]
    if common == sorted(common):
        return 1.0
    same = total = 0.0
    for number, (place, weight) in enumerate(common):
        for other_place, other_weight in common[number + 1 :]:
            both = weight * other_weight
            total += both
            if place < other_place:
                same += both
    return same / total if total else 1.0
