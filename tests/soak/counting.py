"""Compares the answers a chat received with those it should have received."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """What differs; each copy is a pair of positions among the answers: its original, itself."""

    unanswered: int
    astray: int  # neither an answer due nor a copy of a recent one
    copies: list[tuple[int, int]]


def compare(expected: Sequence[str], sent: Sequence[str], window: int = 3) -> Comparison:
    """Match the answers sent with those expected, in order.

    No two of any 2 * `window` + 1 consecutive expected answers may be the same. So an answer equal
    to one of the last `window` is a copy, and one equal to a later one skips those in between.
    """
    position = unanswered = astray = 0
    copies: list[tuple[int, int]] = []
    last: dict[str, int] = {}
    for number, text in enumerate(sent):
        ahead = expected[position : position + 1 + window]
        if text in ahead:
            unanswered += ahead.index(text)
            position += ahead.index(text) + 1
        elif text in expected[max(0, position - window) : position]:
            copies.append((last[text], number))
        else:
            astray += 1
        last[text] = number
    return Comparison(unanswered + len(expected) - position, astray, copies)
