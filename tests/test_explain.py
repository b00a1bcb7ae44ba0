"""`ask --explain` begins with a sentence for editors."""

import pytest

from bot.answering import Answerer
from bot.knowledge import load_knowledge
from bot.terminal.explain import explain
from tests.paths import BRIDGE

CONCLUSIONS = [
    ("when does the bridge close", "Answered with 'closing-date'."),
    ("who is the building contractor", "Answered with the gap 'gap-builder'."),
    ("hello", "Answered as small talk."),
    ("zork", "Not answered, because no entry has its words"),
    ("when does the mayor close the bridge in 1999", "because the date “1999” makes this"),
    ("can pelicans cross the bridge", "none of its phrasings has “pelicans”"),
]


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The bot with the knowledge about a bridge."""
    return Answerer(load_knowledge(BRIDGE))


@pytest.mark.parametrize(("message", "conclusion"), CONCLUSIONS)
def test_the_first_sentence_says_why(answerer: Answerer, message: str, conclusion: str) -> None:
    """It names the entry, and what is missing or different if the message is not answered."""
    first = explain(answerer, message).partition("\n\n")[0].replace("\n", " ")
    assert conclusion in first
