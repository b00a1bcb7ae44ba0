"""Groups as people meet them: an update in, the calls out, through the real process."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fake_telegram import FakeTelegram, Json

ASK = "@TreatyBot when does the bridge close?"
ANSWER = "12 April 2021"
ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL = {"id": -1, "type": "channel", "title": "News"}
OTHER_BOT = {"id": 55, "is_bot": True, "first_name": "Wire", "username": "WireFeedBot"}


def labels(message: Json) -> list[str]:
    """The labels of the buttons below a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def notice(telegram: FakeTelegram, query: str) -> str:
    """What the little notice says after a press."""
    answer = telegram.wait_for(lambda: telegram.answer_to(query), what="answer to a button")
    assert answer is not None
    text: str = answer.get("text", "")
    return text


Fields = dict[str, Any]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (ASK, {}),
        ("when does the bridge close, @TREATYBOT ?", {}),
        ("/ask when does the bridge close?", {}),
        ("/ask@treatybot when does the bridge close?", {}),
        ("/ask\nwhen does the bridge close?", {}),
        (None, {"photo": [], "caption": ASK}),
        (
            "Bot when does the bridge close?",
            {"entities": [{"type": "text_mention", "offset": 0, "length": 3, "user": "bot"}]},
        ),
        (ASK, {"from": ANONYMOUS, "sender_chat": "group"}),
        (ASK, {"from": ANONYMOUS, "sender_chat": "channel"}),
    ],
)
def test_spoken_to_it_answers_once_as_a_reply(
    town: FakeTelegram, text: str | None, fields: Fields
) -> None:
    """Commands, mentions in any case and place, captions; people behind a group or a channel."""
    group = town.group("Neighbours")
    given = dict(fields)
    if given.get("photo") == []:
        sizes = {"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}
        given["photo"] = [sizes]
    for entity in given.get("entities", []):
        entity["user"] = town.world.bot.json()
    if given.get("sender_chat") == "group":
        given["sender_chat"] = group.json()
    elif given.get("sender_chat"):
        given["sender_chat"] = {"id": -100999, "type": "channel", "title": "News"}
    asked = town.say(text, chat=group, **given)
    reply = town.reply_to(asked)
    assert ANSWER in reply["text"]
    town.wait_idle()
    assert len(town.sent(group.id)) == 1


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("when does the bridge close?", {}),
        ("the bridge closes in april I heard", {}),
        ("/ask@OtherBot when does the bridge close?", {}),
        ("/weather", {}),
        ("/start added", {}),
        (ASK, {"from": OTHER_BOT}),
        (ASK, {"is_automatic_forward": True, "sender_chat": CHANNEL}),
        (ASK, {"via_bot": "bot"}),
        (None, {"sticker": {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 9,
                            "height": 9, "is_animated": False, "is_video": False}}),
        (None, {"new_chat_title": "Neighbours!"}),
    ],
)  # fmt: skip
def test_otherwise_it_is_silent(town: FakeTelegram, text: str | None, fields: Fields) -> None:
    """Chatter, other bots, its own inline results, automatic forwards, service messages."""
    group = town.group("Neighbours")
    given = dict(fields)
    if given.get("via_bot") == "bot":
        given["via_bot"] = town.world.bot.json()
    town.say(text, chat=group, **given)
    town.wait_idle()
    assert town.sent(group.id) == []


def test_a_mention_or_ask_below_a_message_answers_that_message(town: FakeTelegram) -> None:
    """The answer goes to who asked the question, not to who called the bot."""
    group = town.group("Neighbours")
    for call in ("@TreatyBot", "/ask"):
        question = town.say("what does the repair of the bridge cost?", chat=group)
        town.say(call, chat=group, reply_to=question)
        assert "2.4 million crowns" in town.reply_to(question)["text"]
        group = town.group("Others")


def test_in_a_forum_the_answer_stays_in_its_topic(town: FakeTelegram) -> None:
    """Also where the question was deleted meanwhile."""
    forum, topics = town.forum("Bridge", "Cake")
    asked = town.say(ASK, chat=forum, thread=topics[0])
    assert town.reply_to(asked)["message_thread_id"] == topics[0]
    with town.log.changed:
        asked = town.say("@TreatyBot how long do the works take?", chat=forum, thread=topics[1])
        town.delete(asked)
    town.wait_for(lambda: len(town.sent(forum.id)) == 2, what="a second answer")
    late = town.sent(forum.id)[1]
    assert "nine weeks" in late["text"]
    assert late["message_thread_id"] == topics[1]
    assert "reply_to_message" not in late


def test_not_knowing_is_one_line_and_unsure_is_one_question(town: FakeTelegram) -> None:
    """No paragraph, no list of topics; suggestions are buttons."""
    group = town.group("Neighbours")
    unknown = town.reply_to(town.say("@TreatyBot who won the chess match", chat=group))
    assert "\n" not in unknown["text"]
    assert len(unknown["text"]) < 80
    assert labels(unknown) == ["Delete"]
    unsure = town.reply_to(town.say("@TreatyBot when does the ferry sail", chat=group))
    assert unsure["text"] == "Do you mean:"
    assert 1 < len(labels(unsure)) <= 4


def test_the_same_answer_due_again_is_a_link_to_the_first(town: FakeTelegram) -> None:
    """With a way to see it all the same; where messages have no links it is repeated."""
    group = town.group("Neighbours")
    first = town.reply_to(town.say(ASK, chat=group))
    again = town.reply_to(town.say("@TreatyBot from which day on can cars not cross", chat=group))
    assert ANSWER not in again["text"]
    urls = [e["url"] for e in again["entities"] if e["type"] == "text_link"]
    assert urls == [f"https://t.me/c/{str(group.id)[4:]}/{first['message_id']}"]
    town.press("Show it here", again)
    town.wait_for(lambda: len(town.sent(group.id)) == 3, what="the answer once more")
    assert ANSWER in town.sent(group.id)[2]["text"]
    basic = town.group("Family", kind="group")
    for _ in range(2):
        assert ANSWER in town.reply_to(town.say(ASK, chat=basic))["text"]


def test_only_who_asked_or_an_admin_deletes(town: FakeTelegram) -> None:
    """Anybody else gets a notice; data made up by a client counts for nothing."""
    group = town.group("Neighbours")
    asker, other, admin = town.user("Ida"), town.user("Bo"), town.user("Eva")
    town.set_status(group, admin, "administrator")
    answer = town.reply_to(town.say(ASK, chat=group, user=asker))
    assert notice(town, town.press("Delete", answer, user=other)).startswith("Only who asked")
    assert "older version" in notice(
        town, town.press(f"d:{other.id}", answer, user=other, forged=True)
    )
    assert answer["message_id"] not in group.deleted
    assert notice(town, town.press("Delete", answer, user=asker)) == "Deleted."
    assert answer["message_id"] in group.deleted
    second = town.reply_to(
        town.say("@TreatyBot how long do the works take?", chat=group, user=asker)
    )
    assert notice(town, town.press("Delete", second, user=admin)) == "Deleted."


@pytest.mark.parametrize(
    ("come", "greetings"),
    [
        (lambda t, g: t.add_bot(g), 1),
        (lambda t, g: t.add_bot(g, status="administrator"), 1),
        (lambda t, g: (t.add_bot(g), t.set_bot_status(g, "administrator")), 1),
        (lambda t, g: t.set_bot_status(g, "administrator"), 0),
    ],
)
def test_it_says_hello_once_when_added(
    town: FakeTelegram, come: Callable[[FakeTelegram, Any], object], greetings: int
) -> None:
    """Two lines with the way to reach it; silence on promotions."""
    group = town.group("Neighbours", status="member" if not greetings else "left")
    come(town, group)
    town.wait_idle()
    said = [message["text"] for message in town.sent(group.id)]
    assert len(said) == greetings
    for text in said:
        assert text.count("\n") == 1
        assert "@TreatyBot" in text
        assert "/ask" in text


def test_a_person_who_blocks_the_bot_and_a_group_that_removes_it_are_forgotten(
    town: FakeTelegram,
) -> None:
    """And back again it serves as before: greeted anew, no old answers pointed to."""
    group = town.group("Neighbours", status="left")
    town.add_bot(group)
    town.reply_to(town.say(ASK, chat=group))
    town.remove_bot(group)
    town.add_bot(group)
    town.wait_idle()
    assert ANSWER in town.reply_to(town.say(ASK, chat=group))["text"]
    texts = [message["text"] for message in town.sent(group.id)]
    assert sum(text.startswith("Hello") for text in texts) == 2


def test_two_thousand_members_chatting_are_left_in_peace(town: FakeTelegram) -> None:
    """None of it is answered, and a question in between is."""
    group = town.group("Rally")
    members = [town.user(f"M{number}") for number in range(50)]
    for number in range(2000):
        town.say(f"bridge bridge {number}!", chat=group, user=members[number % 50])
    asked = town.say(ASK, chat=group)
    assert ANSWER in town.reply_to(asked, timeout=60)["text"]
    assert len(town.sent(group.id)) == 1
