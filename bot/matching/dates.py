"""Days of the year, however written, become the same words.

"feb 1", "1st of February" and "01.02.2019" all turn into `february february1` (and
`2019`): the joint word keeps the 1 of February apart from the 1 of "one way".
"""

import re
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_LONG = [month for month in MONTHS if len(month) > 5]  # noqa: PLR2004 - "match" is not "march"
_NAMES = {month: month for month in MONTHS} | {month[:3]: month for month in MONTHS}
_NAMES["sept"] = "september"
_ALONE = {name: month for name, month in _NAMES.items() if name not in {"mar", "may"}}
_DIGIT = re.compile(r"\d")
_DAY = re.compile(r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?")
_DAY_WORDS = {"first": "1", "second": "2", "third": "3"}
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4})\b")
_SIMILAR = 0.8  # one slip in a long month's name
_MONTHS_A_YEAR = 12
_LONGEST = 3  # words of a day: "1 of february"


def _spelled(day: int, month: int, year: str, written: str) -> str:
    if 1 <= month <= _MONTHS_A_YEAR and day:
        return f" {day} {MONTHS[month - 1]} {year} "
    return written


def _from_dotted(found: re.Match[str]) -> str:
    first, second = int(found[1]), int(found[3])
    # 2/1/2019 is read as in the United States, 2.1.2019 and 2-1-2019 as in Europe.
    month_first = found[2] == "/" and first <= _MONTHS_A_YEAR
    day, month = (second, first) if month_first else (first, second)
    if month > _MONTHS_A_YEAR:
        day, month = month, day
    return _spelled(day, month, found[4], found[0])


def spell_numeric_dates(text: str) -> str:
    """Write 2019-02-01, 01.02.2019 and 2/1/2019 as day, month name and year."""
    if not _DIGIT.search(text):
        return text
    text = _ISO.sub(lambda m: _spelled(int(m[3]), int(m[2]), m[1], m[0]), text)
    return _DOTTED.sub(_from_dotted, text)


def _month(word: str) -> str | None:
    """Return the month that stands beside a day, one slip of the finger forgiven."""
    if word in _NAMES or len(word) < 5:  # noqa: PLR2004
        return _NAMES.get(word)
    best = process.extractOne(
        word, _LONG, scorer=OSA.normalized_similarity, score_cutoff=_SIMILAR, processor=None
    )
    return best[0] if best else None


def _day(word: str) -> str | None:
    found = _DAY.fullmatch(word)
    return found[1].lstrip("0") if found else None


def join_dates(words: Sequence[str]) -> list[str]:
    """Replace each day of a month by the month's full name and the joint word (february1)."""
    daylike = [word[0].isdigit() or word in _DAY_WORDS for word in words]
    if not any(daylike):
        return [_ALONE.get(word, word) for word in words]
    result: list[str] = []
    position = 0
    while position < len(words):
        month, day, used = "", "", 0
        if any(daylike[position : position + _LONGEST]):
            month, day, used = _date_at(words, position)
        if used:
            result += [month, month + day]
            position += used
        else:
            result.append(_ALONE.get(words[position], words[position]))
            position += 1
    return result


def _date_at(words: Sequence[str], position: int) -> tuple[str, str, int]:
    """Return month, day and the number of words used (0: no date starts here)."""
    here = words[position]
    rest = words[position + 1 : position + 3]
    if day := _day(here):
        for used, word in enumerate(rest, start=2):
            if (used == 2 or rest[0] == "of") and (month := _month(word)):  # noqa: PLR2004
                return month, day, used
        return "", "", 0
    if here in _DAY_WORDS:
        if len(rest) == 2 and rest[0] == "of" and (month := _month(rest[1])):  # noqa: PLR2004
            return month, _DAY_WORDS[here], 3
        return "", "", 0
    for used, word in enumerate(rest, start=2):
        if (used == 2 or rest[0] == "the") and (day := _day(word)) and (month := _month(here)):  # noqa: PLR2004
            return month, day, used
    return "", "", 0
