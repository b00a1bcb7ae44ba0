"""What the bot says to messages that ask nothing about the article."""

import pytest

from bot.answering import Answerer
from bot.language.english import english
from bot.loading.cache import load_answerer
from tests.paths import BRIDGE

SHIPPED = load_answerer()
SMALL = load_answerer(BRIDGE)
GENERAL = [text for item in english().smalltalk for text in item.phrasings]


@pytest.mark.parametrize("answerer", [SHIPPED, SMALL], ids=["shipped", "small"])
def test_general_small_talk_is_never_about_the_article(answerer: Answerer) -> None:
    """In any folder, word for word, it gets a reply that names no passage."""
    replies = {text: answerer.answer(text) for text in GENERAL}
    assert [text for text, reply in replies.items() if reply.status != "smalltalk"] == []
    assert not any(reply.citations for reply in replies.values())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hey, what's this bot about?", "one TASS article"),
        ("who created this bot?", "one TASS article"),
        ("do you keep my data??", "/privacy"),
        ("unsubscribe me please", "/forget"),
        ("do u speak german", "English only"),
        ("how do I add you to my group chat", "mentions me"),
        ("are you chat gpt", "a program"),
    ],
)
def test_questions_about_the_bot_are_answered(text: str, words: str) -> None:
    """People ask what it is, what it stores, and how to be rid of it, each in their own words."""
    reply = SHIPPED.answer(text)
    assert reply.status == "smalltalk"
    assert words in reply.answer
