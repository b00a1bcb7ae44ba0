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
    ("xyzzy", "Not answered: no phrasing or answer has its words"),
    ("when does the mayor close the bridge in 1999", "because its date “1999” makes it"),
    ("was it right to close the bridge", "because it asks for an opinion (whether it is right"),
    (
        "how will it do that to me",
        "its words are so common that only a phrasing, word for word, has them",
    ),
    ("when does the bridge not close", "because it says “not” of something of which none"),
    ("why the ferry", "'trade' comes first, but 'closing-reason' is as close"),
    ("how safe will we be", "Not answered: it is a little like small talk"),
    ("when does the brigde close", "Answered with 'closing-date'. “brigde” is taken for “bridge”."),
    ("may pelicans hop across the bridge", "none of its phrasings has “pelicans”"),
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
