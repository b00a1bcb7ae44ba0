"""Rate limits: of messages to Telegram, and of answers to one person's presses and queries."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cachetools import TTLCache
from telegram.error import RetryAfter

log = logging.getLogger(__name__)

# Messages, edited ones as well, and seconds. Telegram's published limits
# (core.telegram.org/bots/faq): about 30 a second overall, 20 a minute to a group, one a second to a
# chat, with short bursts allowed.
OVERALL_LIMIT = (30, 1.0)
GROUP_LIMIT = (20, 60.0)
PRIVATE_LIMIT = (5, 5.0)
# Answers to the presses and inline queries of one person; typing makes fewer than this.
ANSWER_LIMIT = (5, 2.0)
_MAX_CHATS = 2_500  # whose limits are remembered: more than can be written to in a minute
_CHAT_TTL = 600.0  # seconds after the last message
# Seconds to wait before one call. If that is not enough, the whole update is tried again later, and
# others are handled in the meantime.
_MAX_WAIT = 1.5
# Telegram says 429 for a chat and for the bot as a whole in the same words. If it refuses this
# many chats in a row, without accepting anything in between, it means the bot.
_MAX_REFUSALS = 12


class Limiter:
    """At most `count` calls in any span of `seconds`, which is stricter than a token bucket."""

    __slots__ = ("_count", "_recent", "_seconds", "held_until", "lock")

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._seconds = count, seconds
        self._recent: tuple[float, ...] = ()  # a deque would take five times the memory
        self.lock = asyncio.Lock()  # first come, first served
        self.held_until = 0.0  # as Telegram demands

    def delay(self, now: float) -> float:
        """Seconds until the next call is allowed."""
        is_full = len(self._recent) == self._count
        free_at = self._recent[0] + self._seconds if is_full else 0.0
        return max(0.0, self.held_until - now, free_at - now)

    def record(self, now: float) -> None:
        """Count a call."""
        self._recent = (*self._recent, now)[-self._count :]


@dataclass(frozen=True, slots=True)
class AnswersTo:
    """Stands for the answers to a person's presses and inline queries, where a chat would."""

    person: int


Recipient = int | AnswersTo  # a chat's id, or a person


class SendLimits:
    """Limits calls per recipient first and then overall, so a throttled one delays no other.

    A wait of more than `max_wait` seconds raises `RetryAfter`, as Telegram would. `clock` returns
    seconds, and `sleep` waits for some.
    """

    def __init__(
        self,
        *,
        max_wait: float = _MAX_WAIT,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._max_wait, self._clock, self._sleep = max_wait, clock, sleep
        self._messages = Limiter(*OVERALL_LIMIT)
        self._answers = Limiter(*OVERALL_LIMIT)
        self._limiters: TTLCache[Recipient, Limiter] = TTLCache(_MAX_CHATS, _CHAT_TTL, clock)
        self._refusals: dict[Recipient, float] = {}  # in a row -> until when

    async def acquire(self, recipient: Recipient) -> None:
        """Wait until a call for this recipient is allowed, and count it."""
        limiter = self._limiter(recipient)
        overall = self._answers if isinstance(recipient, AnswersTo) else self._messages
        async with limiter.lock:
            await self._wait(limiter)
            async with overall.lock:
                await self._wait(overall)
                overall.record(self._clock())
            limiter.record(self._clock())

    def hold(self, recipient: Recipient, seconds: float) -> None:
        """Send nothing to this recipient for this many seconds, as Telegram demands."""
        now = self._clock()
        self._limiter(recipient).held_until = now + seconds
        if isinstance(recipient, AnswersTo):
            return
        self._refusals[recipient] = now + seconds
        if len(self._refusals) < _MAX_REFUSALS:
            return
        until = min(end for end in self._refusals.values() if end >= now)
        if self._messages.held_until < now:
            log.warning(
                "Telegram throttles the bot as a whole: it refused %d chats in a row. Nothing is"
                " sent for %.1fs", len(self._refusals), until - now,
            )  # fmt: skip
        self._messages.held_until = self._answers.held_until = until

    def accepted(self) -> None:
        """Note that Telegram accepted a message, so that it does not throttle the whole bot."""
        self._refusals.clear()

    async def _wait(self, limiter: Limiter) -> None:
        while (delay := limiter.delay(self._clock())) > 0:
            if delay > self._max_wait:
                raise RetryAfter(int(delay) + 1)
            await self._sleep(delay)

    def _limiter(self, recipient: Recipient) -> Limiter:
        if isinstance(recipient, AnswersTo):
            limit = ANSWER_LIMIT
        else:
            limit = PRIVATE_LIMIT if recipient > 0 else GROUP_LIMIT
        limiter = self._limiters.get(recipient) or Limiter(*limit)
        self._limiters[recipient] = limiter  # renews its time to live
        return limiter
