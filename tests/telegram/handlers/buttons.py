"""What tests of several handlers need: the buttons of a message, and an anonymous admin."""

from tests.fake_telegram import FakeTelegram, Json

ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


def labels(message: Json) -> list[str]:
    """The labels of the buttons below a message."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def notice(telegram: FakeTelegram, query: str) -> str:
    """The text of the notice after a press."""
    answer = telegram.wait_for(lambda: telegram.answer_to(query), what="answer to a button")
    assert answer is not None
    text: str = answer.get("text", "")
    return text
