import pytest

from bot.answering import Answerer
from bot.knowledge import load_knowledge


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The bot with the shipped knowledge."""
    return Answerer(load_knowledge())


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("wheeeen does the treatyyy ennnd", "inf-end-date"),
        ("whendoes thetreaty end", "inf-end-date"),
        ("&quot;when&quot; does the <b>treaty</b> end", "inf-end-date"),
        ("uh when um does the i n f treaty end", "inf-end-date"),
        ("wh\u0435n d\u043e\u0435s the tre\u0430ty end", "inf-end-date"),
        ("whihc misile is it all abuot", "missile-name"),
        ("Juyl 2014", "first-accusation"),
    ],
)
def test_a_hurried_question_is_found(answerer: Answerer, text: str, entry: str) -> None:
    """Stretched and glued words, markup, hesitation, other alphabets and slips change nothing."""
    assert answerer.answer(text).entry == entry


@pytest.mark.parametrize("text", ["wen does my pgone contract terminate", "hwo is teh wether"])
def test_misspelt_small_matters_stay_unanswered(answerer: Answerer, text: str) -> None:
    """A misspelt question about something else is no question about the article."""
    assert answerer.answer(text).status != "answered"
