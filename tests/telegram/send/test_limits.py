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


class Time:
    """Limits whose time passes only while everybody sleeps, and at once."""

    def __init__(self) -> None:
        self._now = self._start = 1000.0
        self._wake_times: list[float] = []
        self.limits = SendLimits(max_wait=60, clock=lambda: self._now, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        until = self._now + seconds
        self._wake_times.append(until)
        while self._now < until:
            await asyncio.sleep(0)  # lets the others sleep, too
            if until == min(self._wake_times):
                self._now = until
        self._wake_times.remove(until)

    async def acquired(self, chat: int, times: int) -> list[float]:
        """After how long each of some messages to a chat may be sent."""
        at = []
        for _ in range(times):
            await self.limits.acquire(chat)
            at.append(self._now - self._start)
        return at


@pytest.mark.anyio
async def test_a_throttled_group_delays_no_other_chat() -> None:
    """A burst to a group is spread out, and messages to a private chat go in between."""
    time = Time()
    group, private = await asyncio.gather(time.acquired(GROUP, 22), time.acquired(PRIVATE, 3))
    assert group == [0.0] * 20 + [60.0] * 2
    assert private == [0.0] * 3


@pytest.mark.anyio
async def test_a_429_delays_only_its_own_chat() -> None:
    """After a 429 the chat waits as long as demanded, and others do not wait."""
    time = Time()
    time.limits.hold(PRIVATE, 7.0)
    held, other = await asyncio.gather(time.acquired(PRIVATE, 1), time.acquired(OTHER, 3))
    assert held == [7.0]
    assert other == [0.0] * 3


def refuse(send_limits: SendLimits, chats: int, seconds: float) -> None:
    """Let Telegram answer 429 for this many chats."""
    for chat in range(1000, 1000 + chats):
        send_limits.hold(chat, seconds)


@pytest.mark.anyio
async def test_many_throttled_chats_delay_no_other() -> None:
    """Any number of chats may be held, as long as Telegram accepts messages in between."""
    send_limits = SendLimits(max_wait=0.1)
    for _ in range(5):
        refuse(send_limits, 8, 60)
        await send_limits.acquire(OTHER)
        send_limits.accepted()


@pytest.mark.anyio
async def test_a_429_for_the_whole_bot_delays_all_chats(caplog: pytest.LogCaptureFixture) -> None:
    """If Telegram refuses one chat after the other, all wait, and the log says so once."""
    time = Time()
    refuse(time.limits, 15, 7.0)
    refused, other = await asyncio.gather(time.acquired(1000, 1), time.acquired(OTHER, 1))
    assert refused == other == [7.0]
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
