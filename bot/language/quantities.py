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
    f"{word}th": number
    for word, number in _WORDS.items()
    if word not in {"zero", "one", "two", "three", "five", "eight", "nine", "twelve", *_TENS}
}
_ORDINALS |= {f"{word[:-1]}ieth": _WORDS[word] for word in _TENS}
_ORDINALS |= {
    "first": 1,
    "second": 2,
    "third": 3,
    "fifth": 5,
    "eighth": 8,
    "ninth": 9,
    "twelfth": 12,
}
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
    found = list(_scan(list(_TOKEN.finditer(text))))
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


def _scan(tokens: Sequence[re.Match[str]]) -> Iterator[Quantity]:
    words = [token[0].lower() for token in tokens]
    at = 0
    while at < len(tokens):
        quantity, end = _quantity(tokens, words, at)
        if quantity:
            yield quantity
        at = max(end, at + 1)


def _quantity(
    tokens: Sequence[re.Match[str]], words: Sequence[str], first: int
) -> tuple[Quantity | None, int]:
    """The quantity that begins with a token, if one does, and the token after it."""
    at, sign = first, 1
    if words[at] in {"-", "−", "minus"} and not _glued(tokens, at):
        at, sign = at + 1, -1
    length = _unit_at(words, at, before=True)
    currency = _units()[_key(words, at, length)] if length else ""
    at += length
    value, scale, end = _number(words, at)
    if value is None:
        return None, first
    if _in_code(tokens, at, end):
        return None, _after_code(tokens, at)
    if currency and words[end : end + 1] == ["m"]:  # "$5m"
        value, scale, end = value * 10**6, 10**6, end + 1
    unit, end = (currency, end) if currency else _unit_after(tokens, words, at, end)
    if end == at + 1 and words[at] in _ALONE_NO_NUMBER:
        return None, end
    others: tuple[Reading, ...] = ()
    if unit in _HALVES or unit == _CLOCK or ":" in words[at]:
        unit, value, others = _clock(words[at], value, unit)
    following = words[end] if end < len(words) else ""
    is_open = not following.isalpha() or following in FUNCTION_WORDS
    start, stop = tokens[first].start(), tokens[end - 1].end()
    return Quantity(start, stop, sign * value, unit, scale, is_open, others), end


def _unit_after(
    tokens: Sequence[re.Match[str]], words: Sequence[str], at: int, end: int
) -> tuple[str, int]:
    """The unit of the number in words[at:end], and the place after it."""
    following = words[end] if end < len(words) else ""
    if _glued(tokens, end) and words[at].isdecimal():
        if following in {"st", "nd", "rd", "th"}:
            return _ORDINAL, end + 1
        if following == "s":
            return _DECADE, end + 1
    if words[end - 1] in _ORDINALS:
        return _ORDINAL, end
    if words[at] == "twice":
        return _TIMES, end
    gap = end + (following in {"-", *_BETWEEN})
    length = _unit_at(words, gap)
    return (_units()[_key(words, gap, length)], gap + length) if length else ("", end)


def _number(words: Sequence[str], at: int) -> tuple[Fraction | None, int, int]:
    """The number at a place, the scale it is written with, and the place after it."""
    value, end = _plain_number(words, at) if at < len(words) else (None, at)
    if value is None:
        return None, 1, at
    scale = 1
    while end < len(words) and words[end] in _SCALES:
        scale *= _SCALES[words[end]]
        end += 1
    value *= scale
    part = words[end].removesuffix("s") if end < len(words) else ""
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
    """A number in digits, or in words below a thousand: "two hundred and fifty-one"."""
    word = words[at]
    if word in _SINGLE:
        return _SINGLE[word], at + 1
    if word[0].isdecimal():
        digits = re.sub(r"[^\d.:]", "", word)
        if ":" in digits:
            hours, minutes = digits.split(":")
            return Fraction(int(hours)) + Fraction(int(minutes), 60), at + 1
        return Fraction(digits), at + 1
    if word in {"a", "an"} and words[at + 1 : at + 2] and words[at + 1] in _SCALES:
        return Fraction(1), at + 1
    total, end, used = 0, at, False
    while end < len(words):
        word = words[end]
        joined = end + 1 < len(words) and (words[end + 1] in _WORDS or words[end + 1] in _ORDINALS)
        if word in _WORDS and (not used or _fits(words[end - 1], word)):
            total += _WORDS[word]
        elif word in _ORDINALS and (not used or _fits(words[end - 1], word)):
            return Fraction(total + _ORDINALS[word]), end + 1
        elif word == "hundred" and used:
            total *= 100
        elif not (used and joined and _joins(words[end - 1], word, words[end + 1])):
            break
        used, end = True, end + 1
    return (Fraction(total), end) if used else (None, at)


def _fits(before: str, word: str) -> bool:
    """Whether a number word may follow another, with a hyphen or "and" perhaps: "twenty-one"."""
    small = _WORDS.get(word, _ORDINALS.get(word, 0))
    return before in {"hundred", "and", "-"} or (before in _TENS and 0 < small < 10)  # noqa: PLR2004


def _joins(before: str, word: str, after: str) -> bool:
    """Whether "-" or "and" joins two number words: "twenty-one", "two hundred and six"."""
    small = _WORDS.get(after, _ORDINALS.get(after, 0))
    if word == "-":
        return before in _TENS and 0 < small < 10  # noqa: PLR2004
    return word == "and" and before == "hundred"


def _clock(written: str, value: Fraction, unit: str) -> tuple[str, Fraction, tuple[Reading, ...]]:
    """A time of day in hours: "7.30 pm" is 19½, and "7:30" may be that, too."""
    if "." in written:  # 7.30 is half past seven
        hours, minutes = written.split(".")
        value = Fraction(int(hours)) + Fraction(int(minutes), 60)
    if unit in _HALVES:
        return _CLOCK, value % _NOON + _HALVES[unit], ((value, ""),)
    return _CLOCK, value, ((value % _NOON + _NOON, _CLOCK), (value, ""))


def _glued(tokens: Sequence[re.Match[str]], at: int) -> bool:
    return 0 < at < len(tokens) and tokens[at - 1].end() == tokens[at].start()


def _in_code(tokens: Sequence[re.Match[str]], at: int, end: int) -> bool:
    """Whether letters touch the number from the left, or strange ones from the right: "G7"."""
    if not tokens[at][0][0].isdecimal():
        return False
    before = at
    while _glued(tokens, before) and tokens[before - 1][0] in {"-", "/", "."}:
        before -= 1
    if _glued(tokens, before) and tokens[before - 1][0].isalnum():
        return not tokens[before - 1][0][0].isdecimal()
    if not (_glued(tokens, end) and tokens[end][0].isalpha()):
        return False
    suffix = tokens[end][0].lower()
    known = suffix in {"st", "nd", "rd", "th", "s", "m"} or (suffix,) in _units()
    return not known or (_glued(tokens, end + 1) and tokens[end + 1][0].isalnum())


def _after_code(tokens: Sequence[re.Match[str]], at: int) -> int:
    at += 1
    while _glued(tokens, at) and tokens[at][0].isalnum():
        at += 1
    return at


def _unit_at(words: Sequence[str], at: int, *, before: bool = False) -> int:
    """How many words name a unit at a place; `before` a number, only a currency may stand."""
    for length in range(_longest_unit(), 0, -1):
        unit = _units().get(_key(words, at, length)) if at + length <= len(words) else None
        if unit and (not before or (unit.isupper() and len("".join(words[at : at + length])) < 4)):  # noqa: PLR2004
            return length
    return 0


def _key(words: Sequence[str], at: int, length: int) -> tuple[str, ...]:
    return tuple(map(_singular, words[at : at + length]))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and word != "plus" else word  # noqa: PLR2004


@cache
def _units() -> Mapping[tuple[str, ...], str]:
    """Units by the words that name them; those of currencies are upper case."""
    return {
        tuple(_singular(token.lower()) for token in _TOKEN.findall(form)): unit
        for unit, forms in english().units.items()
        for form in (unit, *forms)
    }


@cache
def _longest_unit() -> int:
    return max(map(len, _units()))
