"""The provenance lock: what an answer names must stand in the passages that it cites."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.language.dates import MONTHS

_NUMBER_WORDS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "dozen", "twenty", "thirty", "forty", "fifty", "hundred", "thousand", "million",
)  # fmt: skip
_MONTH = "|".join(MONTHS)
_DATE = re.compile(rf"\b(?:(\d{{1,2}})\s+({_MONTH})|({_MONTH})\s+(\d{{1,2}})(?!\d))\b")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+)[\"“(]*$")

Names = Mapping[str, Mapping[str, Sequence[str]]]


def unsupported(answer: str, support: Iterable[str], names: Names, ordinary: set[str]) -> list[str]:
    """The numbers, dates and proper names of `answer` that no text of `support` holds.

    `names` says which names mean the same ("US", "United States"); `ordinary` holds the
    lower-case words that are no names even where a sentence starts with them.
    """
    grounds = "\n".join(support)
    words = {word.casefold() for word in _words(grounds)}
    dates = set(_dates(grounds))
    missing = [f"{day} {month}" for day, month in _dates(answer) if (day, month) not in dates]
    for start, word in _words_at(answer):
        folded = word.casefold()
        if folded in words or _plain(folded) in words:
            continue
        if any(character.isdigit() for character in word) or folded in _NUMBER_WORDS:
            missing.append(word)
        elif word[0].isupper() and not _same_name(folded, grounds, names):
            first = _SENTENCE_START.search(answer[:start]) is not None
            if not (first and folded in ordinary):
                missing.append(word)
    return list(dict.fromkeys(missing))


def _dates(text: str) -> Iterator[tuple[int, str]]:
    for found in _DATE.finditer(text):
        yield int(found[1] or found[4]), found[2] or found[3]


def _words(text: str) -> Iterator[str]:
    for _, word in _words_at(text):
        yield word
        yield from re.split(r"[-'’]", word)


def _words_at(text: str) -> Iterator[tuple[int, str]]:
    for found in _WORD.finditer(text):
        yield found.start(), found.group()


def _plain(word: str) -> str:
    """Without a possessive or plural ending: "russia's" and "months" rest on their bare forms."""
    return re.sub(r"(?:['’]s|s['’]|s)$", "", word)


def _same_name(word: str, grounds: str, names: Names) -> bool:
    """Whether `grounds` holds any name for what `word` names."""
    for members in names.values():
        for variants in members.values():
            if any(_plain(word) in _plain(v.casefold()).split() for v in variants) and any(
                re.search(rf"\b{re.escape(v)}\b", grounds, re.IGNORECASE) for v in variants
            ):
                return True
    return False
