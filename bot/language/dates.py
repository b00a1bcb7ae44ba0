"""Dates in English: found in a text, compared, spelled out, and made comparable as words.

`find_dates` finds the dates that a text mentions. `spell_numeric_dates` and `join_dates` are for
the matcher: "feb 1", "1st of February" and "01.02.2019" all become the words `february february1`
(and `2019`), so that the 1 in "1 February" does not match the "one" in "one way".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.language.spelling import closest

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_WORDS = [month.lower() for month in MONTHS]
_LONG = [month for month in _WORDS if len(month) > 5]  # noqa: PLR2004 - "match" is not "march"
# Every way to write a month, with its full name.
_NAMES = {month: month for month in _WORDS} | {month[:3]: month for month in _WORDS}
_NAMES["sept"] = "september"
# "may" and "march" are also ordinary words: they count as months only as part of a date.
MONTH_WORDS = {name: month for name, month in _NAMES.items() if name not in {"mar", "may"}}
_MAX_JOINED = 8  # words of a date, or of a few days that share a month
_JOINERS = frozenset({"and", "or", "to", "till", "until"})  # of two days of one month
_NUMBERS = {month[:3]: number for number, month in enumerate(_WORDS, 1)}
_PREFIX = "|".join(_NUMBERS)

_DIGIT = re.compile(r"\d")
_DAY_OF_MONTH = re.compile(r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?")
_SUBJECTS = frozenset({"i", "you", "he", "she", "it", "we", "they"})  # "he is 9, may he come?"
_ORDINALS = {"first": "1", "second": "2", "third": "3"}
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4})\b")

_MONTH = rf"(?P<month>(?:{_PREFIX})[a-z]*)\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_NUMBER, _YEAR = r"(?P<number>0?[1-9]|1[0-2])", r"(?P<year>\d{4})\b"
_SURE_DAY = r"(?P<day>1[3-9]|2\d|3[01])"  # no month: of 1/2/2019, only the year is certain
# In front of these, a number is no year ("2000 pounds"), unless a preposition says that it is one:
# "in 2019 people feared it".
_COUNTED = (
    "people|troops|homes|years|pounds?|euros?|dollars?|miles?|met(?:re|er)s?|kilomet(?:re|er)s?"
    "|km|kg|tons?|tonnes?|lit(?:re|er)s?|hours?|words?"
)
_AT = "|".join(
    rf"(?<=\b{word} )" for word in ("in", "by", "of", "from", "since", "until", "before")
)
_MAY_I = rf"may\s+(?:{'|'.join(sorted(_SUBJECTS))})\b"  # "at 12 may I mow?"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_DAY}(?:\s+of)?\s+(?!{_MAY_I}){_MONTH}(?:,?\s+(?P<year>\d{{4}}))?\b",
        rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}\b(?!\s+(?:{_COUNTED})\b)(?:,?\s+(?P<year>\d{{4}}))?",
        rf"\b{_MONTH}(?:\s+of)?\s+(?P<year>\d{{4}})\b",
        r"\b(?P<year>\d{4})-(?P<number>\d\d)(?:-(?P<day>\d\d))?\b",
        r"\b(?P<year>\d{4})/(?P<number>\d\d)/(?P<day>\d\d)\b",
        rf"\b(?P<day>[0-3]?\d)(?P<mark>[.-]){_NUMBER}(?P=mark){_YEAR}",
        rf"\b{_SURE_DAY}/{_NUMBER}/{_YEAR}",
        rf"\b{_NUMBER}/{_SURE_DAY}/{_YEAR}",
        rf"(?<![\d/]){_NUMBER}/{_YEAR}",
        rf"(?:{_AT})(?P<year>(?:19|20)\d\d)\b",
        rf"(?<![€$£])(?<![€$£] )\b(?P<year>(?:19|20)\d\d)\b(?!\s*(?:{_COUNTED})\b)",
        rf"\b(?P<month>{'|'.join(set(MONTH_WORDS) - {'march', 'jun'})})\b",
        r"\b(?:in|by|from|of|since|until|before|after|early|late|last) (?P<month>may|march)\b",
    )
]
_DATE_WORD = re.compile(rf"(?:{'|'.join(_WORDS)})\d*|(?:19|20)\d\d")
# Days before and after a date that share its month: "14 and 28 May", "May 5 to 9".
_JOINED = rf"\s*(?:[-–&]|\b(?:{'|'.join(sorted(_JOINERS))})\b)\s*"
_WEEKDAY = r"(?:the\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
_DAY_BEFORE = re.compile(rf"(?<![\d.,:])\b{_DAY}(?:{_JOINED}|,\s*){_WEEKDAY}$", re.IGNORECASE)
_MONTH_BEFORE = re.compile(rf"\b{_MONTH}\s+(?:the\s+)?$", re.IGNORECASE)
_DAY_AFTER = re.compile(
    rf"{_JOINED}{_WEEKDAY}{_DAY}(?=\W*$|[.,;:)](?!\d)|\s+(?:at|from|in|of|the)\b)", re.IGNORECASE
)
_NEAR = 60  # characters before a date that may belong to it
# Without any of these there is no date, and no need to try the forms one by one.
_PERHAPS = re.compile(rf"\d|{_PREFIX}", re.IGNORECASE)
_NOW = re.compile(
    # At the beginning, "now" only goes on: "now the other side, please".
    r"(?<!\w)(?:(?<!^)now|^now(?=\W*$)|nowadays|still|currently|today|tonight|lately"
    r"|latest(?! (?:date|day|time|possible)\b)"
    r"|recent(?:ly)?|rn"
    r"|these days|at the moment|at present|up to date|so far"
    r"|any news|any updates?|this (?:year|month)"
    r"|as of|to this day|anymore|any more)\b",
    re.IGNORECASE,
)


def _in_words(day: int, month: int, year: str, written: str) -> str:
    if 1 <= month <= len(MONTHS) and day:
        return f" {day} {_WORDS[month - 1]} {year} "
    return written


def _from_dotted(found: re.Match[str]) -> str:
    first, second = int(found[1]), int(found[3])
    # 2/1/2019 is read as in the United States, 2.1.2019 and 2-1-2019 as in Europe.
    month_first = found[2] == "/" and first <= len(MONTHS)
    day, month = (second, first) if month_first else (first, second)
    if month > len(MONTHS):
        day, month = month, day
    return _in_words(day, month, found[4], found[0])


def spell_numeric_dates(text: str) -> str:
    """Write 2019-02-01, 01.02.2019 and 2/1/2019 as day, month name and year."""
    if not _DIGIT.search(text):
        return text
    text = _ISO.sub(lambda m: _in_words(int(m[3]), int(m[2]), m[1], m[0]), text)
    return _DOTTED.sub(_from_dotted, text)


def _month(word: str) -> str | None:
    """Return the full name of a month written next to a day, allowing for one typo."""
    if word in _NAMES or len(word) < 5:  # noqa: PLR2004
        return _NAMES.get(word)
    return closest(word, _LONG)


def _day(word: str) -> str | None:
    found = _DAY_OF_MONTH.fullmatch(word)
    return found[1].lstrip("0") if found else None


def join_dates(words: Sequence[str]) -> list[str]:
    """Replace each day of a month with the month's full name and a joined word (february1)."""
    if not any(word[0].isdigit() or word in _ORDINALS for word in words):
        return [MONTH_WORDS.get(word, word) for word in words]
    result: list[str] = []
    position = 0
    while position < len(words):
        joined, used = _date_at(words[position : position + _MAX_JOINED])
        result += joined
        position += used
    return result


def is_date_word(word: str) -> bool:
    """Whether a word is a month, a day ("february1") or a year, as `join_dates` leaves them."""
    return bool(_DATE_WORD.fullmatch(word))


def _shared_month(words: Sequence[str]) -> str | None:
    """The month of the first day in "14 and 28 may"."""
    days = 1
    for word in words[1:]:
        if days > 1 and (name := _month(word)):
            return name
        if _day(word):
            days += 1
        elif word not in _JOINERS:
            break
    return None


def _date_at(words: Sequence[str]) -> tuple[list[str], int]:
    """What stands for the date, or else the word, that comes first, and how long that is."""
    first, second, third = [*words, "", ""][:3]
    number = _day(first)
    if number and (name := _shared_month(words)):
        return [name, name + number], 1
    for day, month, used, fits in (
        (number, second, 2, second != "may" or third not in _SUBJECTS),
        (number or _ORDINALS.get(first), third, 3, second == "of"),
        (_day(second), first, 2, True),
        (_day(third), first, 3, second == "the"),
    ):
        if fits and day and (name := _month(month)):
            return [name, name + day], used
    return [MONTH_WORDS.get(first, first)], 1


@dataclass(frozen=True, slots=True)
class Date:
    """A full or partial date; None for each part that is not given."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        """Write the parts that are given: 2002, July 2014, 1 February 2019."""
        month = MONTHS[self.month - 1] if self.month else None
        return " ".join(str(part) for part in (self.day, month, self.year) if part)

    def agrees(self, other: Date) -> bool:
        """Whether at least one part is given in both dates, and all such parts are equal."""
        parts = (
            (self.year, other.year),
            (self.month, other.month),
            (self.day, other.day),
        )
        pairs = [(a, b) for a, b in parts if a is not None and b is not None]
        return bool(pairs) and all(a == b for a, b in pairs)

    def tells(self, other: Date) -> bool:
        """Whether it agrees with `other` and is no vaguer ("2002" is vaguer than July 2002)."""
        vaguer = (other.month and not self.month) or (other.day and not self.day)
        return self.agrees(other) and not vaguer


_LIMITING = re.compile(
    r"\b(?:before|after|prior to|(?:earlier|later) than)\s+(?:the\s+)?$",
    re.IGNORECASE,
)


def find_dates(text: str) -> list[Date]:
    """The dates in a text, each once, in no particular order."""
    return list(dict.fromkeys(date for date, _, _ in date_spans(text)))


def dates_stated(text: str) -> list[Date]:
    """Like `find_dates`, but without those that only limit another: "was it before 2019?"."""
    spans = date_spans(text)
    return list(dict.fromkeys(date for date, at, _ in spans if not _LIMITING.search(text[:at])))


def date_spans(text: str) -> Iterator[tuple[Date, int, int]]:
    """The dates in a text, in no particular order, each with the place where it stands."""
    if not _PERHAPS.search(text):
        return
    rest = text
    for form in _FORMS:
        for match in form.finditer(rest):
            parts = match.groupdict()
            name = (parts.get("month") or "").lower()
            if name and not _month(name):
                continue  # "12 markets"
            month = _NUMBERS.get(name[:3]) or _int(parts.get("number"))
            date = Date(_int(parts.get("year")), month, _int(parts.get("day")))
            start, end = match.span()
            yield date, start, end
            if date.month and date.day and name:
                while before := _DAY_BEFORE.search(rest, max(0, start - _NEAR), start):
                    if _MONTH_BEFORE.search(rest, max(0, before.start() - _NEAR), before.start()):
                        break  # "February 1 to 2 August"
                    start = before.start()
                    yield replace(date, day=int(before["day"])), *before.span("day")
                while after := _DAY_AFTER.match(rest, end):
                    end = after.end()
                    yield replace(date, day=int(after["day"])), *after.span("day")
            rest = f"{rest[:start]}{';' * (end - start)}{rest[end:]}"


def parse_iso(text: str) -> Date:
    """Read "2014", "2014-07" or "2019-02-01"."""
    parts = [int(part) for part in text.split("-")]
    return Date(*parts[:3])


def conflicting(asked: Iterable[Date], stated: Iterable[Date]) -> list[Date]:
    """The dates asked about that no stated date confirms."""
    known = list(stated)
    return [date for date in asked if not any(other.tells(date) for other in known)]


def distance(day: dt.date, today: dt.date) -> str:
    """How far a day is from today, in whole years and months, or else in days."""
    days = abs((today - day).days)
    if days == 0:
        return "today"
    earlier, later = sorted((day, today))
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    years, months = divmod(months - (later.day < earlier.day), 12)
    parts = {"year": years, "month": months, "day": 0 if years or months else days}
    phrase = " and ".join(f"{n} {unit}{'s' if n > 1 else ''}" for unit, n in parts.items() if n)
    return f"{phrase} ago" if day < today else f"in {phrase}"


def asks_about_now(text: str) -> bool:
    """Whether a message asks about the present ("now", "still", "latest")."""
    return bool(_NOW.search(text))


def later_year(text: str, published: dt.date, told: Collection[int | None]) -> int | None:
    """A year in `text` that is later than the article and not one it tells of."""
    years = (date.year for date in find_dates(text) if date.year and date.year not in told)
    return next((year for year in years if year > published.year), None)


def format_day(day: dt.date) -> str:
    """Write a day as the replies do: 5 July 2019."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _int(text: str | None) -> int | None:
    return int(text) if text else None
