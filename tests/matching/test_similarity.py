from hypothesis import given
from hypothesis import strategies as st

from bot.matching import Similarities
from tests.matching.examples import ABBREVIATIONS, SYNONYMS

TEXTS = ["when does the treaty end", "wen do the treaties expire", "name of the rocket", "", "🙂"]


def test_texts_that_mean_the_same_are_the_most_similar() -> None:
    """Word forms, synonyms and abbreviations do not matter; the text itself comes first."""
    similarities = Similarities(TEXTS, synonyms=SYNONYMS, abbreviations=ABBREVIATIONS)
    assert similarities.most_similar(0, 0.5) == [0, 1]
    assert similarities.most_similar(2, 0.5) == [2]
    assert similarities.most_similar(3, 0.5) == [3, 4]  # no words at all


@given(st.lists(st.text(max_size=30), max_size=6), st.floats(0.01, 1))
def test_similarity_goes_both_ways(texts: list[str], at_least: float) -> None:
    """If one text is similar to another, the other is as similar to the one."""
    similarities = Similarities(texts)
    for number in range(len(texts)):
        for other in similarities.most_similar(number, at_least):
            assert number in similarities.most_similar(other, at_least)
