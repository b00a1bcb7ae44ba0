"""The article is of one day: questions about now, or about a later year, are told so."""

from __future__ import annotations

import datetime as dt
import re

from bot.answering.dates import find_dates
from bot.knowledge.provenance import MONTHS

_NOW = re.compile(
    r"\b(?:now|nowadays|still|currently|today|tonight|latest|lately|recent(?:ly)?|rn"
    r"|these days|at the moment|at present|up to date|so far"
    r"|any news|any updates?|this (?:year|month)"
    r"|as of|to this day|anymore|any more)\b",
    re.IGNORECASE,
)


def asks_about_now(text: str) -> bool:
    """Whether a message asks about the present, whenever that is."""
    return bool(_NOW.search(text))


def later_year(text: str, published: dt.date) -> int | None:
    """The first year after the article's own that a message names."""
    return next((d.year for d in find_dates(text) if d.year and d.year > published.year), None)


def caution(published: dt.date) -> str:
    """What such a message is told before the answer."""
    return (
        f"The article is of {spelled(published)} and cannot say what came later."
        " The state of that day:"
    )


def spelled(day: dt.date) -> str:
    """Write a day as the replies do: 5 July 2019."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
