"""What a message that leans on the answer before it is taken for."""

import pytest

from bot.answering import Answerer, Conversation
from bot.loading.cache import load_answerer


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The bot with the shipped knowledge."""
    return load_answerer()


def asked_on(answerer: Answerer, *texts: str) -> tuple[str, str | None]:
    """Status and entry of the reply to the last of some messages."""
    conversation = Conversation()
    for text in texts[:-1]:
        conversation = conversation.after(answerer.answer(text, conversation))
    reply = answerer.answer(texts[-1], conversation)
    return reply.status, reply.entry


END = "when does the INF treaty end?"
CUES = [
    ("why?", "termination-period"),
    ("and why, exactly?", "termination-period"),
    ("lol why", "termination-period"),
    ("what then", "prepare-world-without"),
    ("source pls", "inf-end-date"),
    ("suorce", "inf-end-date"),
    ("who said so?", "inf-end-date"),
    ("when is it over", "inf-end-date"),
    ("how long does it take?", "termination-period"),
]


@pytest.mark.parametrize(("text", "entry"), CUES)
def test_a_cue_is_read_in_the_light_of_the_answer(
    answerer: Answerer, text: str, entry: str | None
) -> None:
    """Cues lead on, in other words and with a slip too; what is none stands by itself."""
    assert asked_on(answerer, END, text)[1] == entry


@pytest.mark.parametrize(
    "text", ["👍", "?", "lol nonsense", "hmm banana", "that is sad", "x" * 4096, "asdf it"]
)
def test_talk_repeats_no_answer(answerer: Answerer, text: str) -> None:
    """Words that ask nothing do not get the answer before once more."""
    status, entry = asked_on(answerer, END, text)
    assert status != "answered"
    assert entry is None


@pytest.mark.parametrize("text", ["how old is he?", "what's its range?", "and New START?"])
def test_what_the_article_lacks_stays_lacking(answerer: Answerer, text: str) -> None:
    """A pronoun does not make an answer of what the article does not say."""
    assert asked_on(answerer, "who is Jens Stoltenberg?", text)[0] == "unanswered"


def test_the_name_asked_about_may_be_another(answerer: Answerer) -> None:
    """Such as “and ABM?”: the question before, about ABM."""
    assert asked_on(answerer, "what does INF stand for?", "and ABM?") == ("answered", "abm-meaning")
