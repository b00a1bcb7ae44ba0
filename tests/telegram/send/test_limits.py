import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.telegram.send import limits
from bot.telegram.send.limits import AnswersTo, Limiter, SendLimits

PRIVATE, OTHER, GROUP = 5, 6, -100


@given(
    st.integers(1, 5),
    st.floats(0.5, 5.0),
    st.lists(st.floats(0.0, 2.0), min_size=1, max_size=60),
)
def test_no_window_ever_holds_more_than_its_count(
    count: int, seconds: float, gaps: list[float]
) -> None:
    """Any span of `seconds` has at most `count` events, and no event waits longer than needed."""
    limiter, now, events = Limiter(count, seconds), 0.0, list[float]()
    for gap in gaps:
        now += gap
        delay = limiter.delay(now)
        now += delay
        assert limiter.delay(now) < 1e-9
        if delay:
            assert now - events[-count] <= seconds + 1e-9
        limiter.record(now)
        events.append(now)
    for first, last in zip(events, events[count:], strict=False):
        assert last - first >= seconds - 1e-9


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shrink the limits to keep the tests fast."""
    monkeypatch.setattr(limits, "OVERALL_LIMIT", (100, 0.1))
    monkeypatch.setattr(limits, "GROUP_LIMIT", (2, 0.4))
    monkeypatch.setattr(limits, "PRIVATE_LIMIT", (3, 0.1))


async def _acquire(send_limits: SendLimits, chat: int, times: int, order: list[int]) -> None:
    for _ in range(times):
        await send_limits.acquire(chat)
        order.append(chat)


@pytest.mark.anyio
@pytest.mark.usefixtures("short_limits")
async def test_a_throttled_group_delays_no_other_chat() -> None:
    """A burst to a group is spread out, and messages to a private chat go in between."""
    send_limits, order = SendLimits(max_wait=60), list[int]()
    await asyncio.gather(
        _acquire(send_limits, GROUP, 4, order),
        _acquire(send_limits, PRIVATE, 3, order),
    )
    assert sorted(order) == [GROUP] * 4 + [PRIVATE] * 3
    assert order[-2:] == [GROUP] * 2


@pytest.mark.anyio
@pytest.mark.usefixtures("short_limits")
async def test_a_429_delays_only_its_own_chat() -> None:
    """After a 429 the chat waits as long as demanded, and others do not wait."""
    send_limits, order = SendLimits(max_wait=60), list[int]()
    send_limits.hold(PRIVATE, 0.2)
    await asyncio.gather(
        _acquire(send_limits, PRIVATE, 1, order), _acquire(send_limits, OTHER, 3, order)
    )
    assert order == [OTHER] * 3 + [PRIVATE]


def refuse(send_limits: SendLimits, chats: int, seconds: float) -> None:
    """Let Telegram answer 429 for this many chats."""
    for chat in range(1000, 1000 + chats):
        send_limits.hold(chat, seconds)


@pytest.mark.anyio
@pytest.mark.usefixtures("short_limits")
async def test_many_throttled_chats_delay_no_other() -> None:
    """Any number of chats may be held, as long as Telegram accepts messages in between."""
    send_limits = SendLimits(max_wait=0.1)
    for _ in range(5):
        refuse(send_limits, 8, 60)
        await send_limits.acquire(OTHER)
        send_limits.accepted()


@pytest.mark.anyio
@pytest.mark.usefixtures("short_limits")
async def test_a_429_for_the_whole_bot_delays_all_chats(caplog: pytest.LogCaptureFixture) -> None:
    """If Telegram refuses one chat after the other, all wait, and the log says so once."""
    send_limits, order = SendLimits(max_wait=60), list[int]()
    refuse(send_limits, 15, 0.2)
    await asyncio.gather(
        _acquire(send_limits, 1000, 1, order), _acquire(send_limits, OTHER, 1, order)
    )
    assert len(order) == 2
    assert caplog.text.count("throttles the bot as a whole") == 1
    strict = SendLimits(max_wait=0.1)
    refuse(strict, 15, 60)
    for recipient in (OTHER, AnswersTo(1)):
        with pytest.raises(RetryAfter):
            await strict.acquire(recipient)


@pytest.mark.anyio
async def test_answers_to_queries_are_limited_by_person() -> None:
    """One person's queries are answered only so fast; those of others, and messages, at once."""
    send_limits = SendLimits(max_wait=0.1)
    for _ in range(limits.ANSWER_LIMIT[0]):
        await send_limits.acquire(AnswersTo(1))
    with pytest.raises(RetryAfter):
        await send_limits.acquire(AnswersTo(1))
    await send_limits.acquire(AnswersTo(2))
    await send_limits.acquire(PRIVATE)


@pytest.mark.anyio
async def test_too_long_a_wait_raises_retry_after() -> None:
    """A wait above `max_wait` raises at once and does not count as a message."""
    send_limits = SendLimits(max_wait=5)
    for _ in range(limits.GROUP_LIMIT[0]):
        await send_limits.acquire(GROUP)
    with pytest.raises(RetryAfter):
        await send_limits.acquire(GROUP)
    await send_limits.acquire(PRIVATE)
