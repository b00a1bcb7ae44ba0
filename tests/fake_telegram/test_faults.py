import time

import httpx
import pytest

from tests.fake_telegram import FakeTelegram

from .conftest import Api


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("429", 429, "Too Many Requests: retry after 7"),
        ("500", 500, "Internal Server Error"),
        ("401", 401, "Unauthorized"),
        ("409", 409, "Conflict: terminated by other getUpdates request"),
        ("502", 502, "<title>502 Bad Gateway</title>"),
    ],
)
def test_injected_errors(  # noqa: PLR0913, PLR0917 - one column each
    telegram: FakeTelegram, client: httpx.Client, api: Api, kind: str, status: int, text: str
) -> None:
    """An injected error replaces the call as often as asked, and is no violation."""
    chat = telegram.private()
    fault = telegram.faults.add(kind, "sendMessage", times=1, retry_after=7)  # type: ignore[arg-type]
    answer = client.post("sendMessage", data={"chat_id": str(chat.id), "text": "x"})
    assert (answer.status_code, text in answer.text) == (status, True)
    assert telegram.sent(chat.id) == []
    assert api("sendMessage", chat_id=chat.id, text="x")["ok"]
    assert (fault.hits, telegram.violations) == (1, [])
    assert [call.fault for call in telegram.calls] == [kind, None]


def test_fault_is_answered_before_the_offset_applies(telegram: FakeTelegram, api: Api) -> None:
    """A getUpdates call that fails confirms nothing."""
    telegram.say("hello")
    telegram.faults.add("502", "getUpdates", times=1)
    with pytest.raises(ValueError, match="Expecting value"):
        api("getUpdates", offset=2_000_000_000)
    assert len(api("getUpdates")["result"]) == 1


@pytest.mark.parametrize(("kind", "sent"), [("drop before", 0), ("drop after", 1)])
def test_dropped_connections(
    telegram: FakeTelegram, client: httpx.Client, kind: str, sent: int
) -> None:
    """The connection breaks before the call, or after it, when only the response is lost."""
    chat = telegram.private()
    telegram.faults.add(kind, times=1)  # type: ignore[arg-type]
    with pytest.raises(httpx.TransportError):
        client.post("sendMessage", data={"chat_id": str(chat.id), "text": "x"})
    assert len(telegram.sent(chat.id)) == sent


def test_slow_and_late_calls_and_malformed_updates(telegram: FakeTelegram, api: Api) -> None:
    """A slow call only responds late; a late call runs after the drop; a malformed update stays."""
    chat = telegram.private()
    telegram.faults.add("slow", "sendMessage", delay=0.2)
    started = time.monotonic()
    api("sendMessage", chat_id=chat.id, text="x")
    assert time.monotonic() - started >= 0.2
    telegram.faults.clear()
    telegram.faults.add("late", "sendMessage", times=1, delay=0.2)
    with pytest.raises(httpx.TransportError):
        api("sendMessage", chat_id=chat.id, text="late")
    assert len(telegram.sent(chat.id)) == 1
    telegram.wait_for(lambda: len(telegram.sent(chat.id)) == 2)
    telegram.faults.add("malformed", times=1)
    telegram.say("fine")
    for _ in range(2):
        updates = api("getUpdates")["result"]
        assert ["date" in update["message"] for update in updates] == [True, False]


def test_random_faults_repeat_with_their_seed() -> None:
    """The same seed hits the same calls."""
    statuses = []
    for _ in range(2):
        with FakeTelegram(seed=5) as telegram, httpx.Client() as client:
            telegram.faults.add("500", probability=0.5)
            address = f"{telegram.url}/bot{telegram.token}/getMe"
            statuses.append([client.post(address).status_code for _ in range(20)])
    assert statuses[0] == statuses[1]
    assert set(statuses[0]) == {200, 500}


def test_outage_and_recovery(telegram: FakeTelegram, api: Api) -> None:
    """While down it refuses connections; it comes back on the same port with its state."""
    telegram.say("hello")
    telegram.go_down()
    with pytest.raises(httpx.TransportError):
        api("getMe")
    telegram.come_back()
    assert len(api("getUpdates")["result"]) == 1
