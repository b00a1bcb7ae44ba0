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


@dataclass(frozen=True)
class Matched:
    """A tally, and of each copy the places of the answer before it and of itself among all."""

    tally: Tally
    copies: list[tuple[int, int]]


def match(expected: Sequence[str], told: Sequence[str], reach: int = 3) -> Matched:
    """Match answers with questions in order.

    Among any 2 * `reach` + 1 questions in a row no two may have the same answer: then an answer
    equal to one of the last `reach` is a copy, and one further ahead leaves questions out.
    """
    position = unanswered = astray = 0
    copies: list[tuple[int, int]] = []
    last: dict[str, int] = {}
    for place, text in enumerate(told):
        ahead = expected[position : position + 1 + reach]
        if text in ahead:
            unanswered += ahead.index(text)
            position += ahead.index(text) + 1
        elif text in expected[max(0, position - reach) : position]:
            copies.append((last[text], place))
        else:
            astray += 1
        last[text] = place
    unanswered += len(expected) - position
    return Matched(Tally(len(expected), unanswered, len(copies), astray), copies)
