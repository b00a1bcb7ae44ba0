import pytest
from telegram import Update

from tests.fake_telegram import FakeTelegram, Json

from .conftest import Api


def test_every_action_is_an_update_that_the_library_can_parse(
    telegram: FakeTelegram, api: Api
) -> None:
    """Each action queues updates in which python-telegram-bot knows every field."""
    user, group = telegram.user("Bo", username="bo"), telegram.group(status="left")
    forum, (topic,) = telegram.forum("Dates")
    telegram.add_bot(group, user)
    question = telegram.say("hi @TreatyBot", chat=group, user=user)
    telegram.say(caption="what?", chat=forum, thread=topic, photo=[])
    telegram.edit(question, "hi again")
    markup = {"inline_keyboard": [[{"text": "more", "callback_data": "m"}]]}
    sent = api("sendMessage", chat_id=group.id, text="x", reply_markup=markup)["result"]
    telegram.press("more", sent, user)
    telegram.press("forged", sent, user, forged=True)
    telegram.inline("inf", user)
    telegram.guest("@TreatyBot when?", user)
    telegram.say("news", chat=telegram.group("News", "channel", status="administrator"))
    telegram.migrate(telegram.group("Old", "group"))
    telegram.set_bot_status(group, "administrator", user)
    telegram.block(user)
    telegram.remove_bot(group, user)
    raw = api("getUpdates")["result"]
    updates = [Update.de_json(item, None) for item in raw]
    assert [sorted(item.keys() - {"update_id"}) for item in raw] == [
        ["my_chat_member"], ["message"], ["message"], ["message"], ["edited_message"],
        ["callback_query"], ["callback_query"], ["inline_query"], ["guest_message"],
        ["channel_post"], ["message"], ["message"], ["my_chat_member"], ["my_chat_member"],
        ["my_chat_member"],
    ]  # fmt: skip
    assert all(not update.api_kwargs for update in updates)


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [("chatter", False), ("/ask x", True), ("/ask@treatybot x", True), ("/ask@other x", False)],
)
def test_privacy_mode(telegram: FakeTelegram, text: str, *, is_seen: bool) -> None:
    """In privacy mode the bot gets only the group messages that are meant for it."""
    telegram.world.privacy_mode = True
    telegram.say(text, chat=telegram.group())
    assert bool(telegram.updates.pending) is is_seen


def test_replies_are_found(telegram: FakeTelegram, api: Api) -> None:
    """replies_to finds only replies; reply_to also accepts a message that replies to nothing."""
    message = telegram.say("q")
    chat_id = message["chat"]["id"]
    quote = {"message_id": message["message_id"]}
    api("sendMessage", chat_id=chat_id, text="free")
    api("sendMessage", chat_id=chat_id, text="quoting", reply_parameters=quote)
    assert telegram.reply_to(message)["text"] == "free"
    assert [reply["text"] for reply in telegram.replies_to(message)] == ["quoting"]
    with pytest.raises(TimeoutError, match="no third message within"):
        telegram.wait_for(lambda: len(telegram.sent(chat_id)) > 2, 0.01, "third message")


def test_inline_results_are_chosen(telegram: FakeTelegram, api: Api) -> None:
    """Choosing an inline result sends it as a message via the bot."""
    user, group = telegram.user(), telegram.group()
    query = telegram.inline("inf", user)
    content: Json = {"message_text": "<b>x</b>", "parse_mode": "HTML"}
    result = {"type": "article", "id": "r", "title": "t", "input_message_content": content}
    assert api("answerInlineQuery", inline_query_id=query, results=[result])["ok"]
    message = telegram.choose(query, "r", group, user)
    assert message["text"] == "x"
    assert telegram.transcript(group) == "Ann: x"
    assert message["via_bot"]["username"] == "TreatyBot"
