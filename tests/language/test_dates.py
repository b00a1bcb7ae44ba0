import datetime as dt

import pytest

from bot.language.dates import (
    Date,
    asks_about_now,
    conflicting,
    dates_stated,
    distance,
    find_dates,
    later_year,
)

FOUND = [
    ("on 2 August 2019", [Date(2019, 8, 2)]),
    ("feb 1", [Date(None, 2, 1)]),
    ("the 1st of february", [Date(None, 2, 1)]),
    ("July 2014?", [Date(2014, 7)]),
    ("dec of 2018", [Date(2018, 12)]),
    ("in 1999", [Date(1999)]),
    ("in september", [Date(None, 9)]),
    ("2019-08-02", [Date(2019, 8, 2)]),
    ("03.02.2019", [Date(2019, 2, 3)]),
    ("13/2/2019 or 2/14/2019", [Date(2019, 2, 13), Date(2019, 2, 14)]),
    ("1/2/2019", [Date(2019)]),
    ("on 14 and the 28th of May", [Date(None, 5, 14), Date(None, 5, 28)]),
    ("Monday 5 to Friday 9 May 2024", [Date(2024, 5, 5), Date(2024, 5, 9)]),
    ("1, 2 or 3 July", [Date(None, 7, 1), Date(None, 7, 2), Date(None, 7, 3)]),
    ("on May 5–6.", [Date(None, 5, 5), Date(None, 5, 6)]),
    ("On May 5, 12 people", [Date(None, 5, 5)]),
    ("February 1 to 2 August", [Date(None, 2, 1), Date(None, 8, 2)]),
    ("in 11/2018 or on 2019/07/06", [Date(2018, 11), Date(2019, 7, 6)]),
    ("may they march on?", []),
    ("may 2 people share it? at 12 may i mow?", []),
    ("9M729", []),
    ("will it cost 2000 pounds, or £2012?", []),
    ("how were 2016 people told in 2017", [Date(2017)]),
    ("in 2019 people feared it", [Date(2019)]),
    ("between 2002 and july 2014", [Date(2014, 7), Date(2002)]),
]


def test_a_date_that_only_limits_another_is_not_stated() -> None:
    """“Before 2019” asks about 2018 and all that was earlier."""
    text = "was it before 2 August 2019, after 2017 or in 2018?"
    assert dates_stated(text) == [Date(2018)]


@pytest.mark.parametrize(
    ("text", "is_about_now"),
    [
        ("is it still open", True),
        ("what is the latest", True),
        ("what is the latest date", False),
        ("now the other side", False),
    ],
)
def test_the_present_is_asked_about(text: str, *, is_about_now: bool) -> None:
    """The latest date of something is no news."""
    assert asks_about_now(text) == is_about_now


@pytest.mark.parametrize(("text", "dates"), FOUND)
def test_dates_are_found(text: str, dates: list[Date]) -> None:
    """Dates are read as far as they are given."""
    assert sorted(find_dates(text), key=str) == sorted(dates, key=str)


def test_what_is_left_open_does_not_conflict() -> None:
    """The year 2014 fits July 2014, "July 2018" does not."""
    known = [Date(2014, 7)]
    assert conflicting([Date(2014), Date(None, 7)], known) == []
    assert conflicting([Date(2018, 7)], known) == [Date(2018, 7)]


DISTANCES = [
    (dt.date(2019, 8, 2), dt.date(2026, 11, 23), "7 years and 3 months ago"),
    (dt.date(2019, 8, 2), dt.date(2019, 7, 5), "in 28 days"),
    (dt.date(2019, 8, 2), dt.date(2019, 8, 2), "today"),
    (dt.date(2019, 7, 5), dt.date(2019, 8, 5), "1 month ago"),
    (dt.date(2019, 7, 5), dt.date(2020, 7, 4), "11 months ago"),
    (dt.date(2019, 7, 5), dt.date(2020, 7, 5), "1 year ago"),
    (dt.date(2018, 12, 1), dt.date(2026, 11, 1), "7 years and 11 months ago"),
]


@pytest.mark.parametrize(("day", "today", "said"), DISTANCES)
def test_distances(day: dt.date, today: dt.date, said: str) -> None:
    """The distance is told in years and months, or else in days."""
    assert distance(day, today) == said


def test_a_year_that_the_article_tells_of_is_not_beyond_it() -> None:
    """The article knows nothing of later years, except for those it names itself."""
    published = dt.date(2021, 3, 3)
    assert later_year("is it open in 2028", published, {2021}) == 2028
    assert later_year("is it open in 2028", published, {2021, 2028}) is None
    assert later_year("was it open in 2019", published, {2021}) is None
