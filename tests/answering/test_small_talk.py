"""What the bot says to messages that ask nothing about the article."""

from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.evaluation.questions import ask, read_questions
from bot.loading.cache import load_answerer
from tests.paths import BRIDGE, EXAMPLES, QUESTIONS

SHIPPED = load_answerer()
SMALL = load_answerer(BRIDGE)


@pytest.mark.parametrize("answerer", [SHIPPED, SMALL], ids=["shipped", "small"])
def test_general_small_talk_is_never_about_the_article(answerer: Answerer) -> None:
    """In any folder, word for word, it gets a reply that names no passage."""
    general = [text for i in answerer.knowledge.vocabulary.smalltalk for text in i.general]
    replies = {text: answerer.answer(text) for text in general}
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


@pytest.mark.parametrize("folder", [None, BRIDGE, *EXAMPLES])
def test_small_talk_in_other_words_is_recognised(folder: Path | None) -> None:
    """Nine in ten messages, in any folder: few entries are no reason to know less of it."""
    questions = read_questions(QUESTIONS / "dev" / "smalltalk.yaml", SHIPPED.knowledge)
    answerer = load_answerer(folder)
    missed = [q.text for q in questions if answerer.answer(q.text).status != "smalltalk"]
    assert len(missed) <= len(questions) / 10, missed


@pytest.mark.parametrize("text", ["until when?", "since when", "and by whom"])
def test_a_bare_cue_is_no_small_talk(text: str) -> None:
    """“Until when?” is no “until next time”."""
    assert SMALL.answer(text).status != "smalltalk"


def test_a_question_is_never_answered_with_chat() -> None:
    """Whatever is said before or after it, and it is answered as often as without."""
    questions = read_questions(QUESTIONS / "dev" / "wrapped.yaml", SHIPPED.knowledge)
    results = [ask(SHIPPED, question) for question in questions]
    assert [r.question.text for r in results if r.reply.status == "smalltalk"] == []
    assert not any(r.outcome in {"wrong", "missed", "false"} for r in results)
    assert sum(r.outcome == "suggested" for r in results) <= len(results) / 8


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("lol ok thanks dear", "You're welcome."),
        ("ok, hello and thank you, bye now", "Goodbye."),
        ("hello my friend, how are you today?", "Fine, thank you."),
        ("sorry, you already told me that!", "Sorry. The same question"),
        ("cheers mate 👍👍", "You're welcome."),
        ("thnks verry much", "You're welcome."),
        ("that is still unclear to me", "Sorry about that."),
        ("Thank you. I just want him home.", "You're welcome."),
        ("Thank you for your patience, young man.", "You're welcome."),
    ],
)
def test_of_several_kinds_the_one_that_says_most_is_answered(text: str, reply: str) -> None:
    """A message may consist of small talk of several kinds, and of words that add nothing."""
    assert SHIPPED.answer(text).answer.startswith(reply)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("ok thanks! and when is it?", "when is it?"),
        ("lovely, so where is it dear?", "where is it?"),
        ("i am lost, who said it? thank you so much", "who said it?"),
        ("wtf is it", "wtf is it"),
        ("good news for whom", "good news for whom"),
        ("who is their friend", "who is their friend"),
        ("and when was that, my love?", "when was that?"),
        ("what happens, my friend, now", "what happens, my friend, now"),
        ("what do you think, is it over", "what do you think, is it over"),
    ],
)
def test_remarks_are_taken_off_a_question(text: str, question: str) -> None:
    """Only what stands apart or before a question, and does not change it."""
    assert SHIPPED.verdicts(text)[0].message.text == question
