"""Rate limits: messages to Telegram, and answers to a person who floods a chat."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import TTLCache
from telegram import Update
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
# Telegram says 429 for a chat and for the bot as a whole in the same words. If it refuses this
# many chats in a row, without accepting anything in between, it means the bot.
_MAX_REFUSALS = 12


class SlidingWindow:
    """At most `count` events in any span of `seconds`; stricter than a token bucket."""

    __slots__ = ("_count", "_recent", "_seconds")

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._seconds = count, seconds
        self._recent: tuple[float, ...] = ()  # a deque would take five times the memory

    @property
    def latest(self) -> float:
        """When the latest event was."""
        return self._recent[-1] if self._recent else float("-inf")

    def delay(self, now: float) -> float:
        """Seconds until the next event is allowed."""
        if len(self._recent) < self._count:
            return 0.0
        return max(0.0, self._recent[0] + self._seconds - now)

    def record(self, now: float) -> None:
        """Count an event."""
        self._recent = (*self._recent, now)[-self._count :]


class _Limiter(SlidingWindow):
    """The limit for one chat or person, or for all together."""

    __slots__ = ("held_until", "lock")

    def __init__(self, count: int, seconds: float) -> None:
        super().__init__(count, seconds)
        self.lock = asyncio.Lock()  # first come, first served
        self.held_until = 0.0

    def delay(self, now: float) -> float:
        return max(super().delay(now), self.held_until - now)


@dataclass(frozen=True, slots=True)
class AnswersTo:
    """Stands for the answers to a person's presses and inline queries, where a chat would."""

    person: int


Recipient = int | str | AnswersTo  # a chat's id or name, or a person


class SendLimits:
    """Limits calls per recipient first and then overall, so a throttled one delays no other.

    A wait of more than `max_wait` seconds raises `RetryAfter`, as Telegram would.
    """

    def __init__(self, *, max_wait: float) -> None:
        self._max_wait = max_wait
        self._messages = _Limiter(*OVERALL_LIMIT)
        self._answers = _Limiter(*OVERALL_LIMIT)
        self._limiters: TTLCache[Recipient, _Limiter] = TTLCache(_MAX_CHATS, _CHAT_TTL)
        self._refusals: dict[Recipient, float] = {}  # in a row -> until when

    async def acquire(self, recipient: Recipient) -> None:
        """Wait until a call for this recipient is allowed, and count it."""
        limiter = self._limiter(recipient)
        overall = self._answers if isinstance(recipient, AnswersTo) else self._messages
        async with limiter.lock:
            await self._wait(limiter)
            async with overall.lock:
                await self._wait(overall)
                overall.record(time.monotonic())
            limiter.record(time.monotonic())

    def hold(self, recipient: Recipient, seconds: float) -> None:
        """Send nothing to this recipient for this many seconds, as Telegram demands."""
        now = time.monotonic()
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
                " sent for %.1fs",
                len(self._refusals),
                until - now,
            )
        self._messages.held_until = self._answers.held_until = until

    def accepted(self) -> None:
        """Note that Telegram accepted a message, so that it does not throttle the whole bot."""
        self._refusals.clear()

    async def _wait(self, limiter: _Limiter) -> None:
        while (delay := limiter.delay(time.monotonic())) > 0:
            if delay > self._max_wait:
                raise RetryAfter(int(delay) + 1)
            await asyncio.sleep(delay)

    def _limiter(self, recipient: Recipient) -> _Limiter:
        limit = PRIVATE_LIMIT if isinstance(recipient, int) and recipient > 0 else GROUP_LIMIT
        if isinstance(recipient, AnswersTo):
            limit = ANSWER_LIMIT
        limiter = self._limiters.get(recipient) or _Limiter(*limit)
        self._limiters[recipient] = limiter  # renews its time to live
        return limiter


FREE_ANSWERS = (20, 60.0)  # answers and seconds: more than anyone can read
FLOOD_INTERVAL = 3.0  # seconds between answers to a person who asks for more
_MAX_PEOPLE = 2_500  # remembered at a time
NOTICE_INTERVAL = 3600.0  # seconds before a person who floods is notified again

Person = tuple[int, int]  # chat id, sender id


class FloodControl:
    """Counts answers by chat and person. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: TTLCache[Person, SlidingWindow] = TTLCache(
            _MAX_PEOPLE, FREE_ANSWERS[1], timer=clock
        )
        self._notified: TTLCache[Person, bool] = TTLCache(_MAX_PEOPLE, NOTICE_INTERVAL, timer=clock)

    def record_answer(self, person: Person) -> None:
        """Count an answer."""
        window = self._answers.get(person) or SlidingWindow(*FREE_ANSWERS)
        window.record(self._clock())
        self._answers[person] = window

    def delay(self, person: Person) -> float:
        """Seconds that a person's next question has to wait; 0 unless the person is flooding."""
        if person not in self._answers:
            return 0.0
        window, now = self._answers[person], self._clock()
        return max(0.0, min(window.delay(now), window.latest + FLOOD_INTERVAL - now))

    def is_flooding(self, person: Person) -> bool:
        """Whether a person has had more answers than are free."""
        return person in self._answers and self._answers[person].delay(self._clock()) > 0

    def should_notify(self, person: Person) -> bool:
        """Whether to notify a person who is flooding: True once, then False for a while."""
        if person in self._notified:
            return False
        self._notified[person] = True
        return True


def person_of(update: Update) -> Person | None:
    """The chat and the sender; None if either is missing."""
    chat, sender = update.effective_chat, update.effective_sender
    return (chat.id, sender.id) if chat and sender else None
