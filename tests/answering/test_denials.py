"""What the bot says first if a message and the best entry differ in a deciding word."""

import pytest

from bot.answering import Answerer
from bot.knowledge import load_knowledge

LEADS = [
    ("who did Russia put the ultimatum to", "It was the US, not Russia:"),
    (
        "did NATO announce the termination of the treaty on february 1",
        "The article says that about the US, not about NATO:",
    ),
    (
        "when does the SALT treaty lose its force",
        "The article says that about the INF Treaty, not about the SALT treaty:",
    ),
    ("Should the US withdraw from the INF Treaty?", "The article gives no advice of its own."),
    ("did the us leave the abm treaty in 1987", "The article doesn't say that about that date."),
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
