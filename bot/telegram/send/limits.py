"""Rate limits: messages to Telegram, and answers to a person who floods a chat."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from cachetools import TTLCache
from telegram import Update
from telegram.error import RetryAfter

# Messages and seconds. Telegram's published limits (core.telegram.org/bots/faq): about 30 a
# second overall, 20 a minute to a group, one a second to a chat, with short bursts allowed.
OVERALL_LIMIT = (30, 1.0)
GROUP_LIMIT = (20, 60.0)
PRIVATE_LIMIT = (5, 5.0)
_MAX_CHATS = 20_000  # whose limits are remembered
_CHAT_TTL = 600.0  # seconds after the last message
# If Telegram throttles this many chats at the same time, it is throttling the bot as a whole.
_MAX_HELD_CHATS = 8


class SlidingWindow:
    """At most `count` events in any span of `seconds`; stricter than a token bucket."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._recent: deque[float] = deque(maxlen=count)

    def delay(self, now: float) -> float:
        """Seconds until the next event is allowed."""
        if len(self._recent) < (self._recent.maxlen or 0):
            return 0.0
        return max(0.0, self._recent[0] + self._seconds - now)

    def record(self, now: float) -> None:
        """Count an event."""
        self._recent.append(now)


class _Limiter:
    """The limit for one chat, or for all chats together."""

    def __init__(self, count: int, seconds: float) -> None:
        self.window = SlidingWindow(count, seconds)
        self.lock = asyncio.Lock()  # first come, first served
        self.held_until = 0.0

    def delay(self, now: float) -> float:
        return max(self.window.delay(now), self.held_until - now)


class SendLimits:
    """Limits messages per chat first and then overall, so a throttled chat does not delay others.

    A wait of more than `max_wait` seconds raises `RetryAfter`, as Telegram would.
    """

    def __init__(self, *, max_wait: float) -> None:
        self._max_wait = max_wait
        self._overall = _Limiter(*OVERALL_LIMIT)
        self._chats: TTLCache[int | str, _Limiter] = TTLCache(_MAX_CHATS, _CHAT_TTL)

    async def acquire(self, chat: int | str) -> None:
        """Wait until a message to this chat is allowed, and count it."""
        limiter = self._limiter(chat)
        async with limiter.lock:
            await self._wait(limiter)
            async with self._overall.lock:
                await self._wait(self._overall)
                self._overall.window.record(time.monotonic())
            limiter.window.record(time.monotonic())

    def hold(self, chat: int | str, seconds: float) -> None:
        """Send nothing to a chat for this many seconds, as Telegram demands."""
        now = time.monotonic()
        self._limiter(chat).held_until = now + seconds
        if sum(limiter.held_until > now for limiter in self._chats.values()) >= _MAX_HELD_CHATS:
            self._overall.held_until = now + seconds

    async def _wait(self, limiter: _Limiter) -> None:
        while (delay := limiter.delay(time.monotonic())) > 0:
            if delay > self._max_wait:
                raise RetryAfter(int(delay) + 1)
            await asyncio.sleep(delay)

    def _limiter(self, chat: int | str) -> _Limiter:
        limiter = self._chats.get(chat)
        if limiter is None:
            is_private = isinstance(chat, int) and chat > 0
            limiter = _Limiter(*(PRIVATE_LIMIT if is_private else GROUP_LIMIT))
        self._chats[chat] = limiter  # renews its time to live
        return limiter


FREE_ANSWERS = (20, 60.0)  # answers and seconds: more than anyone can read
FLOOD_INTERVAL = 3.0  # seconds between answers to a person who asks for more
FLOOD_NOTICE = (
    "You are asking faster than I can answer, so I am taking one question every few seconds. "
    "None will be lost."
)
_MAX_PEOPLE = 10_000  # remembered at a time
NOTICE_INTERVAL = 3600.0  # seconds before a person who floods is notified again

Person = tuple[int, int]  # chat id, sender id


class FloodControl:
    """Counts answers by chat and person. `clock` returns seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: TTLCache[Person, tuple[SlidingWindow, SlidingWindow]] = TTLCache(
            _MAX_PEOPLE, FREE_ANSWERS[1], timer=clock
        )
        self._notified: TTLCache[Person, bool] = TTLCache(_MAX_PEOPLE, NOTICE_INTERVAL, timer=clock)

    def record_answer(self, person: Person) -> None:
        """Count an answer."""
        windows = self._answers.get(person) or (
            SlidingWindow(*FREE_ANSWERS),
            SlidingWindow(1, FLOOD_INTERVAL),
        )
        self._answers[person] = windows
        for window in windows:
            window.record(self._clock())

    def delay(self, person: Person) -> float:
        """Seconds that a person's next question has to wait; 0 unless the person is flooding."""
        if person not in self._answers:
            return 0.0
        free, slowed = self._answers[person]
        now = self._clock()
        return min(free.delay(now), slowed.delay(now))

    def is_flooding(self, person: Person) -> bool:
        """Whether a person has had more answers than are free."""
        return person in self._answers and self._answers[person][0].delay(self._clock()) > 0

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
