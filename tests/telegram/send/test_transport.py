import json
import socket
from collections.abc import AsyncIterator

import pytest
from telegram.error import NetworkError, TelegramError, TimedOut

from bot.telegram.send.retries import is_temporary
from bot.telegram.send.transport import Http
from tests.fake_telegram import Chat, FakeTelegram, Json

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "f8cfc0f01f0005000201a3d3d5b90000000049454e44ae426082"
)


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    """A client with a single connection and a short timeout."""
    opened = Http(timeout=0.4)
    yield opened
    await opened.aclose()


@pytest.fixture
def chat(telegram: FakeTelegram) -> Chat:
    """A private chat in which somebody has written to the bot."""
    chat = telegram.private()
    telegram.say("hello", chat=chat, user=chat.user)
    return chat


def address(telegram: FakeTelegram, method: str) -> str:
    """The URL of a Bot API method."""
    return f"{telegram.url}/bot{telegram.token}/{method}"


def text_to(chat: Chat) -> Json:
    """Parameters for sendMessage."""
    return {"chat_id": chat.id, "text": "a=1&b=2 ü 🌉"}


async def failure(http: Http, url: str, data: Json | None = None) -> TelegramError:
    """The error of a failing call; its text must not contain the token."""
    with pytest.raises(NetworkError) as caught:
        await http.fetch("POST", url, data)
    assert "AAFake" not in str(caught.value)
    assert is_temporary(caught.value)
    return caught.value


@pytest.mark.anyio
async def test_text_and_files_arrive_unchanged(
    telegram: FakeTelegram, http: Http, chat: Chat
) -> None:
    """Text with any characters arrives, and so does an uploaded picture with its caption."""
    url = address(telegram, "sendMessage")
    status, body = await http.fetch("POST", url, text_to(chat))
    assert status == 200
    assert "message_id" in json.loads(body)["result"]
    assert telegram.sent(chat.id)[-1]["text"] == "a=1&b=2 ü 🌉"
    data = {"chat_id": chat.id, "caption": "ü", "photo": PIXEL}
    status, _ = await http.fetch("POST", address(telegram, "sendPhoto"), data)
    assert status == 200
    assert telegram.sent(chat.id)[-1]["caption"] == "ü"
    assert telegram.violations == []


@pytest.mark.anyio
async def test_a_refused_connection_is_temporary(http: Http) -> None:
    """If nothing listens on the port, a later try may succeed."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    await failure(http, f"http://127.0.0.1:{port}/bot1:AAFake/sendMessage")


@pytest.mark.anyio
async def test_after_a_lost_connection_the_next_call_succeeds(
    telegram: FakeTelegram, http: Http, chat: Chat
) -> None:
    """The message was sent but the response was lost; the next call succeeds."""
    telegram.faults.add("drop after", "sendMessage", times=1)
    url = address(telegram, "sendMessage")
    await failure(http, url, text_to(chat))
    assert len(telegram.sent(chat.id)) == 1
    status, _ = await http.fetch("POST", url, text_to(chat))
    assert status == 200


@pytest.mark.anyio
async def test_a_slow_response_times_out(telegram: FakeTelegram, http: Http, chat: Chat) -> None:
    """A slow response times out, unless the call allows it more time."""
    telegram.faults.add("slow", "sendMessage", times=2, delay=0.8)
    url = address(telegram, "sendMessage")
    error = await failure(http, url, text_to(chat))
    assert isinstance(error, TimedOut)
    status, _ = await http.fetch("POST", url, text_to(chat), wait=20)
    assert status == 200
