import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.telegram.send import limits
from bot.telegram.send.limits import SendLimits, Window

PRIVATE, OTHER, GROUP = 5, 6, -100


@given(
    st.integers(1, 5),
    st.floats(0.5, 5.0),
    st.lists(st.floats(0.0, 2.0), min_size=1, max_size=60),
)
def test_no_window_ever_holds_more_than_its_count(
    count: int, seconds: float, gaps: list[float]
) -> None:
    """However the wishes come, any span of `seconds` has at most `count` events, soon as can be."""
    window, now, taken = Window(count, seconds), 0.0, list[float]()
    for gap in gaps:
        now += gap
        wait = window.wait(now)
        now += wait
        assert window.wait(now) < 1e-9
        if wait:
            assert now - taken[-count] <= seconds + 1e-9
        window.take(now)
        taken.append(now)
    for first, last in zip(taken, taken[count:], strict=False):
        assert last - first >= seconds - 1e-9


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shrink the limits, so that nothing takes long."""
    monkeypatch.setattr(limits, "OVERALL", (100, 0.1))
    monkeypatch.setattr(limits, "GROUP", (2, 0.4))
    monkeypatch.setattr(limits, "PRIVATE", (3, 0.1))


async def _takes(turns: SendLimits, chat: int, times: int, order: list[int]) -> None:
    for _ in range(times):
        await turns.take(chat)
        order.append(chat)


@pytest.mark.anyio
@pytest.mark.usefixtures("quick")
async def test_a_throttled_group_stalls_no_other_chat() -> None:
    """A burst to a group is spread out, and a private chat's messages go in between."""
    turns, order = SendLimits(longest=60), list[int]()
    await asyncio.gather(
        _takes(turns, GROUP, 4, order),
        _takes(turns, PRIVATE, 3, order),
    )
    assert sorted(order) == [GROUP] * 4 + [PRIVATE] * 3
    assert order[-2:] == [GROUP] * 2


@pytest.mark.anyio
@pytest.mark.usefixtures("quick")
async def test_what_telegram_throttles_holds_that_chat_alone() -> None:
    """After 429 the chat waits as long as told; the others do not."""
    turns, order = SendLimits(longest=60), list[int]()
    turns.hold(PRIVATE, 0.2)
    await asyncio.gather(_takes(turns, PRIVATE, 1, order), _takes(turns, OTHER, 3, order))
    assert order == [OTHER] * 3 + [PRIVATE]


@pytest.mark.anyio
@pytest.mark.usefixtures("quick")
async def test_many_throttled_chats_mean_the_bot_itself() -> None:
    """When Telegram throttles everywhere at once, a chat not yet told waits as well."""
    turns, order = SendLimits(longest=60), list[int]()
    for chat in range(1000, 1008):
        turns.hold(chat, 0.2)
    await asyncio.gather(_takes(turns, 1000, 1, order), _takes(turns, OTHER, 1, order))
    assert len(order) == 2
    strict = SendLimits(longest=0.1)
    for chat in range(1000, 1008):
        strict.hold(chat, 60)
    with pytest.raises(RetryAfter):
        await strict.take(OTHER)


@pytest.mark.anyio
async def test_too_long_a_wait_is_left_to_the_caller() -> None:
    """More than the longest wait is told at once, as Telegram would, and takes no turn."""
    turns = SendLimits(longest=5)
    for _ in range(limits.GROUP[0]):
        await turns.take(GROUP)
    with pytest.raises(RetryAfter):
        await turns.take(GROUP)
    await turns.take(PRIVATE)
