"""Group chats through the real process: an update in, API calls out."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.answering.reply import UNSURE
from tests.fake_telegram import BotProcess, FakeTelegram, Json
from tests.fake_telegram.errors import RefusedError
from tests.fake_telegram.methods import METHODS
from tests.fake_telegram.world import World
from tests.telegram.handlers.buttons import ANONYMOUS, labels, notice

ASK = "@TreatyBot when does the bridge close?"
ANSWER = "12 April 2021"
BUILDER = "The article doesn't say which company repairs the bridge."
CHANNEL = {"id": -1, "type": "channel", "title": "News"}
OTHER_BOT = {"id": 55, "is_bot": True, "first_name": "Wire", "username": "WireFeedBot"}


Fields = dict[str, Any]


def with_picture(fields: Fields) -> Fields:
    """The fields of a message, with an empty picture filled in."""
    sizes = {"file_id": "a", "file_unique_id": "b", "width": 9, "height": 9}
    return {**fields, "photo": [sizes]} if "photo" in fields else dict(fields)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (ASK, {}),
        ("when does the bridge close, @TREATYBOT ?", {}),
        ("/ask when does the bridge close?", {}),
        ("/ask@treatybot when does the bridge close?", {}),
        ("/ask\nwhen does the bridge close?", {}),
        (None, {"photo": [], "caption": ASK}),
        (None, {"photo": [], "caption": "/ask when does the bridge close?"}),
        (None, {"photo": [], "caption": "/ask@TreatyBot when does the bridge close?"}),
        (
            "Bot when does the bridge close?",
            {"entities": [{"type": "text_mention", "offset": 0, "length": 3, "user": "bot"}]},
        ),
        (ASK, {"from": ANONYMOUS, "sender_chat": "group"}),
        (ASK, {"from": ANONYMOUS, "sender_chat": "channel"}),
    ],
)
def test_when_addressed_it_answers_once_as_a_reply(
    town: FakeTelegram, text: str | None, fields: Fields
) -> None:
    """Commands, mentions and captions count, also from people who post as a group or channel."""
    group = town.group("Neighbours")
    given = with_picture(fields)
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
        ("/weather @TreatyBot", {}),
        (None, {"photo": [], "caption": "/ask@OtherBot when does the bridge close?"}),
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
    """It ignores chatter, other bots, its inline results, automatic forwards, service messages."""
    group = town.group("Neighbours")
    given = with_picture(fields)
    if given.get("via_bot") == "bot":
        given["via_bot"] = town.world.bot.json()
    town.say(text, chat=group, **given)
    town.wait_idle()
    assert town.sent(group.id) == []


@pytest.mark.parametrize(
    "call", ["@TreatyBot", "/ask", "@TreatyBot ?", "\N{UPWARDS ARROW} @TreatyBot"]
)
def test_a_mention_or_ask_in_reply_to_a_message_answers_that_message(
    town: FakeTelegram, call: str
) -> None:
    """The answer replies to the question, and ignores what the caller asked before."""
    group, caller = town.group("Neighbours"), town.user("Bo")
    town.reply_to(town.say(ASK, chat=group, user=caller))
    question = town.say("what does the repair of the bridge cost?", chat=group)
    town.say(call, chat=group, user=caller, reply_to=question)
    assert "2.4 million crowns" in town.reply_to(question)["text"]
    vague = town.say("why?", chat=group)
    town.say(call, chat=group, user=caller, reply_to=vague)
    assert "rust" not in town.reply_to(vague)["text"]


COST = "what does the repair of the bridge cost?"
ORIGIN = {"type": "hidden_user", "date": 1, "sender_user_name": "Bob"}


@pytest.mark.parametrize("call", ["@TreatyBot", "/ask", "/ask@TreatyBot ?"])
@pytest.mark.parametrize("where", ["supergroup", "private"])
def test_a_quote_from_another_chat_is_answered(town: FakeTelegram, call: str, where: str) -> None:
    """Telegram sends the quoted words, but not the message that they are from."""
    if where == "private" and call == "@TreatyBot":
        call = "/ask"  # a mention alone says nothing in private
    chat = town.private() if where == "private" else town.group("Neighbours")
    quote = {"text": COST, "position": 0, "is_manual": True}
    asked = town.say(call, chat=chat, external_reply={"origin": ORIGIN}, quote=quote)
    assert "2.4 million crowns" in town.reply_to(asked)["text"]


@pytest.mark.parametrize("call", ["@TreatyBot", "/ask"])
def test_a_comment_below_a_channels_post_is_about_the_post(town: FakeTelegram, call: str) -> None:
    """In the discussion group, the post is a message that Telegram forwarded itself."""
    group = town.group("Neighbours")
    fields: Fields = {"from": {"id": 777000, "is_bot": False, "first_name": "Telegram"}}
    fields |= {"is_automatic_forward": True, "sender_chat": CHANNEL}
    post = town.say(COST, chat=group, **fields)
    town.say(call, chat=group, reply_to=post)
    assert "2.4 million crowns" in town.reply_to(post)["text"]


def test_a_quote_from_an_answer_is_answered(town: FakeTelegram) -> None:
    """The person has chosen the words, whoever wrote them."""
    group = town.group("Neighbours")
    answer = town.reply_to(town.say(ASK, chat=group))
    quote = {"text": "how long do the works take?", "position": 0, "is_manual": True}
    asked = town.say("/ask", chat=group, reply_to=answer, quote=quote)
    assert "nine weeks" in town.reply_to(asked)["text"]


@pytest.mark.parametrize("text", ["@TreatyBot", "@TreatyBot ?", "/ask \N{THUMBS UP SIGN}"])
def test_a_call_without_a_question_is_asked_for_one(town: FakeTelegram, text: str) -> None:
    """The reply to that is answered, without another mention."""
    group = town.group("Neighbours")
    asks = town.reply_to(town.say(text, chat=group))
    assert asks["text"] == "What would you like to know?"
    reply = town.reply_to(town.say("how long do the works take?", chat=group, reply_to=asks))
    assert "nine weeks" in reply["text"]


@pytest.mark.parametrize("text", ["@boris look at that", "\N{THUMBS UP SIGN}", "???", None])
def test_chatter_in_reply_to_an_answer_is_ignored(town: FakeTelegram, text: str | None) -> None:
    """It is addressed to somebody else by name, or has no words."""
    group = town.group("Neighbours")
    answer = town.reply_to(town.say(ASK, chat=group))
    fields = with_picture({"photo": []}) if text is None else {}
    town.say(text, chat=group, reply_to=answer, **fields)
    town.wait_idle()
    assert town.sent(group.id) == [answer]


def test_in_a_forum_the_answer_stays_in_its_topic(town: FakeTelegram) -> None:
    """This holds even if the question was deleted meanwhile."""
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


def test_unanswered_and_unsure_replies_are_one_line(town: FakeTelegram) -> None:
    """Suggestions are buttons, and the closest passage is a link."""
    group = town.group("Neighbours")
    unknown = town.reply_to(town.say("@TreatyBot who won the chess match", chat=group))
    assert "\n" not in unknown["text"]
    assert len(unknown["text"]) < 80
    assert labels(unknown) == ["Delete"]
    gap = town.reply_to(town.say("@TreatyBot who is the contractor?", chat=group))
    assert gap["text"] == f"{BUILDER} The closest passage"
    assert gap["entities"][0]["url"] == "https://t.me/TreatyBot?start=gap-builder"
    assert len(labels(gap)) <= 5
    unsure = town.reply_to(town.say("@TreatyBot weeks of trade", chat=group))
    assert unsure["text"] == UNSURE
    assert 1 < len(labels(unsure)) <= 4


def test_a_repeated_answer_is_a_link_to_the_first(town: FakeTelegram) -> None:
    """A button still shows it; chats without message links get the answer again."""
    group = town.group("Neighbours")
    first = town.reply_to(town.say(ASK, chat=group))
    again = town.reply_to(town.say("@TreatyBot from which day on can cars not cross", chat=group))
    assert ANSWER not in again["text"]
    urls = [e["url"] for e in again["entities"] if e["type"] == "text_link"]
    assert urls == [f"https://t.me/c/{str(group.id)[4:]}/{first['message_id']}"]
    town.press("Show it here", again)
    town.wait_for(lambda: len(town.sent(group.id)) == 3, what="the answer again")
    shown = town.sent(group.id)[2]
    assert ANSWER in shown["text"]
    third = town.reply_to(town.say(ASK, chat=group))
    assert third["entities"][0]["url"].endswith(f"/{shown['message_id']}")
    public = town.group("Public")
    public.username = "neighbours"
    first = town.reply_to(town.say(ASK, chat=public))
    again = town.reply_to(town.say(ASK, chat=public))
    assert again["entities"][0]["url"] == f"https://t.me/neighbours/{first['message_id']}"
    basic = town.group("Family", kind="group")
    for _ in range(2):
        assert ANSWER in town.reply_to(town.say(ASK, chat=basic))["text"]


def test_a_button_pressed_repeatedly_sends_one_message(town: FakeTelegram) -> None:
    """After a double tap, or when many press, a notice says where the message is."""
    group = town.group("Neighbours")
    answer = town.reply_to(town.say(ASK, chat=group))
    presses = [town.press("Context", answer) for _ in range(4)]
    assert notice(town, presses[0]) == ""
    assert all("below" in notice(town, query) for query in presses[1:])
    assert len(town.sent(group.id)) == 2
    offered = town.reply_to(town.say("/topics", chat=group))
    presses = [town.press("The works", offered) for _ in range(2)]
    assert "below" in notice(town, presses[1])
    assert len(town.sent(group.id)) == 4


@pytest.mark.parametrize(
    "error",
    [
        RefusedError("CHAT_WRITE_FORBIDDEN", is_violation=False),
        RefusedError("MESSAGE_TOO_LONG", is_violation=False),
        RefusedError("bot was kicked from the supergroup chat", 403, is_violation=False),
    ],
    ids=lambda error: error.description,
)
@pytest.mark.parametrize("button", ["When does the bridge close?", "Context"])
def test_a_press_is_answered_even_if_its_message_is_refused(
    telegram: FakeTelegram,
    bot: BotProcess,
    monkeypatch: pytest.MonkeyPatch,
    error: RefusedError,
    button: str,
) -> None:
    """Otherwise the button would spin until Telegram gives up."""
    bot.start()
    group = telegram.group("Neighbours")
    text = "/start" if button.endswith("?") else ASK
    shown = telegram.reply_to(telegram.say(text, chat=group))

    def refuse(_: World, __: Json) -> object:
        raise error

    monkeypatch.setitem(METHODS, "sendMessage", refuse)
    assert "didn't work" in notice(telegram, telegram.press(button, shown))


def test_only_the_asker_or_an_admin_deletes(town: FakeTelegram) -> None:
    """Anybody else gets a notice, as does made-up data."""
    group = town.group("Neighbours")
    asker, other, admin = town.user("Ida"), town.user("Bo"), town.user("Eva")
    town.set_status(group, admin, "administrator")
    answer = town.reply_to(town.say(ASK, chat=group, user=asker))
    assert "the person who asked" in notice(town, town.press("Delete", answer, user=other))
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
    linked = town.reply_to(town.say("/start@TreatyBot closing-date", chat=group, user=asker))
    assert "the person who asked" in notice(town, town.press("Delete", linked, user=other))
    assert notice(town, town.press("Delete", linked, user=asker)) == "Deleted."


def test_a_member_with_rights_that_the_library_does_not_know(
    town: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the status of the person who pressed is read."""

    def restricted(_: World, __: Json) -> Json:
        return {"status": "restricted", "can_fly": True}

    monkeypatch.setitem(METHODS, "getChatMember", restricted)
    shown = town.reply_to(town.say(ASK, chat=town.group("Neighbours")))
    assert "Only the person who asked" in notice(town, town.press("Delete", shown))


def test_admins_are_known_even_if_members_are_hidden(town: FakeTelegram) -> None:
    """Telegram refuses to look up a member there, but lists the admins."""
    group = town.group("Neighbours")
    group.hides_members = True
    other, admin = town.user("Bo"), town.user("Eva")
    town.set_status(group, admin, "administrator")
    answer = town.reply_to(town.say(ASK, chat=group))
    assert "the person who asked" in notice(town, town.press("Delete", answer, user=other))
    assert notice(town, town.press("Delete", answer, user=admin)) == "Deleted."
    shown = town.reply_to(town.say("/settings", chat=group, user=admin))
    assert "When should I answer" in shown["text"]


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
    """The greeting has two lines and says how to ask; promotions get none."""
    group = town.group("Neighbours", status="member" if not greetings else "left")
    come(town, group)
    town.wait_idle()
    said = [message["text"] for message in town.sent(group.id)]
    assert len(said) == greetings
    for text in said:
        assert text.count("\n") == 1
        assert "@TreatyBot" in text
        assert "/ask" in text


def test_an_upgraded_group_is_not_greeted_again(town: FakeTelegram) -> None:
    """Telegram reports the new group as if the bot had just been added."""
    group = town.group("Neighbours", kind="group", status="left")
    town.add_bot(group)
    town.wait_idle()
    upgraded = town.migrate(group)
    upgraded.statuses[town.world.bot.id] = "left"
    town.add_bot(upgraded)
    town.wait_idle()
    assert len(town.sent(group.id)) == 1
    assert town.sent(upgraded.id) == []


def test_a_question_asked_during_an_upgrade_is_answered_in_the_new_group(
    town: FakeTelegram,
) -> None:
    """Telegram refuses the old chat id and gives the new one; message ids change too."""
    group = town.group("Neighbours", kind="group")
    with town.log.changed:
        town.say(ASK, chat=group)
        upgraded = town.migrate(group)
    town.wait_for(lambda: town.sent(upgraded.id), what="an answer in the new group")
    assert ANSWER in town.sent(upgraded.id)[0]["text"]


def test_it_is_silent_where_it_may_not_write(town: FakeTelegram) -> None:
    """This is not an error, and once allowed again, it answers."""
    group = town.group("Neighbours")
    group.can_send_messages = group.can_send_photos = False
    for question in (ASK, "/ask", "/timeline", "@TreatyBot why?"):
        town.say(question, chat=group)
    town.wait_idle()
    assert town.sent(group.id) == []
    group.can_send_messages = True
    assert ANSWER in town.reply_to(town.say(ASK, chat=group))["text"]


def test_a_group_that_removes_the_bot_is_forgotten(
    town: FakeTelegram,
) -> None:
    """When added again, it greets again and links to no old answers."""
    group = town.group("Neighbours", status="left")
    town.add_bot(group)
    town.reply_to(town.say(ASK, chat=group))
    town.remove_bot(group)
    town.add_bot(group)
    town.wait_idle()
    assert ANSWER in town.reply_to(town.say(ASK, chat=group))["text"]
    texts = [message["text"] for message in town.sent(group.id)]
    assert sum(text.startswith("Hello") for text in texts) == 2


def test_two_thousand_chat_messages_are_ignored(town: FakeTelegram) -> None:
    """Neither chatter nor joining gets a reply, but a question in between does."""
    group = town.group("Rally")
    members = [town.user(f"M{number}") for number in range(50)]
    for number in range(2000):
        member = members[number % 50]
        if number % 2:
            town.say(f"bridge bridge {number}!", chat=group, user=member)
        else:
            town.say(chat=group, user=member, new_chat_members=[member.json()])
    asked = town.say(ASK, chat=group)
    assert ANSWER in town.reply_to(asked, timeout=60)["text"]
    assert len(town.sent(group.id)) == 1
