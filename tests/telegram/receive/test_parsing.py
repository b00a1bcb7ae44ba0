"""A part of an update that is new, unknown or malformed is left out; the text is answered."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import ChatMemberRestricted, User

from bot.telegram.addressing import may_be_overheard, question_for
from bot.telegram.handlers.questions import names_in
from bot.telegram.messages.buttons import linked_entry
from bot.telegram.receive.parsing import UnreadableError, parse, update_id_of
from tests.fake_telegram import FakeTelegram, Json
from tests.telegram.processes import ANSWER

TEXT = "\N{PARTY POPPER} When does the bridge close?"
US = User(7, "Bridge", is_bot=True, username="BridgeBot")
USER: Json = {"id": 5, "is_bot": False, "first_name": "Ann", "language_code": "en"}
CHAT: Json = {"id": 5, "type": "private", "first_name": "Ann"}
OTHER: Json = {"id": 9, "is_bot": True, "first_name": "Wire", "username": "WireBot"}
POLL: Json = {"id": "1", "question": "?", "options": [{"text": "yes"}], "a_newer_field": {}}
BOLD: Json = {"type": "bold", "offset": 0, "length": 2}
EARLIER: Json = {
    "message_id": 1,
    "date": 1_600_000_000,
    "chat": CHAT,
    "from": OTHER,
    "poll": POLL,
    "caption": "@WireBot",
    "caption_entities": [{"type": "mention", "offset": 0, "length": 8}],
    "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "e:closing-date"}]]},
    "forum_topic_created": {"name": "Bridges", "icon_color": 1},
}
MESSAGE: Json = {
    "message_id": 3,
    "date": 1_600_000_000,
    "chat": CHAT,
    "from": USER,
    "text": TEXT,
    "entities": [BOLD, {"type": "text_mention", "offset": 3, "length": 4, "user": OTHER}],
    "reply_to_message": EARLIER,
    "quote": {"text": "yes", "position": 0, "entities": [BOLD], "is_manual": True},
    "external_reply": {"origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Bo"}},
    "forward_origin": {"type": "user", "date": 1, "sender_user": USER},
    "via_bot": OTHER,
    "media_group_id": "1",
    "link_preview_options": {"is_disabled": True},
    "reply_markup": {"inline_keyboard": [[{"text": "Open", "url": "https://example.org"}]]},
    "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
    "a_newer_field": [{"with": "anything"}],
}
JUNK = st.recursive(
    st.none()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.sampled_from(["", "\ud83d", "\u202e\n", "left out"])
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
CORE = {"message_id", "chat", "from", "text"}


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """The paths of all parts of a message, except those without which it is none."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if path or key not in CORE:
            yield (*path, key)
            if isinstance(inner, dict | list):
                yield from paths(inner, (*path, key))


PATHS = list(paths(MESSAGE))


def with_junk(path: tuple[Any, ...], junk: object, message: Json = MESSAGE) -> Json:
    """The message with one part replaced."""
    changed: Any = json.loads(json.dumps(message))  # no part of it is shared with another
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = junk
    found: Json = changed
    return found


@given(st.sampled_from(PATHS), JUNK)
def test_any_junk_in_any_part_leaves_the_question(path: tuple[Any, ...], junk: object) -> None:
    """Everything that the handlers read of the message can be read."""
    body = {"update_id": 1, "message": with_junk(path, junk)}
    update = parse(body)
    message = update.message
    assert message is not None
    question = question_for(message, US)
    assert question is not None
    assert question.text == TEXT
    assert update.effective_sender
    assert update.effective_sender.id == 5
    assert "Ann" in names_in(message)
    assert isinstance(may_be_overheard(message), bool)
    earlier = message.reply_to_message
    assert earlier is None or linked_entry(earlier, "BridgeBot") is None


@given(st.dictionaries(st.sampled_from(["message", "callback_query", "inline_query"]), JUNK))
def test_an_update_of_junk_is_unreadable_or_empty(content: Json) -> None:
    """No other error is raised."""
    try:
        update = parse({"update_id": 1} | content)
    except UnreadableError:
        return
    assert update.effective_message is None


@pytest.mark.parametrize(
    "number", [None, -1, 2**63, 2**64, 10**400, True, 1.0, "1", [1], {}, float("nan")]
)
def test_a_forged_update_number_is_none(number: object) -> None:
    """Numbers that Telegram never gives are refused, and do not stop what follows."""
    body = {"update_id": number, "message": MESSAGE}
    assert update_id_of(body) is None
    with pytest.raises(UnreadableError):
        parse(body)


@pytest.mark.parametrize("number", [0, 1, 2**63 - 1])
def test_a_real_update_number_is_known(number: int) -> None:
    """It may be as large as SQLite allows."""
    assert update_id_of({"update_id": number}) == number


@pytest.mark.parametrize("chat_id", [0, 2**63, -(2**64), True, "5", 5.0, None])
def test_a_chat_that_cannot_be_is_unreadable(chat_id: object) -> None:
    """Its id would fit neither the database nor the reply."""
    with pytest.raises(UnreadableError, match="message: no valid chat"):
        parse({"update_id": 1, "message": MESSAGE | {"chat": CHAT | {"id": chat_id}}})


@pytest.mark.parametrize(
    ("offset", "length", "is_kept"),
    [(0, 2, True), (0, 1, False), (1, 1, False), (1, 9, False), (0, 99, False), (-2, 4, False)],
)
def test_an_entity_that_halves_an_emoji_is_left_out(
    offset: int, length: int, *, is_kept: bool
) -> None:
    """So is one outside the text."""
    entities = [{"type": "bold", "offset": offset, "length": length}]
    message = parse({"update_id": 1, "message": MESSAGE | {"entities": entities}}).message
    assert message is not None
    assert bool(message.parse_entities()) == is_kept


@pytest.mark.parametrize("can", [True, False, None])
def test_a_restricted_member_with_other_rights(*, can: bool | None) -> None:
    """Rights that are not mentioned are denied; those that are not known are ignored."""
    member = {"user": USER, "status": "restricted", "can_fly": True, "can_send_messages": can}
    change = {"chat": CHAT, "from": USER, "date": 1, "old_chat_member": member}
    update = parse({"update_id": 1, "my_chat_member": change | {"new_chat_member": member}})
    assert update.my_chat_member is not None
    now = update.my_chat_member.new_chat_member
    assert isinstance(now, ChatMemberRestricted)
    assert now.can_send_messages is (can is True)


@pytest.mark.parametrize("status", ["creator", "administrator", "kicked", "left", "member", "new"])
def test_any_status_of_a_member_is_readable(status: str) -> None:
    """Even one that the library does not know."""
    member = {"user": USER, "status": status}
    change = {"chat": CHAT, "old_chat_member": member, "new_chat_member": member}
    update = parse({"update_id": 1, "my_chat_member": change})
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == status


def test_the_real_process_answers_despite_junk(town: FakeTelegram) -> None:
    """One message for each part of a message, with that part replaced."""
    chats = {}
    for number, path in enumerate(PATHS):
        chat = town.private()
        junk = ["\ud83d", 7, {"type": 1}, [[]], -1.5][number % 5]
        content = MESSAGE | {"chat": chat.json(), "from": USER | {"id": chat.id}}
        town.publish({"message": with_junk(path, junk, content)})
        chats[chat.id] = path
    for chat_id, path in chats.items():
        shown = town.wait_for(partial(town.sent, chat_id), what=f"answer despite {path}")
        assert ANSWER in shown[0]["text"]


def test_a_service_message_of_an_unknown_kind_gets_no_reply(town: FakeTelegram) -> None:
    """It has neither words nor anything that a person sends."""
    chat = town.private()
    content = {"message_id": 1, "date": 1, "chat": chat.json(), "from": USER | {"id": chat.id}}
    town.publish({"message": content | {"somebody_did_something": {}}})
    town.wait_idle()
    assert town.sent(chat.id) == []
