"""How alike two wordings are: letter by letter, and in the order of their words."""

from collections.abc import Sequence

from rapidfuzz import fuzz


def ordered(text: str) -> str:
    """Return the words of a text in alphabetical order."""
    return " ".join(sorted(text.split()))


def likeness(text: str, sorted_text: str, other: str, sorted_other: str) -> float:
    """Edit similarity, half as written and half with the words sorted; in [0, 1]."""
    return (fuzz.ratio(text, other) + fuzz.ratio(sorted_text, sorted_other)) / 200


def order(asked: Sequence[str], phrasing: Sequence[str], weights: dict[str, float]) -> float:
    """Share of the pairs of common words that stand in the same order; 1 if there is no pair.

    A pair counts as much as its words weigh together (product of `weights`).
    """
    places = {meaning: place for place, meaning in reversed(list(enumerate(phrasing)))}
    common = [meaning for meaning in dict.fromkeys(asked) if meaning in places]
    same = total = 0.0
    for number, first in enumerate(common):
        for second in common[number + 1 :]:
            weight = weights[first] * weights[second]
            total += weight
            same += weight * (places[first] < places[second])
    return same / total if total else 1.0
