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
        ("my gym membership is a pain. when does it end?", None),
        ("my uncle says the russians already scrapped those rockets", "will-russia-destroy"),
        ("she also says that the treaty ends in august", "inf-end-date"),
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


SEVERAL = [
    (
        "who pulled out, and who's to blame, and what does Moscow reply?",
        ["who-is-withdrawing", "who-is-blamed", "russia-denies"],
    ),
    (
        "what was demanded in the ultimatum, and how did Moscow reply?",
        ["ultimatum-demand", "russia-response"],
    ),
    (
        "What happened back in 2002? And what in 2014?",
        ["abm-withdrawal-year", "first-accusation"],
    ),
    (
        "when and why did the US leave the ABM treaty?",
        ["abm-withdrawal-year", "gap-abm-why-left"],
    ),
    ("when does the INF treaty end? And why?", ["inf-end-date", "us-announcement"]),
    ("who is stoltenberg?when does the treaty end?", ["stoltenberg-who", "inf-end-date"]),
    ("- who is stoltenberg\n- when does the treaty end", ["stoltenberg-who", "inf-end-date"]),
    (
        "when does the treaty end and must russia destroy the missiles?",
        ["inf-end-date", "will-russia-destroy"],
    ),
    (
        "who sent the ultimatum, when, and what happened after it?",
        ["who-sent-ultimatum", "ultimatum-date", "russia-response"],
    ),
]


@pytest.mark.parametrize(("text", "entries"), SEVERAL)
def test_up_to_three_questions_get_an_answer_each(
    answerer: Answerer, text: str, entries: list[str]
) -> None:
    """Each is understood by itself, whoever acts in the others."""
    assert [section.entry for section in answerer.answer(text).sections] == entries


def test_whoever_claims_it_is_no_second_question(answerer: Answerer) -> None:
    """“Who claims that?” asks on, and the answer says it."""
    reply = answerer.answer("what led to the new cruise missiles? And who claims that?")
    assert ([section.entry for section in reply.sections], reply.lead) == (
        ["cruise-missile-cause"],
        None,
    )


def test_a_question_that_is_left_out_is_named(answerer: Answerer) -> None:
    """Nobody should think that the answer is one to all that was asked."""
    reply = answerer.answer("when does the treaty end, and who drafted the wording of the memo?")
    assert reply.status == "answered"
    assert reply.lead is not None
    assert "“who drafted the wording of the memo?”" in reply.lead
    four = "Who is Stoltenberg? When does the treaty end? Where did they meet? Who is blamed?"
    assert "“Who is Stoltenberg?”" in (answerer.answer(four).lead or "")


def test_a_statement_asked_about_is_the_question(answerer: Answerer) -> None:
    """“Is he right?” is not about who is right in the article."""
    text = "they say that trump ended it all. is that true?"
    assert answerer.answer(text).sections[0].entry == "gap-trump"
