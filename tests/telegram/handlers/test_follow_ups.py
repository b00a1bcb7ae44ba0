"""Follow-ups in chats: short questions, replies to an answer, bare /ask, two questions."""

import pytest

from bot.answering import Conversation
from bot.answering.reply import ABSTAINED
from bot.telegram.session import CONVERSATION_TTL, MAX_CONVERSATIONS, Conversations
from tests.fake_telegram import FakeTelegram
from tests.telegram.handlers.buttons import labels


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("when does the INF treaty end?", "why?", "On 1 February 2019 the US announced"),
        ("when does the INF treaty end?", "who said so?", "the article said at the time"),
        ("when does the INF treaty end?", "source?", "lose its force on August 2."),
        ("when does the INF treaty end?", "more", "we must prepare"),
        ("what did the US demand of Russia?", "when was that?", "December 2018"),
        ("what does the US accuse Russia of?", "and Russia?", 'Moscow "categorically denies"'),
    ],
)
def test_short_follow_ups_work(treaty: FakeTelegram, first: str, then: str, said: str) -> None:
    """They work in private, and in a group as a reply to the answer."""
    ann = treaty.user("Ann")
    treaty.reply_to(treaty.say(first, user=ann))
    assert said in treaty.reply_to(treaty.say(then, user=ann))["text"]
    group = treaty.group("Readers", kind="group")
    answer = treaty.reply_to(treaty.say(f"@TreatyBot {first}", chat=group))
    assert said in treaty.reply_to(treaty.say(then, chat=group, reply_to=answer))["text"]


def test_conversations_are_limited_and_forgotten() -> None:
    """They end after some minutes of silence, or when ten thousand others talk."""
    now = 0.0
    conversations = Conversations(lambda: now)
    said = Conversation("when?", ("closing-date",))
    conversations.save((1, 2), said)
    now = CONVERSATION_TTL - 1
    assert conversations.get((1, 2)) == said
    assert conversations.get((1, 3)) == conversations.get((2, 2)) == Conversation()
    now = CONVERSATION_TTL + 1
    assert conversations.get((1, 2)) == Conversation()
    conversations.save((1, 2), said)
    for other in range(MAX_CONVERSATIONS):
        conversations.save((9, other), said)
    assert conversations.get((1, 2)) == Conversation()


def test_a_long_ramble_gets_its_one_question_answered(treaty: FakeTelegram) -> None:
    """The text around the question is ignored."""
    ramble = (
        "hi all, sorry for the long post. I was reading this on the train this morning and my"
        " phone died halfway. My brother says these things never matter anyway, he is like that."
        " So, when does the INF treaty end? Thanks a lot in advance, have a nice weekend everyone"
    )
    assert "2 August 2019" in treaty.reply_to(treaty.say(ramble))["text"]


def test_why_refers_to_the_last_answer_to_the_same_person(town: FakeTelegram) -> None:
    """For somebody else in the group there is none."""
    group = town.group("Neighbours", kind="group")
    ann, bo = town.user("Ann"), town.user("Bo")
    town.reply_to(town.say("@TreatyBot when does the bridge close?", chat=group, user=ann))
    other = town.reply_to(town.say("@TreatyBot why?", chat=group, user=bo))
    assert "rust" not in other["text"]
    assert "rust" in town.reply_to(town.say("@TreatyBot why?", chat=group, user=ann))["text"]


def test_a_reply_to_an_answer_refers_to_it(town: FakeTelegram) -> None:
    """It does so for anybody, even after later answers."""
    group = town.group("Neighbours")
    first = town.reply_to(town.say("@TreatyBot when does the bridge close?", chat=group))
    town.reply_to(town.say("@TreatyBot can i walk over the bridge", chat=group))
    reply = town.reply_to(town.say("why?", chat=group, user=town.user("Bo"), reply_to=first))
    assert "rust" in reply["text"]


def test_bare_ask_asks_and_the_reply_is_answered(town: FakeTelegram) -> None:
    """The reply does not have to mention the bot."""
    group = town.group("Neighbours")
    asks = town.reply_to(town.say("/ask", chat=group))
    assert asks["text"] == "What would you like to know?"
    call = town.calls_of("sendMessage")[-1]
    assert call.params["reply_markup"]["force_reply"] is True
    reply = town.reply_to(town.say("how long do the works take?", chat=group, reply_to=asks))
    assert "nine weeks" in reply["text"]


def test_two_questions_get_both_answers_in_one_reply(treaty: FakeTelegram) -> None:
    """The answers share one message."""
    asked = treaty.say("When does the INF Treaty expire? And what is the 9M729?")
    text = treaty.reply_to(asked)["text"]
    assert "2 August 2019" in text
    assert "9M729" in text
    treaty.wait_idle()
    assert len(treaty.sent(asked["chat"]["id"])) == 1


def test_a_reply_has_few_buttons(treaty: FakeTelegram) -> None:
    """In private, two related questions and a row of tools; in a group, the row alone."""
    question = "when does the INF treaty end?"
    alone = treaty.reply_to(treaty.say(question))
    among = treaty.reply_to(treaty.say(f"@TreatyBot {question}", chat=treaty.group("Readers")))
    rows = [
        [[button["text"] for button in row] for row in shown["reply_markup"]["inline_keyboard"]]
        for shown in (alone, among)
    ]
    *related, tools = rows[0]
    assert [label.endswith("?") for (label,) in related] == [True, True]
    assert tools == ["Context", "Share", "👍", "👎"]
    assert rows[1] == [["Context", "👍", "👎", "Delete"]]


def test_silence_offers_the_topics(town: FakeTelegram) -> None:
    """As buttons, when nothing in the article comes near a question."""
    silence = town.reply_to(town.say("who won the chess match"))
    assert silence["text"] == ABSTAINED.format(text_type="article")
    assert labels(silence) == ["The works", "The dispute"]


def test_an_answer_has_related_questions_below_it(town: FakeTelegram) -> None:
    """Pressing one answers it in the same chat."""
    answer = town.reply_to(town.say("when does the bridge close?"))
    assert "How long do the works take?" in labels(answer)
    town.press("How long do the works take?", answer)
    chat = answer["chat"]["id"]
    town.wait_for(lambda: len(town.sent(chat)) == 2, what="the related answer")
    assert "nine weeks" in town.sent(chat)[1]["text"]
