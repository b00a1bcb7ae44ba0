import json
from typing import Literal

import httpx
import pytest

from tests.fake_telegram import FakeTelegram, Json

from .conftest import Api
from .test_refusals import keyboard

CIRCUMSTANCES: list[tuple[str, Json, int, str]] = [
    ("group", {"status": "left"}, 403, "Forbidden: bot is not a member of the group chat"),
    ("supergroup", {"status": "kicked"}, 403, "Forbidden: bot was kicked from the supergroup chat"),
]


@pytest.mark.parametrize(("kind", "options", "code", "error"), CIRCUMSTANCES)
def test_groups_without_the_bot(  # noqa: PLR0913, PLR0917 - one column each
    telegram: FakeTelegram,
    api: Api,
    kind: Literal["group", "supergroup"],
    options: Json,
    code: int,
    error: str,
) -> None:
    """In a group that the bot has left or was kicked from it gets 403, which is no violation."""
    chat = telegram.group("G", kind, **options)
    answer = api("sendMessage", chat_id=chat.id, text="x")
    assert (answer["error_code"], answer["description"]) == (code, error)
    assert telegram.violations == []


def test_blocked_migrated_and_restricted_chats(telegram: FakeTelegram, api: Api) -> None:
    """A block, a migration and missing rights each have their own error."""
    user = telegram.user()
    telegram.block(user)
    blocked = api("sendMessage", chat_id=user.id, text="x")
    group = telegram.group("G", "group")
    new = telegram.migrate(group)
    migrated = api("sendMessage", chat_id=group.id, text="x")
    new.can_send_photos = new.can_send_messages = False
    seen = telegram.say("hello", chat=new)["message_id"]
    reaction = [{"type": "emoji", "emoji": "👀"}]
    assert api("setMessageReaction", chat_id=new.id, message_id=seen, reaction=reaction)["ok"]
    texts = api("sendMessage", chat_id=new.id, text="x")
    photos = api("sendPhoto", chat_id=new.id, photo="x")
    assert blocked["description"] == "Forbidden: bot was blocked by the user"
    assert migrated["parameters"] == {"migrate_to_chat_id": new.id}
    assert texts["description"].endswith("not enough rights to send text messages to the chat")
    assert photos["description"].endswith("not enough rights to send photos to the chat")
    assert telegram.violations == []


def test_reply_to_a_deleted_message_is_no_violation(telegram: FakeTelegram, api: Api) -> None:
    """Replying to a message that has just been deleted is not a bug in the bot."""
    message = telegram.say("hello")
    telegram.delete(message)
    reply = {"message_id": message["message_id"]}
    answer = api("sendMessage", chat_id=message["chat"]["id"], text="x", reply_parameters=reply)
    assert answer["description"] == "Bad Request: message to be replied not found"
    assert telegram.violations == []


def test_topics_of_a_forum(telegram: FakeTelegram, api: Api) -> None:
    """A message is sent to an existing topic; General has no thread id to send to."""
    forum, (topic,) = telegram.forum("Missiles")
    question = telegram.say("when?", chat=forum, thread=topic)
    reply = {"message_id": question["message_id"]}
    inside = api("sendMessage", chat_id=forum.id, text="x", reply_parameters=reply)["result"]
    direct = api("sendMessage", chat_id=forum.id, text="x", message_thread_id=topic)["result"]
    general = api("sendMessage", chat_id=forum.id, text="x", message_thread_id=1)
    assert question["reply_to_message"]["forum_topic_created"]["name"] == "Missiles"
    assert inside["message_thread_id"] == direct["message_thread_id"] == topic
    assert general["description"] == "Bad Request: message thread not found"


def test_callback_queries_are_answered_once(telegram: FakeTelegram, api: Api) -> None:
    """A second answer, or one to an expired query, is refused."""
    message = telegram.say("hello")
    sent = api(
        "sendMessage",
        chat_id=message["chat"]["id"],
        text="x",
        reply_markup=keyboard(callback_data="d"),
    )["result"]
    query = telegram.press("b", sent)
    assert api("answerCallbackQuery", callback_query_id=query, text="ok")["result"] is True
    assert telegram.answer_to(query) == {"callback_query_id": query, "text": "ok"}
    old = telegram.press("d", sent)
    telegram.expire(old)
    for query_id in (query, old):
        assert not api("answerCallbackQuery", callback_query_id=query_id)["ok"]
    assert telegram.violations == []
    with pytest.raises(ValueError, match="no callback button 'nothing'"):
        telegram.press("nothing", sent)


def test_another_token_is_unauthorized(telegram: FakeTelegram) -> None:
    """A call with the wrong token gets 401."""
    answer = httpx.post(f"{telegram.url}/bot1:x/getMe")
    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3


def test_photo_is_uploaded_once_and_sent_again_by_file_id(
    telegram: FakeTelegram, client: httpx.Client
) -> None:
    """A multipart upload is stored byte for byte and can be sent again by its file_id."""
    chat = telegram.private()
    data = {"chat_id": str(chat.id), "caption": "<b>c</b>", "parse_mode": "HTML"}
    first = client.post("sendPhoto", data=data, files={"photo": ("a.png", PNG)}).json()["result"]
    file_id = first["photo"][-1]["file_id"]
    again = client.post("sendPhoto", data={"chat_id": str(chat.id), "photo": file_id}).json()
    media = json.dumps({"type": "photo", "media": "attach://new", "caption": "d"})
    edit = {"chat_id": str(chat.id), "message_id": "1", "media": media}
    edited = client.post("editMessageMedia", data=edit, files={"new": ("b.png", PNG)}).json()
    path = client.post("getFile", data={"file_id": file_id}).json()["result"]["file_path"]
    assert first["caption"] == "c"
    assert again["ok"]
    assert edited["result"]["caption"] == "d"
    assert httpx.get(f"{telegram.url}/file/bot{telegram.token}/{path}").content == PNG
    assert telegram.violations == []


def test_message_ids_are_assigned_as_on_the_server(telegram: FakeTelegram) -> None:
    """Private chats and basic groups share one counter, each supergroup has its own."""
    chats = [telegram.private(), telegram.group(kind="group"), telegram.group(), telegram.group()]
    ids = [telegram.say("hello", chat=chat)["message_id"] for chat in [*chats, *chats]]
    assert ids == [1, 2, 1, 1, 3, 4, 2, 2]


def test_stopping_a_location_reveals_whose_message_it_is(telegram: FakeTelegram, api: Api) -> None:
    """It is always refused, without a violation, and the error says whose message it is."""
    chat = telegram.private()
    theirs = telegram.say("hello", chat=chat)["message_id"]
    ours = api("sendMessage", chat_id=chat.id, text="x")["result"]["message_id"]
    force = {"force_reply": True}
    uneditable = api("sendMessage", chat_id=chat.id, text="x", reply_markup=force)["result"]
    rows = {
        theirs: "message can't be edited",
        ours: "there is no live location in the message to edit",
        uneditable["message_id"]: "message can't be edited",
        99: "message to edit not found",
    }
    for message_id, error in rows.items():
        answer = api("stopMessageLiveLocation", chat_id=chat.id, message_id=message_id)
        assert answer["description"] == f"Bad Request: {error}"
    assert telegram.violations == []
