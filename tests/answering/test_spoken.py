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


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("my homework is late. what did stoltenberg accuse moscow of", "blame-reason"),
        (
            "nothing about rockets then. when did the US leave the ABM treaty?",
            "abm-withdrawal-year",
        ),
        ("my gym contract is a pain. when does it end?", None),
    ],
)
def test_a_sentence_in_front_spoils_no_question_in_full(
    answerer: Answerer, text: str, entry: str | None
) -> None:
    """A question with a name in it stands alone, unless it refers back to the other sentence."""
    assert answerer.answer(text).entry == entry


@pytest.mark.parametrize("text", ["wen does my pgone contract terminate", "hwo is teh wether"])
def test_misspelt_small_matters_stay_unanswered(answerer: Answerer, text: str) -> None:
    """A misspelt question about something else is no question about the article."""
    assert answerer.answer(text).status != "answered"
