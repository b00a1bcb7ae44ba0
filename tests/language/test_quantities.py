from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.quantities import find_quantities

READ = [
    ("€2.4 million", [(2_400_000, "EUR")]),
    ("EUR 2.4m and 2,400,000 euros", [(2_400_000, "EUR"), (2_400_000, "EUR")]),
    ("two hundred and fifty thousand six hundred days", [(250_600, "day")]),
    ("a dozen", [(12, "")]),
    ("nine and a half weeks, 2½ hours", [(Fraction(19, 2), "week"), (Fraction(5, 2), "hour")]),
    ("the twenty-first, the 3rd", [(21, "ordinal"), (3, "ordinal")]),
    ("the 1980s", [(1980, "decade")]),
    ("12 per cent or 12 percentage points", [(12, "%"), (12, "percentage point")]),
    ("−5 °C", [(-5, "°C")]),
    ("171 kilometres per hour", [(171, "km/h")]),
    ("9 in the evening, 7.30 am", [(21, "o'clock"), (Fraction(15, 2), "o'clock")]),
    ("one way, first of all, a second, for the first time", []),
    ("between 5 and 7 weeks", [(5, ""), (7, "week")]),
    ("9M729, G7, F-16, COVID-19", []),
    ("twenty twenty, two and three", [(20, ""), (20, ""), (2, ""), (3, "")]),
]


@pytest.mark.parametrize(("text", "quantities"), READ)
def test_quantities_are_read(text: str, quantities: list[tuple[Fraction, str]]) -> None:
    """Values and units are read in any form; codes and idle words are none."""
    assert [q.readings[0] for q in find_quantities(text)] == quantities


_PIECES = (
    "two hundred and a million half 3 7.30 1,000 - € m pm s th % third twice – to 9 dozen 1:5 ½"
)
WORDS = st.sampled_from(_PIECES.split())


@given(st.lists(WORDS).map(" ".join) | st.lists(WORDS).map("".join) | st.text())
def test_any_text_can_be_read(text: str) -> None:
    """Reading never fails, and quantities stand in the text, one after the other."""
    places = [place for q in find_quantities(text) for place in (q.start, q.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
