"""Compares what a chat was asked with what it was told. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """Of one chat or of many; `copies` are second answers to a question, `astray` any others."""

    asked: int = 0
    unanswered: int = 0
    copies: int = 0
    astray: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.asked + other.asked,
            self.unanswered + other.unanswered,
            self.copies + other.copies,
            self.astray + other.astray,
        )


def tally(expected: Sequence[str], told: Sequence[str], reach: int = 3) -> Tally:
    """Match answers with questions in order.

    Among any 2 * `reach` + 1 questions in a row no two may have the same answer: then an answer
    equal to one of the last `reach` is a copy, and one further ahead leaves questions out.
    """
    position = unanswered = copies = astray = 0
    for text in told:
        ahead = expected[position : position + 1 + reach]
        if text in ahead:
            unanswered += ahead.index(text)
            position += ahead.index(text) + 1
        elif text in expected[max(0, position - reach) : position]:
            copies += 1
        else:
            astray += 1
    return Tally(len(expected), unanswered + len(expected) - position, copies, astray)
