"""Dates in questions and answers: found, compared, and told as a distance."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.knowledge.provenance import MONTHS

_SHORT = {name[:3].lower(): n for n, name in enumerate(MONTHS, 1)}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_FORMS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?\b",
        rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}\b(?:,?\s+(?P<year>\d{{4}}))?",
        rf"\b{_MONTH}(?:\s+of)?\s+(?P<year>\d{{4}})\b",
        r"\b(?P<year>\d{4})-(?P<number>\d\d)(?:-(?P<day>\d\d))?\b",
        r"\b(?P<year>(?:19|20)\d\d)\b",
    )
]
# "may" and "march" are words before they are months; alone they count only in full forms.
_ALONE = re.compile(
    r"\b(?P<month>january|february|april|june|july|august|september|october|november|december"
    r"|jan|feb|apr|jul|aug|sept?|oct|nov|dec)\b",
    re.IGNORECASE,
)
# Without any of these there is no date, and no need to look for its forms one by one.
_PERHAPS = re.compile(r"\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec", re.IGNORECASE)
_ABSOLUTE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as it is given; None where it is left open."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def agrees(self, other: Date) -> bool:
        """Whether no part that both give differs, and at least one is the same."""
        pairs = [
            (a, b)
            for a, b in (
                (self.year, other.year),
                (self.month, other.month),
                (self.day, other.day),
            )
            if a is not None and b is not None
        ]
        return bool(pairs) and all(a == b for a, b in pairs)

    def tells(self, other: Date) -> bool:
        """Whether it agrees with another date and is no vaguer: "2002" does not tell of July."""
        vaguer = (other.month and not self.month) or (other.day and not self.day)
        return self.agrees(other) and not vaguer


def find_dates(text: str) -> list[Date]:
    """The dates in a text, each once, in no particular order."""
    if not _PERHAPS.search(text):
        return []
    found: list[Date] = []
    rest = text
    for form in (*_FORMS, _ALONE):
        for match in form.finditer(rest):
            parts = match.groupdict()
            month = _SHORT.get((parts.get("month") or "")[:3].lower()) or _int(parts.get("number"))
            found.append(Date(_int(parts.get("year")), month, _int(parts.get("day"))))
        rest = form.sub(" ; ", rest)
    return list(dict.fromkeys(found))


def iso(text: str) -> Date:
    """Read "2014", "2014-07" or "2019-02-01"."""
    parts = [int(part) for part in text.split("-")]
    return Date(*parts[:3])


def conflicting(asked: Iterable[Date], stated: Iterable[Date]) -> list[Date]:
    """The asked dates that none of the stated ones tells of."""
    known = list(stated)
    return [date for date in asked if not any(other.tells(date) for other in known)]


def with_distances(text: str, today: dt.date) -> str:
    """Add to each absolute date how far it lies from today: "2 August 2019 (7 years ago)"."""

    def add(match: re.Match[str]) -> str:
        try:
            day = dt.date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]))
        except ValueError:
            return match[0]
        return f"{match[0]} ({distance(day, today)})"

    return _ABSOLUTE.sub(add, text, count=1)


def distance(day: dt.date, today: dt.date) -> str:
    """How far a day lies from today, in the largest whole unit."""
    days = abs((today - day).days)
    if days == 0:
        return "today"
    earlier, later = sorted((day, today))
    years = later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    months -= later.day < earlier.day
    count, unit = (years, "year") if years else (months, "month") if months else (days, "day")
    phrase = f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{phrase} ago" if day < today else f"in {phrase}"


def _int(text: str | None) -> int | None:
    return int(text) if text else None
