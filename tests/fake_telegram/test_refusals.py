import pytest

from tests.fake_telegram import FakeTelegram, Json

from .conftest import Api

LONG = "😀" * 2048  # 4096 UTF-16 units
ARTICLE = {
    "type": "article",
    "id": "1",
    "title": "t",
    "input_message_content": {"message_text": "x"},
}


def keyboard(**button: str) -> Json:
    """Return a keyboard with one button."""
    return {"inline_keyboard": [[{"text": "b"} | button]]}


# method, parameters besides chat_id, Telegram's error (None: accepted)
CASES: list[tuple[str, Json, str | None]] = [
    ("sendMessage", {"text": "x"}, None),
    ("sendMessage", {}, "message text is empty"),
    ("sendMessage", {"text": " \n"}, "message text is empty"),
    ("sendMessage", {"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
    ("sendMessage", {"text": LONG}, None),
    ("sendMessage", {"text": LONG + "x"}, "message is too long"),
    ("sendMessage", {"text": f"<b>{LONG}</b>&amp;"[:-5], "parse_mode": "HTML"}, None),
    ("sendMessage", {"text": f"<b>{LONG}</b>&amp;", "parse_mode": "HTML"}, "message is too long"),
    ("sendMessage", {"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: "),
    ("sendMessage", {"text": "x", "parse_mode": "Word"}, "unsupported parse_mode"),
    (
        "sendMessage",
        {"text": "x", "colour": "red"},
        'the method sendMessage has no parameter "colo',
    ),
    ("sendMessage", {"text": 5}, "can't read parameter text must be of type String"),
    (
        "sendMessage",
        {"text": "x", "reply_parameters": {}},
        "can't read parameter reply_parameters.",
    ),
    ("sendMessage", {"text": "x", "reply_parameters": {"message_id": 99}}, "message to be replied"),
    (
        "sendMessage",
        {"text": "x", "reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}},
        None,
    ),
    ("sendMessage", {"text": "x", "reply_parameters": {"message_id": 1, "quote": "hel"}}, None),
    (
        "sendMessage",
        {"text": "x", "reply_parameters": {"message_id": 1, "quote": "no"}},
        "QUOTE_TEXT_INVALID",
    ),
    ("sendMessage", {"text": "x", "message_thread_id": 1}, "message thread not found"),
    ("sendMessage", {"text": "x", "reply_markup": keyboard(callback_data="é" * 32)}, None),
    (
        "sendMessage",
        {"text": "x", "reply_markup": keyboard(callback_data="é" * 32 + "x")},
        "BUTTON_DATA_INVALID",
    ),
    (
        "sendMessage",
        {"text": "x", "reply_markup": keyboard()},
        "can't parse inline keyboard button",
    ),
    ("sendMessage", {"text": "x", "reply_markup": keyboard(url="javascript:1")}, "BUTTON_URL_INV"),
    (
        "sendMessage",
        {"text": "x", "reply_markup": keyboard(color="red")},
        "can't read parameter rep",
    ),
    (
        "sendMessage",
        {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
        "ENTITY_BOUNDS_INVALID",
    ),
    ("sendMessage", {"chat_id": 12345, "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
    ("sendPhoto", {"photo": "AgAC-unknown"}, "wrong remote file identifier specified"),
    ("sendPhoto", {"photo": "x", "caption": LONG[:513]}, "message caption is too long"),
    ("sendPhoto", {}, 'the parameter "photo" is required'),
    ("sendChatAction", {"action": "typing"}, None),
    ("sendChatAction", {"action": "thinking"}, "wrong parameter action in request"),
    ("editMessageText", {"message_id": 2, "text": "other"}, None),
    ("editMessageText", {"message_id": 2, "text": "answer"}, "message is not modified: specified"),
    ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
    ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
    ("editMessageText", {"text": "x"}, "message identifier is not specified"),
    ("editMessageCaption", {"message_id": 2, "caption": "x"}, "there is no caption in the message"),
    (
        "editMessageReplyMarkup",
        {"message_id": 2, "reply_markup": keyboard(url="https://t.me")},
        None,
    ),
    ("deleteMessage", {"message_id": 2}, None),
    ("deleteMessage", {"message_id": 99}, "message to delete not found"),
    ("setMessageReaction", {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "👀"}]}, None),
    (
        "setMessageReaction",
        {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "🔍"}]},
        "REACTION_INVALID",
    ),
    ("setMessageReaction", {"message_id": 99}, "message to react not found"),
    ("getChatAdministrators", {}, "there are no administrators in the private chat"),
]


@pytest.mark.parametrize(("method", "params", "error"), CASES)
def test_calls_about_a_private_chat(
    telegram: FakeTelegram, api: Api, method: str, params: Json, error: str | None
) -> None:
    """Each call is accepted, or refused with Telegram's text and logged as refused."""
    message = telegram.say("hello")
    api("sendMessage", chat_id=message["chat"]["id"], text="answer")
    answer = api(method, **({"chat_id": message["chat"]["id"]} | params))
    if error is None:
        assert answer["ok"], answer
    else:
        assert answer["description"].startswith(f"Bad Request: {error}")
        assert answer["error_code"] == 400
        assert telegram.calls[-1].refused == answer["description"]
        assert bool(telegram.violations) is not error.startswith("message is not modified")


PLAIN: list[tuple[str, Json, str]] = [
    ("sendSmoke", {}, "Not Found"),
    ("sendMessage", {"text": "x"}, "Bad Request: chat_id is empty"),
    (
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "Bad Request: query is too old and response",
    ),
    ("answerInlineQuery", {"inline_query_id": "1", "results": []}, "Bad Request: query is too old"),
    (
        "answerInlineQuery",
        {"inline_query_id": "1", "results": [ARTICLE, ARTICLE]},
        "Bad Request: RESULT_ID_DUPLICATE",
    ),
    (
        "answerInlineQuery",
        {"inline_query_id": "1", "results": [ARTICLE | {"id": str(i)} for i in range(51)]},
        "Bad Request: RESULTS_TOO_MUCH",
    ),
    (
        "answerInlineQuery",
        {"inline_query_id": "1", "results": [ARTICLE | {"id": "x" * 65}]},
        "Bad Request: RESULT_ID_INVALID",
    ),
    (
        "answerInlineQuery",
        {"inline_query_id": "1", "results": [], "button": {"text": "t", "start_parameter": "a b"}},
        "Bad Request: START_PARAM_INVALID",
    ),
    (
        "setMyCommands",
        {"commands": [{"command": "Ask", "description": "d"}]},
        "Bad Request: BOT_COMM",
    ),
    (
        "setMyCommands",
        {"commands": [{"command": "ask", "description": ""}]},
        "Bad Request: BOT_COMM",
    ),
    ("setMyDescription", {"description": "x" * 513}, "Bad Request: bot description is too long"),
    ("setMyShortDescription", {"short_description": "x" * 121}, "Bad Request: bot short descripti"),
    ("setMyName", {"name": "x", "language_code": "english"}, "Bad Request: invalid language code"),
    ("setWebhook", {"url": "ftp://example.org"}, "Bad Request: bad webhook: An HTTPS URL must be"),
    (
        "setWebhook",
        {"url": "https://example.org", "secret_token": "a b"},
        "Bad Request: secret token",
    ),
    (
        "getFile",
        {"file_id": "x"},
        "Bad Request: wrong file_id or the file is temporarily unavailable",
    ),
]


@pytest.mark.parametrize(("method", "params", "error"), PLAIN)
def test_calls_without_a_chat(
    telegram: FakeTelegram, api: Api, method: str, params: Json, error: str
) -> None:
    """Unknown methods, invented query ids and profile texts beyond the limits are refused."""
    assert api(method, **params)["description"].startswith(error)
    assert [call.method for call in telegram.violations] == [method]
