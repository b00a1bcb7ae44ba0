"""What the bot says first if a message and the best entry differ in a deciding word."""

import pytest

from bot.answering import Answerer
from bot.knowledge import load_knowledge
from tests.paths import ROOT

LEADS = [
    ("who did Russia put the ultimatum to", "The article says this of the US, not of Russia:"),
    (
        "did Stoltenberg announce the start of the termination of the treaty on 1 February 2019",
        "The article says this of the US, not of Stoltenberg:",
    ),
    (
        "when does the Antarctic Treaty lose its force",
        "The article says this of the INF Treaty, not of the Antarctic Treaty:",
    ),
    (
        "does NATO deny that it violates the treaty",
        "The article says this of Moscow, not of NATO:",
    ),
    ("Should the US withdraw from the INF Treaty?", "The article gives no advice of its own."),
    ("did the us leave the abm treaty in 1987", "The article doesn't give that date for it."),
    ("true or false: the us left abm in 2012", "The article doesn't give that date for it."),
    ("is it true that the treaty ends in october?", "The article doesn't give that date for it."),
]


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The bot with the shipped knowledge."""
    return Answerer(load_knowledge())


@pytest.mark.parametrize(("message", "lead"), LEADS)
def test_a_denial_names_the_difference(answerer: Answerer, message: str, lead: str) -> None:
    """It tells whom the article means instead, if it does, and quotes the passage."""
    reply = answerer.answer(message)
    assert reply.status == "unanswered"
    assert reply.lead is not None
    assert reply.lead.startswith(lead)
    assert reply.sections[0].citations


@pytest.mark.parametrize("message", ["sent before 2019?", "sent after 2017?"])
def test_a_date_that_only_limits_another_is_not_denied(answerer: Answerer, message: str) -> None:
    """It is true that December 2018 was before 2019."""
    assert answerer.answer(f"was the ultimatum {message}").entry == "ultimatum-date"


def test_rules_hold_in_any_year() -> None:
    """A date without a year recurs; a date alone asks nothing."""
    rules = Answerer(load_knowledge(ROOT / "docs/examples/allotment"))
    replies = [
        rules.answer(f"Is the rent due on {day}?") for day in ("31 January 2026", "30 January")
    ]
    assert [reply.status for reply in replies] == ["answered", "unanswered"]
    assert rules.answer("in 2019?").sections == ()


OPPOSITE = [
    ("knowledge", "was the INF treaty out of danger?"),
    ("knowledge", "have they given up on arms control"),
    ("knowledge", "is there plenty of time"),
    ("tests/small/recall", "can my bed catch fire at night"),
    ("tests/small/recall", "should i unplug my solo too"),
    ("tests/small/workshop", "is it forbidden to run a machine alone?"),
    ("docs/examples/allotment", "can my wife take over my plot?"),
]


@pytest.mark.parametrize(("folder", "message"), OPPOSITE)
def test_a_yes_or_no_answers_only_the_question_it_belongs_to(folder: str, message: str) -> None:
    """Another phrasing of it may ask the opposite, or for a part of it."""
    sections = Answerer(load_knowledge(ROOT / folder)).answer(message).sections
    assert sections
    assert not sections[0].text.startswith(("Yes", "No,", "No."))


@pytest.mark.parametrize(
    "message", ["could the treaty be rescued", "do america and moscow accuse each other"]
)
def test_other_words_for_the_same_get_the_yes_or_no(answerer: Answerer, message: str) -> None:
    """Synonyms and other names ask no more than the question itself."""
    assert answerer.answer(message).sections[0].text.startswith("Yes, ")


@pytest.mark.parametrize(
    "message",
    [
        "Is the treaty in danger in 1995?",
        "Should the INF Treaty be saved?",
    ],
)
def test_a_denial_is_not_followed_by_a_yes_or_no(answerer: Answerer, message: str) -> None:
    """What follows answers another question than the one asked."""
    reply = answerer.answer(message)
    assert reply.lead is not None
    assert not reply.sections[0].text.startswith(("Yes", "No"))


@pytest.mark.parametrize(
    "message",
    [
        "so nothing can be done to save the treaty?",
        "is the treaty in danger or not?",
        "why did russia send the ultimatum?",
    ],
)
def test_what_has_no_plain_yes_or_no_gets_none(answerer: Answerer, message: str) -> None:
    """To a negative question, a choice or a “why”, a yes or a no could mean anything."""
    assert not answerer.answer(message).sections[0].text.startswith(("Yes", "No"))


@pytest.mark.parametrize(
    "message",
    [
        "what would happen if russia destroyed the missile",
        "if russia had destroyed its missiles would the treaty survive",
    ],
)
def test_a_hypothesis_gets_offers(answerer: Answerer, message: str) -> None:
    """The article may have a rule for that very case, so nothing is denied."""
    reply = answerer.answer(message)
    assert reply.status != "answered"
    assert reply.lead is None
