"""Packed texts behave like a list of texts."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.text_list import TextList

lines = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))


@given(lines)
def test_every_text_comes_back(texts: list[str]) -> None:
    """A list of lines is unpacked as it was packed."""
    packed = TextList.of(texts)
    assert [*packed] == texts
    assert len(packed) == len(texts)
    assert packed[::2] == texts[::2]
    assert [packed[place] for place in range(-len(texts), len(texts))] == texts * 2
    with pytest.raises(IndexError):
        packed[len(texts)]
    assert pickle.loads(pickle.dumps(packed)) == packed


def test_line_breaks_become_spaces() -> None:
    """A text of two lines stays one text."""
    assert [*TextList.of(["who\nsaid so", "when?\r\n"])] == ["who said so", "when?"]
