import pytest

from bot.language.normalise import MAX_CHARACTERS, normalise, tokenize
from bot.language.spelling import stem

FIRST_OF_FEBRUARY = ["february", "february1"]


@pytest.mark.parametrize(
    "text",
    ["feb 1", "Feb. 1", "1 february", "1st of February", "february 1st", "the 1 feb"[4:],
     "February the 1st", "febuary 1", "first of february", "1 FEB"],
)  # fmt: skip
def test_a_day_is_the_same_however_written(text: str) -> None:
    """Every way of writing 1 February gives the same two words."""
    assert tokenize(text) == FIRST_OF_FEBRUARY


@pytest.mark.parametrize("text", ["01.02.2019", "2019-02-01", "1-2-2019", "2/1/2019", "1 feb 2019"])
def test_a_numeric_date_is_that_day(text: str) -> None:
    """Numeric dates name the month, and the year stays a word of its own."""
    assert tokenize(text) == [*FIRST_OF_FEBRUARY, "2019"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Russia’s missiles", ["russia", "missiles"]),
        ("what's it", ["what", "is", "it"]),
        ("I don't / dont", ["i", "do", "not", "do", "not"]),
        ("can't won't", ["can", "not", "will", "not"]),
        ("NATO-Russia", ["nato", "russia"]),
        ("six months", ["6", "months"]),
        ("the 1st time", ["the", "first", "time"]),
        ("14 and 28 may", ["may", "may14", "and", "may", "may28"]),
        ("5 to 9 may, 4 pm", ["may", "may5", "to", "may", "may9", "4", "pm"]),
        ("9М729", ["9m729"]),
        ("tre\u0430ty d\u043e\u0435s", ["treaty", "does"]),
        ("Ｆｕｌｌ ﬁne", ["full", "fine"]),
        ("tre\u200baty\u202e", ["treaty"]),
        ("naïve Ünïcode", ["naive", "unicode"]),
        ("july 2014?", ["july", "2014"]),
        (
            "he is 9, may he come on 9 may",
            ["he", "is", "9", "may", "he", "come", "on", "may", "may9"],
        ),
        ("2 match 31 marches", ["2", "match", "31", "marches"]),
        ("30.13.2019 x", ["30", "13", "2019", "x"]),
        ("snake_case", ["snake", "case"]),
        ("🙂 ... ?!", []),
        ("", []),
    ],
)
def test_words_of_a_message(text: str, words: list[str]) -> None:
    """Case, accents, marks, contractions, possessives and numbers are told as plain words."""
    assert tokenize(text) == words


def test_length_is_bounded_though_one_character_may_unfold_into_many() -> None:
    """A ligature that stands for eighteen letters does not make the text longer than allowed."""
    assert len(normalise("\ufdfa" * MAX_CHARACTERS)) <= MAX_CHARACTERS


@pytest.mark.parametrize(
    ("one", "other"), [("violating", "violates"), ("accusation", "accusations"), ("ends", "ending")]
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    """Inflected forms meet in their stem."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize("code", ["9m729", "2014", "february1"])
def test_a_code_is_its_own_stem(code: str) -> None:
    """Numbers and codes are never shortened."""
    assert stem(code) == code
