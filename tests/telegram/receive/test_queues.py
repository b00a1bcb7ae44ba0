import asyncio
import logging
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.receive import queues
from bot.telegram.receive.queues import ChatQueues


async def turns(chats: list[int], failures: int) -> list[tuple[int, int]]:
    """Put an update in each chat given; return the turns, the first ones of which fail."""
    waiting, taken = ChatQueues(), list[tuple[int, int]]()
    for update_id, chat in enumerate(chats):
        waiting.put(chat, update_id)
    while waiting.arrived:
        key, update_id = await waiting.next()
        taken.append((key, update_id))
        is_done = len(taken) > failures
        if is_done:
            del waiting.arrived[update_id]
        waiting.end_turn(key, is_done=is_done)
    return taken


@given(st.lists(st.integers(0, 5), max_size=60), st.integers(0, 10))
def test_each_chat_keeps_its_order(chats: list[int], failures: int) -> None:
    """Every update gets its turn, failed ones again, and none before the one in front of it."""
    done = asyncio.run(turns(chats, failures))[failures:] if chats else []
    assert sorted(number for _, number in done) == [*range(len(chats))]
    by_chat = defaultdict(list)
    for chat, number in done:
        by_chat[chat].append(number)
    assert all(numbers == sorted(numbers) for numbers in by_chat.values())


@given(st.lists(st.integers(0, 5), max_size=60))
def test_chats_take_turns(chats: list[int]) -> None:
    """While a chat waits, no other gets two turns."""
    taken = [chat for chat, _ in asyncio.run(turns(chats, 0))]
    for place, chat in enumerate(taken):
        later = taken[place + 1 :]
        between = later[: later.index(chat)] if chat in later else []
        assert len(between) == len(set(between))


@pytest.mark.anyio
async def test_there_is_room_again_once_something_is_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Too many waiting updates stop the fetching until one is done, after a warning."""
    monkeypatch.setattr(queues, "MAX_UPDATES", 10)
    waiting = ChatQueues()
    with caplog.at_level(logging.WARNING):
        for number in range(10):
            assert waiting.has_room
            waiting.put(1, number)
    assert not waiting.has_room
    assert caplog.text.count("no more are fetched") == 1
    key, update_id = await waiting.next()
    del waiting.arrived[update_id]
    waiting.end_turn(key, is_done=True)
    assert waiting.has_room


def test_no_number_of_updates_in_one_chat_stops_the_fetching(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says how many there are, now and then."""
    waiting = ChatQueues()
    for number in range(60_000):
        waiting.put(1, number)
    assert waiting.has_room
    assert caplog.text.count("updates are waiting in one chat") == 6
