import threading

import pytest

from tests.fake_telegram import FakeTelegram, Json

from .conftest import Api


def ids(response: Json) -> list[int]:
    """Return the update ids of a response."""
    return [update["update_id"] for update in response["result"]]


def test_update_ids_are_sequential_and_unconfirmed_updates_are_sent_again(
    telegram: FakeTelegram, api: Api
) -> None:
    """Without an offset every call returns the same updates at once."""
    for text in "abc":
        telegram.say(text)
    first = ids(api("getUpdates"))
    assert first == list(range(first[0], first[0] + 3))
    assert ids(api("getUpdates", timeout=20)) == first


def test_offset_confirms_when_the_call_arrives(telegram: FakeTelegram, api: Api) -> None:
    """Everything below the offset is dropped as soon as the call arrives."""
    for text in "abc":
        telegram.say(text)
    first = ids(api("getUpdates"))
    assert ids(api("getUpdates", offset=first[1], limit=1)) == first[1:2]
    assert ids(api("getUpdates")) == first[1:]
    assert api("getUpdates", offset=first[-1] + 1)["result"] == []
    telegram.wait_idle()


def test_negative_offset_keeps_only_the_last_updates(telegram: FakeTelegram, api: Api) -> None:
    """An offset of -1 drops all but the last update."""
    for text in "abc":
        telegram.say(text)
    assert len(ids(api("getUpdates", offset=-1))) == 1
    assert len(telegram.updates.pending) == 1


def test_long_poll_waits_for_an_update(telegram: FakeTelegram, api: Api) -> None:
    """A poll with a timeout returns as soon as someone writes."""
    answers: list[Json] = []
    poll = threading.Thread(target=lambda: answers.append(api("getUpdates", timeout=20)))
    poll.start()
    telegram.wait_for(lambda: telegram.updates.polls == 1)
    assert answers == []
    telegram.say("hello")
    poll.join()
    assert answers[0]["result"][0]["message"]["text"] == "hello"


def test_second_poller_ends_the_first_with_a_conflict(telegram: FakeTelegram, api: Api) -> None:
    """The waiting poll gets 409 and the new one succeeds."""
    answers: list[Json] = []
    poll = threading.Thread(target=lambda: answers.append(api("getUpdates", timeout=20)))
    poll.start()
    telegram.wait_for(lambda: telegram.updates.polls == 1)
    assert api("getUpdates")["ok"]
    poll.join()
    assert answers[0]["error_code"] == 409
    assert answers[0]["description"].startswith("Conflict: terminated by other getUpdates request")
    assert telegram.violations == []


def test_polling_conflicts_with_a_webhook(telegram: FakeTelegram, api: Api) -> None:
    """A set webhook makes getUpdates fail with 409, until deleteWebhook."""
    assert api("setWebhook", url="http://127.0.0.1:9/hook")["ok"]
    assert api("getUpdates")["error_code"] == 409
    assert api("deleteWebhook")["ok"]
    assert api("getUpdates")["ok"]
    assert telegram.violations == []


def test_allowed_updates_apply_when_an_update_is_created(telegram: FakeTelegram, api: Api) -> None:
    """allowed_updates is remembered, and does not filter updates that are already queued."""
    telegram.say("before")
    api("getUpdates", allowed_updates=["inline_query"])
    telegram.say("never delivered")
    telegram.inline("inf")
    kinds = [min(update) for update in api("getUpdates")["result"]]
    assert kinds == ["message", "inline_query"]


@pytest.mark.parametrize("kinds", [[], None])
def test_chat_member_is_not_among_the_default_updates(
    telegram: FakeTelegram, api: Api, kinds: list[str] | None
) -> None:
    """chat_member must be asked for; an empty list means the default."""
    api("getUpdates", allowed_updates=["chat_member"])
    api("getUpdates", **({} if kinds is None else {"allowed_updates": kinds}))
    assert ("chat_member" in telegram.updates.subscription) is (kinds is None)
