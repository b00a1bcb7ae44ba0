import pytest

from bot.language.reader import Reader
from bot.language.spelling import Vocabulary

COMMON = {"the": 2000, "was": 2000, "what": 500, "with": 300, "when": 500, "treaty": 500}
RARE = ("tree", "warn", "iran", "seen", "missile", "soon", "only", "blame")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """A few common words and a few that occur once."""
    return Vocabulary.learn(
        [*(word for word, count in COMMON.items() for _ in range(count)), *RARE]
    )


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("teh", "the"),
        ("wth", "with"),
        ("waht", "what"),
        ("wheeeen", "when"),
        ("misile", "missile"),
        ("blaaame", "blame"),
        ("sooon", "soon"),
    ],
)
def test_a_slip_in_a_common_word_is_beyond_doubt(
    vocabulary: Vocabulary, word: str, meant: str
) -> None:
    """Swapped, lost and repeated letters are put right, also in words of three."""
    assert vocabulary.correct(word).spelt == meant


@pytest.mark.parametrize("word", ["bicycle", "xyz", "qq", "9m728", "w" * 40, "\u0436\u0443\u043a"])
def test_a_word_like_no_other_is_left_alone(vocabulary: Vocabulary, word: str) -> None:
    """Strange words, codes and other scripts are never taken for a known word."""
    assert vocabulary.correct(word) == (word, None, 0.0)


@pytest.mark.parametrize(("word", "likeliest"), [("iarn", "iran"), ("treey", "treati")])
def test_common_words_and_first_letters_weigh(
    vocabulary: Vocabulary, word: str, likeliest: str
) -> None:
    """The first letter is more often right than wrong, and a common word more often meant."""
    assert vocabulary.correct(word).stem == likeliest


@pytest.mark.parametrize(
    ("word", "read"),
    [("meating", "meet"), ("comming", "come"), ("tanks", "tank"), ("drowned", "drown")],
)
def test_a_form_of_a_rare_word_may_be_a_common_word_misspelt(word: str, read: str) -> None:
    """A wrong or doubled letter is a misspelling; another letter makes another word."""
    common = ["meeting", "coming", "come", "downed", "thanks"]
    reader, _ = Reader.learn([*common * 500, "meat", "comm", "tank", "drown"], [], {})
    assert [token.stem for token in reader.read(word).tokens] == [read]


def test_misspelt_words_are_reported_with_what_is_meant() -> None:
    """Slips, glued words and misspelt abbreviations are listed, each once; names are left alone."""
    reader, _ = Reader.learn(["when does the treaty end"] * 3000, [], {"gimme": "give me"})
    reading = reader.read("gimmme: whn doesthe treaty ennnd, whn bicycle")
    assert reading.slips == {
        "gimmme": "gimme",
        "whn": "when",
        "doesthe": "does the",
        "ennnd": "end",
    }
    assert reading.text == "gimme when does the treaty end when bicycle"
