"""Messages that are not questions, and forged presses: a polite reply or silence, no error."""

from typing import Any

import pytest

from tests.fake_telegram import FakeTelegram, Json
from tests.telegram.handlers.buttons import notice

FILE: Json = {"file_id": "a", "file_unique_id": "b"}
SIZE: Json = FILE | {"width": 9, "height": 9}
STICKER: Json = SIZE | {"type": "regular", "is_animated": False, "is_video": False}
POLL: Json = {
    "id": "1",
    "question": "when does the bridge close?",
    "options": [{"persistent_id": "1", "text": "today", "voter_count": 0}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
TEXT_ONLY = "I can only read text"
UNKNOWN = "I couldn't find that"
CLOSING = "12 April 2021"
FORWARD: Json = {"type": "hidden_user", "date": 1, "sender_user_name": "Bob"}


@pytest.mark.parametrize(
    ("text", "fields", "said"),
    [
        (None, {"sticker": STICKER}, TEXT_ONLY),
        (None, {"voice": FILE | {"duration": 3}}, TEXT_ONLY),
        (None, {"photo": [SIZE]}, TEXT_ONLY),
        (None, {"photo": [SIZE], "caption": "when does the bridge close?"}, CLOSING),
        (None, {"photo": [SIZE], "caption": "/ask when does the bridge close?"}, CLOSING),
        (None, {"contact": {"phone_number": "1", "first_name": "Bob"}}, TEXT_ONLY),
        (None, {"location": {"latitude": 1.0, "longitude": 1.0}}, TEXT_ONLY),
        (None, {"dice": {"emoji": "\N{GAME DIE}", "value": 3}}, TEXT_ONLY),
        (None, {"poll": POLL}, TEXT_ONLY),
        ("\N{THUMBS UP SIGN}\N{FAMILY}", {}, TEXT_ONLY),
        ("?", {}, TEXT_ONLY),
        ("\u200b\u200d\ufeff", {}, TEXT_ONLY),
        ("when does the bridge close?", {"forward_origin": FORWARD}, CLOSING),
        ("\u202ewhen does the bridge close?\u202c", {}, CLOSING),
        ("w\u200bhen does the bridge close?", {}, CLOSING),
        ("when does the bridge close? <&>", {}, CLOSING),
        ("x" * 4096, {}, UNKNOWN),
        ("</blockquote><a href='x'>", {}, TEXT_ONLY),
        (None, {"pinned_message": "itself"}, None),
        (None, {"message_auto_delete_timer_changed": {"message_auto_delete_time": 9}}, None),
    ],
)
def test_any_private_message_gets_at_most_one_reply(
    town: FakeTelegram, text: str | None, fields: dict[str, Any], said: str | None
) -> None:
    """It gets one, or none if it is a service message."""
    ann = town.user("Ann")
    chat = town.private(ann)
    given = dict(fields)
    if "pinned_message" in given:
        given["pinned_message"] = {"message_id": 1, "date": 1, "chat": chat.json()}
    town.say(text, user=ann, **given)
    town.wait_idle()
    shown = [message["text"] for message in town.sent(chat.id)]
    assert len(shown) == (said is not None)
    assert all(said in text for text in shown if said), shown


@pytest.mark.parametrize("kind", ["private", "supergroup"])
def test_a_question_in_another_language_is_told_so(town: FakeTelegram, kind: str) -> None:
    """Also after an answer; but a word that the bot understands is answered."""
    ann = town.user("Ann")
    chat = town.private(ann) if kind == "private" else town.group("Neighbours")
    line = "Ich verstehe nur Englisch. I understand English only."
    for text, said in (
        ("Wie lange ist es zu?", line),
        ("how long do the works take?", "nine weeks"),
        ("Warum ist das so?", line),
        ("bridge closes wann?", CLOSING),
    ):
        shown = town.reply_to(town.say(f"/ask {text}", chat=chat, user=ann))["text"]
        assert said in shown
        assert UNKNOWN not in shown


@pytest.mark.parametrize("text", ["\N{THUMBS UP SIGN}", "?", "...", "^"])
def test_marks_after_an_answer_do_not_repeat_it(town: FakeTelegram, text: str) -> None:
    """They are not a follow-up question."""
    ann = town.user("Ann")
    town.reply_to(town.say("how long do the works take?", user=ann))
    assert TEXT_ONLY in town.reply_to(town.say(text, user=ann))["text"]


def test_an_album_gets_one_reply(town: FakeTelegram) -> None:
    """Each picture is a separate message; a question in the caption is answered once."""
    for caption, said in ((None, TEXT_ONLY), ("when does the bridge close?", CLOSING)):
        ann = town.user("Ann")
        for number in range(4):
            fields: dict[str, Any] = {"caption": caption} if caption and not number else {}
            town.say(user=ann, photo=[SIZE], media_group_id=f"album of {ann.id}", **fields)
        town.wait_idle()
        (shown,) = town.sent(town.private(ann).id)
        assert said in shown["text"]


FORGED = [
    "", "x", ":", "e:", "e:no-such", "e:closing-date:x", "t:", "t:no-such", "c:", "c:no-such",
    "p:", "p:0", "p:9999", "p:99999", "d:", "d:1", "g:", "b:closing-date", "s:", "s:clear", "s:all",
    "z:1", "<b>", "\N{FAMILY}" * 16, "e" * 64, "\u0000",
]  # fmt: skip


@pytest.mark.parametrize("data", FORGED, ids=range(len(FORGED)))
@pytest.mark.parametrize("kind", ["private", "supergroup", "gone"])
def test_a_press_that_no_button_offers(town: FakeTelegram, data: str, kind: str) -> None:
    """Forged data, even on a deleted message, gets a notice and changes nothing."""
    chat = town.private() if kind == "private" else town.group("Neighbours")
    shown = town.reply_to(town.say("/help", chat=chat))
    if kind == "gone":
        town.delete(shown)
    before = town.sent(chat.id)
    said = notice(town, town.press(data, shown, forged=True))
    assert "older version" in said or "Only admins" in said
    town.wait_idle()
    assert town.sent(chat.id) == before


@pytest.mark.parametrize("where", [{"inline_message_id": "x1"}, {}])
@pytest.mark.parametrize("what", [{"data": "e:closing-date"}, {"game_short_name": "chess"}])
def test_a_press_without_a_message(town: FakeTelegram, where: Json, what: Json) -> None:
    """Below an inline result, the bot has no chat to answer in."""
    with town.log.changed:
        query = town._query("callback")  # noqa: SLF001 - the fake's people press only what they see
        ann = town.world.add_user("Ann").json()
        town.inject(
            callback_query={"id": query, "from": ann, "chat_instance": "1", **where, **what}
        )
    assert "older version" in notice(town, query)
