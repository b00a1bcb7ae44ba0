"""Numbers, sums, units and times of day in a text, however they are written.

"€2.4 million", "2,400,000 euros" and "EUR 2.4m" are the same quantity; "2.4 million pounds" is
another. Dates are left to `bot.language.dates`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from bot.language.english import english
from bot.language.normalise import FUNCTION_WORDS
from bot.language.reader import PhraseMatch, PhraseTable

_TOKEN = re.compile(
    r"\d{1,3}(?:[, \u00a0\u202f\u2009]\d{3})+(?!\d)(?:\.\d+)?|\d+[.:]\d\d?(?!\d)|\d+(?:\.\d+)?"
    r"|[^\W\d_]+|[^\w\s]"
)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: number for number, word in enumerate(_SMALL.split())} | {
    word: 10 * number for number, word in enumerate(_TENS, 2)
}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALES |= {"trillion": 10**12, "k": 10**3, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fifth": 5,
    "eighth": 8,
    "ninth": 9,
    "twelfth": 12,
}
_ORDINALS |= {f"{word}th": _WORDS[word] for word in ("four", "six", "seven", "ten", "eleven")}
_ORDINALS |= {f"{word}th": value for word, value in _WORDS.items() if word.endswith("teen")}
_ORDINALS |= {f"{word[:-1]}ieth": _WORDS[word] for word in _TENS}
_SUFFIXES = frozenset({"st", "nd", "rd", "th"})
_FRACTIONS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_SIGNS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}
_SINGLE = _SIGNS | {"half": Fraction(1, 2), "twice": Fraction(2)}
_ORDINAL, _DECADE, _CLOCK, _TIMES = "ordinal", "decade", "o'clock", "time"
NOT_COUNTED = frozenset({_ORDINAL, _DECADE})  # units of what only looks like a number of things
_HALVES = {"am": 0, "pm": 12}  # of the day
_NOON = 12
_ALONE_NO_NUMBER = frozenset({"first", "second", "one"})  # said of much that nobody counts
# May stand between a number and its unit.
_BETWEEN = frozenset({"more", "full", "further", "additional", "extra", "whole", "long", "other"})
_RANGE = re.compile(r"\s*(?:-|–|—|to|and|or|by)\s*")
_YEAR = 1000  # from here on, a number may be a year, and takes over no unit or scale

Reading = tuple[Fraction, str]  # a value and its unit, "" without one


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in text[start:end]."""

    start: int
    end: int
    value: Fraction
    unit: str
    scale: int  # of "million" and the like; 1 without
    is_open: bool  # no noun follows, so the unit may be that of a number before
    others: tuple[Reading, ...] = ()  # what it may be instead

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What it may be, the likeliest first."""
        return ((self.value, self.unit), *self.others)


def find_quantities(text: str) -> list[Quantity]:
    """The quantities in a text, in order; "one", "first" and "second" count only in company."""
    found = list(_Scanner.of(text).quantities())
    for at in range(len(found) - 2, -1, -1):
        first, second = found[at], found[at + 1]
        if not _RANGE.fullmatch(text[first.end : second.start]):
            continue
        # "5–7 million euros", "€5–7": one takes over the unit and perhaps the scale of the other.
        small = first.scale == 1 and first.value < _YEAR
        unit = first.unit or (second.unit if small else "")
        scaled = [(first.value * second.scale, unit)] if small and second.scale > 1 else []
        found[at] = replace(first, unit=unit, others=(*first.others, *scaled))
        if first.unit and not second.unit and second.is_open:
            found[at + 1] = replace(second, unit=first.unit)
    return found


@dataclass(frozen=True, slots=True)
class _Scanner:
    """Reads the quantities of a text from its tokens."""

    tokens: Sequence[re.Match[str]]
    words: Sequence[str]  # the tokens in lower case, and an empty one behind the last
    units: Mapping[int, PhraseMatch[str]]  # by the place of their first word

    @classmethod
    def of(cls, text: str) -> "_Scanner":
        tokens = list(_TOKEN.finditer(text))
        words = [token[0].lower() for token in tokens]
        units = {unit.start: unit for unit in _units().find([*map(_singular, words)])}
        return cls(tokens, [*words, ""], units)

    def quantities(self) -> Iterator[Quantity]:
        at = 0
        while at < len(self.tokens):
            quantity, end = self._quantity(at)
            if quantity:
                yield quantity
            at = max(end, at + 1)

    def _quantity(self, first: int) -> tuple[Quantity | None, int]:
        """The quantity that begins with a token, if one does, and the place after it."""
        at, sign, unit = first, 1, ""
        if self.words[at] in {"-", "−", "minus"} and not self._glued(at):
            at, sign = at + 1, -1
        before = self.units.get(at)
        if before and before.meaning.isupper():  # "€5", "EUR 5"
            at, unit = at + before.length, before.meaning
        value, scale, end = _number(self.words, at)
        if value is None:
            return None, first
        if self._in_code(at, end):
            return None, self._after_code(at)
        if unit and self.words[end] == "m":  # "$5m"
            value, scale, end = value * 10**6, 10**6, end + 1
        elif not unit:
            unit, end = self._unit_after(at, end)
        if end == at + 1 and self.words[at] in _ALONE_NO_NUMBER:
            return None, end
        others: tuple[Reading, ...] = ()
        if unit in _HALVES or unit == _CLOCK or ":" in self.words[at]:
            unit, value, others = _clock(self.words[at], value, unit)
        following = self.words[end]
        is_open = not following.isalpha() or following in FUNCTION_WORDS
        start, stop = self.tokens[first].start(), self.tokens[end - 1].end()
        return Quantity(start, stop, sign * value, unit, scale, is_open, others), end

    def _unit_after(self, at: int, end: int) -> tuple[str, int]:
        """The unit of the number in words[at:end], and the place after it."""
        following = self.words[end]
        if self._glued(end) and self.words[at].isdecimal():
            if following in _SUFFIXES:
                return _ORDINAL, end + 1
            if following == "s":
                return _DECADE, end + 1
        if self.words[end - 1] in _ORDINALS:
            return _ORDINAL, end
        if self.words[at] == "twice":
            return _TIMES, end
        unit = self.units.get(end + (following in {"-", *_BETWEEN}))
        return (unit.meaning, unit.start + unit.length) if unit else ("", end)

    def _glued(self, at: int) -> bool:
        """Whether no space stands before a token."""
        tokens = self.tokens[at - 1 : at + 1] if at else ()
        return len(tokens) > 1 and tokens[0].end() == tokens[1].start()

    def _in_code(self, at: int, end: int) -> bool:
        """Whether letters touch the number from the left, or strange ones from the right: "G7"."""
        if not self.words[at][0].isdecimal():
            return False
        before = at
        while self._glued(before) and self.words[before - 1] in {"-", "/", "."}:
            before -= 1
        if self._glued(before) and self.words[before - 1].isalnum():
            return not self.words[before - 1].isdecimal()
        if not (self._glued(end) and self.words[end].isalpha()):
            return False
        is_known = end in self.units or self.words[end] in {*_SUFFIXES, "s", "m"}
        return not is_known or (self._glued(end + 1) and self.words[end + 1].isalnum())

    def _after_code(self, at: int) -> int:
        at += 1
        while self._glued(at) and self.words[at].isalnum():
            at += 1
        return at


def _number(words: Sequence[str], at: int) -> tuple[Fraction | None, int, int]:
    """The number at a place, the scale it is written with, and the place after it."""
    value, end = _plain_number(words, at)
    if value is None:
        return None, 1, at
    scale = 1
    while words[end] in _SCALES:
        scale *= _SCALES[words[end]]
        end += 1
    value *= scale
    part = words[end].removesuffix("s")
    if words[end : end + 3] == ["and", "a", "half"]:
        value, end = value + _SINGLE["half"], end + 3
    elif part in _SIGNS and value < _YEAR:
        value, end = value + _SIGNS[part], end + 1
    elif part in _FRACTIONS and value < _YEAR and (value > 1 or part == "quarter"):
        value, end = value / _FRACTIONS[part], end + 1
    elif scale > 1 and not words[at][0].isdecimal():  # "two thousand and six"
        rest, _, after = _number(words, end + (part == "and"))
        if rest is not None and 1 <= rest < scale and words[after - 1] not in _FRACTIONS:
            value, end = value + rest, after
    return value, scale, end


def _plain_number(words: Sequence[str], at: int) -> tuple[Fraction | None, int]:
    """A number in digits or words, without "million" and the like, and the place after it."""
    word = words[at]
    if word in _SINGLE:
        return _SINGLE[word], at + 1
    if word[:1].isdecimal():
        return _in_digits(word, ":"), at + 1
    if word in {"a", "an"} and words[at + 1] in _SCALES:
        return Fraction(1), at + 1
    return _in_words(words, at)


def _in_digits(word: str, before_minutes: str) -> Fraction:
    """A number such as 1,200.5, or a time of day in hours if it contains `before_minutes`."""
    whole, mark, minutes = re.sub(r"[^\d.:]", "", word).partition(before_minutes)
    return Fraction(whole) + (Fraction(int(minutes), 60) if mark else 0)


def _in_words(words: Sequence[str], at: int) -> tuple[Fraction | None, int]:
    """A number below a thousand in words, such as "two hundred and fifty-one"."""
    total, end = 0, at
    room = _YEAR  # what follows is smaller: "twenty" has room for 1 to 9, "two" for nothing
    while True:
        joined = (room, words[end]) in {(10, "-"), (100, "and")}
        word = words[end + joined]
        value = _WORDS.get(word, _ORDINALS.get(word, -1))
        if word == "hundred" and 0 < total < 100 and room < 100:  # noqa: PLR2004
            total, room = total * 100, 100
        elif 0 <= value < room and (value or end == at):
            total, room = total + value, 10 if word in _TENS else 0
        else:
            return (Fraction(total) if end > at else None), end
        end += joined + 1
        if word in _ORDINALS:
            return Fraction(total), end


def _clock(written: str, value: Fraction, unit: str) -> tuple[str, Fraction, tuple[Reading, ...]]:
    """A time of day in hours: "7.30 pm" is 19½, and "7:30" may be that, too."""
    value = _in_digits(written, ".") if "." in written else value
    if unit in _HALVES:
        return _CLOCK, value % _NOON + _HALVES[unit], ((value, ""),)
    return _CLOCK, value, ((value % _NOON + _NOON, _CLOCK), (value, ""))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word  # noqa: PLR2004


@cache
def _units() -> PhraseTable[str]:
    """The units, found by the words that name them; those of currencies are upper case."""
    return PhraseTable.of(
        (tuple(_singular(token.lower()) for token in _TOKEN.findall(form)), unit)
        for unit, forms in english().units.items()
        for form in (unit, *forms)
    )
