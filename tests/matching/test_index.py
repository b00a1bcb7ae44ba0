"""The arrays behind the matcher against plain Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.index import Postings
from bot.matching.rank import PackedTexts, same_order

cells = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 6)), st.floats(-1, 1, width=32), max_size=20
)


@given(cells, st.dictionaries(st.integers(0, 6), st.floats(0, 1)))
def test_postings_multiply_like_a_matrix(
    matrix: dict[tuple[int, int], float], query: dict[int, float]
) -> None:
    """Entries times terms, most of it empty: the product with a query is that of each entry."""
    keys = sorted(matrix)
    postings = Postings(
        np.array([entry * 7 + term for entry, term in keys], np.int64),
        np.array([matrix[key] for key in keys]),
        5,
        7,
    )
    found = postings.products(np.array([*query], np.int64), np.array([*query.values()]))
    assert found == pytest.approx(
        [sum(matrix.get((entry, term), 0) * v for term, v in query.items()) for entry in range(5)],
        abs=1e-6,
    )
    assert len(postings) == len(matrix)


@given(st.lists(st.text(max_size=9), min_size=1))
def test_texts_are_given_back_as_they_were(texts: list[str]) -> None:
    """One by one and many at once, the empty ones too."""
    kept = PackedTexts(texts)
    assert [kept[number] for number in range(len(texts))] == texts
    assert kept.take(np.arange(len(texts))[::-1]) == texts[::-1]


ORDERS = [
    ("a b c", "a b c", 1.0),
    ("a b c", "c b a", 0.0),
    ("a x b", "a y b", 1.0),
    ("a", "a", 1.0),
    ("", "a b", 1.0),
    ("a b", "b a b", 0.0),
]


@pytest.mark.parametrize(("asked", "phrasing", "expected"), ORDERS)
def test_order_is_the_share_of_pairs_that_stand_alike(
    asked: str, phrasing: str, expected: float
) -> None:
    """Words that only one side has change nothing; a word said twice stands where it is first."""
    assert same_order(dict.fromkeys(asked.split(), 2.0), phrasing.split()) == expected


def test_a_heavy_pair_counts_more() -> None:
    """A pair counts as much as its words weigh together."""
    assert same_order({"a": 3.0, "b": 2.0, "c": 1.0}, ["b", "a", "c"]) == pytest.approx(5 / 11)
