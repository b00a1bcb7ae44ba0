"""Numbers, sums, units and times of day in a text, however they are written.

"€2.4 million", "2,400,000 euros" and "EUR 2.4m" are the same quantity; "2.4 million pounds" is
another. Dates are left to `bot.language.dates`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from bot.language.english import english
from bot.language.normalise import FUNCTION_WORDS

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {word: number for number, word in enumerate(_SMALL.split())}
_NUMBERS |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
_NUMBERS["twice"] = 2
_ORDINALS = {f"{word.replace('ty', 'tie')}th": number for word, number in _NUMBERS.items()}
_ORDINALS |= {"first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9}
_ORDINALS["twelfth"] = 12
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALES |= {"trillion": 10**12, "k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_FRACTIONS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}
_FRACTIONS |= {"half": Fraction(1, 2), "halve": Fraction(1, 2), "third": Fraction(1, 3)}
_FRACTIONS |= {"quarter": Fraction(1, 4), "fifth": Fraction(1, 5), "tenth": Fraction(1, 10)}
_WORDS: Mapping[str, Fraction | int] = {"a": 1, "an": 1, **_FRACTIONS, **_NUMBERS, **_ORDINALS}
_ORDINAL, _DECADE = "ordinal", "decade"
NOT_COUNTED = frozenset({_ORDINAL, _DECADE})  # units of what only looks like a number of things
_SUFFIXES = {**dict.fromkeys(("st", "nd", "rd", "th"), _ORDINAL), "s": _DECADE}
_IDLE = re.compile(r"(?:first|second)\b.*|one", re.IGNORECASE)  # said of much that nobody counts

Reading = tuple[Fraction, str]  # a value and its unit, "" without one


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in text[start:end]."""

    start: int
    end: int
    readings: tuple[Reading, ...]  # what it may be, the likeliest first
    is_open: bool  # no noun follows, so the unit may be that of another number


def find_quantities(text: str) -> list[Quantity]:
    """The quantities in a text, in order; but not a mere "one", nor "first" or "second"."""
    return [
        Quantity(*found.span(), _readings(found), _is_open(text, found.end()))
        for found in _pattern().finditer(text)
        if not _IDLE.fullmatch(found[0])
    ]


def _is_open(text: str, end: int) -> bool:
    following = re.match(r"\W?([^\W\d_]*)", text[end:])
    return not following or following[1].lower() in {"", *FUNCTION_WORDS}


def _readings(found: re.Match[str]) -> tuple[Reading, ...]:
    """What a match of the pattern may stand for."""
    parts = {name: (part or "").strip(" -").lower() for name, part in found.groupdict().items()}
    number = parts["digits"] or parts["words"]
    value = _value(number.replace(":", "."))
    for scale in re.findall(r"\w+", parts["scale"]):
        value *= _SCALES[scale]
    if parts["more"]:
        value += _FRACTIONS[parts["more"].removeprefix("and a ")]
    if parts["share"]:
        value *= _FRACTIONS[parts["share"].removesuffix("s")]
    unit = _units().get(parts["currency"] or parts["unit"], _SUFFIXES.get(parts["suffix"], ""))
    if re.split(r"\W", number)[-1] in _ORDINALS:
        unit = _ORDINAL
    elif number == "twice":
        unit = "time"
    if ":" not in number and unit not in {"am", "pm", "o'clock"}:
        value = -value if found["minus"] else value
        return ((value, unit), (value * _SCALES.get(parts["shared"], 1), unit))
    hours, _, minutes = number.replace(":", ".").partition(".")
    time = _value(hours) + Fraction(int(minutes or 0), 60)
    times = {"am": [time % 12], "pm": [time % 12 + 12]}.get(unit, [time, time % 12 + 12])
    return (*((one, "o'clock") for one in times), (value, ""))


def _value(number: str) -> Fraction:
    """A number in digits or words, such as 1,200.5 or "two hundred and fifty-one"."""
    if number[0].isdecimal():
        return Fraction(re.sub(r"[^\d.]", "", number))
    total = part = Fraction()
    for word in re.findall(r"[\w½¼¾]+", number):
        if word == "hundred":
            part *= 100
        elif word in _SCALES:
            total, part = total + part * _SCALES[word], Fraction()
        else:
            part += _WORDS.get(word, 0)  # 0 for "and"
    return total + part


@cache
def _units() -> dict[str, str]:
    """The units by the words that name them, in lower case."""
    return {
        form.lower(): unit for unit, forms in english().units.items() for form in (unit, *forms)
    }


def _any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


@cache
def _pattern() -> re.Pattern[str]:
    """A quantity: its sign or currency, its number, and its unit."""
    currencies = [form for form, unit in _units().items() if re.fullmatch("[A-Z]{3}", unit)]
    scale = rf"(?:{_any_of(_SCALES.keys() - {'m'})}|(?(currency)m|(?!)))\b"  # "$5m"
    digits = r"\d{1,3}(?:[, \u00a0\u202f\u2009]\d{3})+(?!\d)(?:\.\d+)?|\d+:\d\d|\d+(?:\.\d+)?"
    ones = _any_of(word for word, value in (_NUMBERS | _ORDINALS).items() if value in range(1, 10))
    tens = rf"(?:{_any_of(_TENS)}[ -]{ones}|{_any_of(_NUMBERS | _ORDINALS)})\b"
    hundreds = rf"{tens}(?: hundred\b(?:(?: and)? {tens})?)?"
    words = rf"(?:an? {scale}|{hundreds})(?:[ -]{scale}(?:(?: and)? {hundreds})?)*"
    between = "[ -](?:more|full|further|additional|extra|whole|long|other)"
    unit = rf"(?(currency)(?!)|(?:{between})?[\s-]?(?P<unit>{_any_of(_units())})(?:(?<=\w{{3}})s)?)"
    parts = (
        r"(?<![^\W_])(?<![^\W\d_][-/.])",  # no code, such as G7 or F-16
        rf"(?P<minus>(?<!\w)[-−]|minus )?(?:(?P<currency>{_any_of(currencies)}) ?)?",
        rf"(?:(?P<digits>{digits})(?P<scale>(?:[ -]?{scale})*)|(?P<words>{words}|half|[½¼¾]))",
        r"(?P<more>[½¼¾]| and a half)?(?P<share>[ -](?:halves|thirds|quarters?|fifths|tenths))?",
        rf"(?:(?P<suffix>st|nd|rd|th|s)|{unit})?(?!\w)",
        # "5–7 million": the first number has the scale of the second.
        rf"(?:(?=\s?(?:-|–|—|to|and|or)\s?\d{{1,3}}(?:\.\d+)? ?(?P<shared>{scale}))|)",
    )
    return re.compile("".join(parts), re.IGNORECASE)
