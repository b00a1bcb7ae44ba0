"""Look-ups by hash agree with plain dicts and sets."""

from hypothesis import given
from hypothesis import strategies as st

from bot.matching.text_table import MISSING, Memberships, TextTable

words = st.text("abc", max_size=3)


@given(st.dictionaries(words, st.integers(0, 99)), st.lists(words))
def test_a_table_finds_what_was_put_into_it(numbers: dict[str, int], wanted: list[str]) -> None:
    """Each text has its number; others have none."""
    found = TextTable.of(numbers).find(wanted).tolist()
    assert found == [numbers.get(text, MISSING) for text in wanted]


@given(st.lists(st.sets(words)), st.lists(words))
def test_groups_are_found_by_their_texts(groups: list[set[str]], wanted: list[str]) -> None:
    """For each text, the numbers of the groups that have it."""
    found = Memberships.of(groups).of_each(wanted)
    assert found == [{n for n, group in enumerate(groups) if text in group} for text in wanted]
