"""Slips of the finger, as on a phone: one in each message, repeatable."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from bot.evaluation.questions import Question

_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_NEIGHBOURS = {
    letter: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, letter in enumerate(row)
}


def with_typo(question: Question, source: random.Random) -> Question:
    """The question with one letter dropped, doubled, swapped or hit beside its key."""
    return replace(question, text=one_typo(question.text, source))


def one_typo(text: str, source: random.Random) -> str:
    """One slip inside a word of four letters or more; the text as it is if there is none."""
    words = list(_LONG_WORD.finditer(text))
    if not words:
        return text
    word = source.choice(words)
    at = source.randrange(word.start() + 1, word.end() - 1)
    letter = text[at]
    slip = source.choice(("drop", "double", "swap", "beside"))
    match slip:
        case "drop":
            return text[:at] + text[at + 1 :]
        case "double":
            return text[:at] + letter + text[at:]
        case "swap":
            return text[:at] + text[at + 1] + letter + text[at + 2 :]
        case _:
            beside = _NEIGHBOURS.get(letter.lower()) or letter
            return text[:at] + source.choice(beside) + text[at + 1 :]
