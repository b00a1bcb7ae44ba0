"""How long ago an event was, as precisely as its date allows."""

import datetime as dt

import pytest

from bot.knowledge import Citation, Event
from bot.timeline import time_since

TODAY = dt.date(2026, 11, 30)
EVENTS = [
    ("2014", "year", "12 years ago"),
    ("2025", "year", "1 year ago"),
    ("2026", "year", "this year"),  # it may be yet to come
    ("2027", "year", "in 1 year"),
    ("2026-10", "month", "1 month ago"),
    ("2026-11", "month", "this month"),
    ("2026-12", "month", "in 1 month"),
    ("2025-11", "month", "1 year ago"),
    ("2026-11-29", "day", "1 day ago"),
    ("2026-11-30", "day", "today"),
    ("2026-12-01", "day", "in 1 day"),
]


@pytest.mark.parametrize(("date", "precision", "expected"), EVENTS)
def test_a_coarse_date_is_past_only_if_all_of_it_is(
    date: str, precision: str, expected: str
) -> None:
    """The distance counts whole years or months if that is all that is known."""
    event = Event(date, precision, "It opens", Citation("It opens", "p1", 1, 0, 8), "opening")
    assert time_since(event, TODAY) == expected
