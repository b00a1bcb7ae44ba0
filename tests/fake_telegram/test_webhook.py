import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.fake_telegram import FakeTelegram

from .conftest import Api


class Receiver(ThreadingHTTPServer):
    """Records what is posted to it and responds with the given statuses, then with 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: list[int] = []
        self.received: list[tuple[str | None, str]] = []  # secret, text
        self.hold: dict[str, threading.Event] = {}  # texts whose response waits for the event

    @property
    def url(self) -> str:
        """The webhook URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        size = int(self.headers["content-length"])
        text = json.loads(self.rfile.read(size))["message"]["text"]
        self.server.received.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], text))
        if text in self.server.hold:
            self.server.hold[text].wait(10)
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("retry-after", "1")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a webhook for one test."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_updates_are_posted_with_the_secret_and_in_order(
    telegram: FakeTelegram, api: Api, receiver: Receiver
) -> None:
    """Queued and new updates of a chat arrive in order, with the secret header."""
    chat = telegram.private()
    telegram.say("a", chat=chat)
    api("setWebhook", url=receiver.url, secret_token="s3cret")
    for text in "bcd":
        telegram.say(text, chat=chat)
    telegram.wait_idle()
    assert receiver.received == [("s3cret", text) for text in "abcd"]
    assert api("getWebhookInfo")["result"]["pending_update_count"] == 0


def test_failed_updates_are_retried_before_the_next_one(
    telegram: FakeTelegram, api: Api, receiver: Receiver
) -> None:
    """Anything but 2xx is retried, and holds up later updates of the same chat."""
    receiver.statuses = [503, 500]
    chat = telegram.private()
    api("setWebhook", url=receiver.url)
    telegram.say("a", chat=chat)
    telegram.say("b", chat=chat)
    telegram.wait_idle()
    assert [text for _, text in receiver.received] == ["a", "a", "a", "b"]
    assert [status for _, status in telegram.webhook.deliveries] == [503, 500, 200, 200]
    assert "500" in api("getWebhookInfo")["result"]["last_error_message"]


def test_chats_are_served_in_parallel(telegram: FakeTelegram, api: Api, receiver: Receiver) -> None:
    """A chat whose update is still being handled does not hold up another chat."""
    receiver.hold["slow"] = threading.Event()
    api("setWebhook", url=receiver.url)
    telegram.say("slow")
    telegram.say("quick")
    telegram.wait_for(lambda: telegram.webhook.deliveries)
    assert len(telegram.updates.pending) == 1
    receiver.hold["slow"].set()
    telegram.wait_idle()
