"""Slows down one person who floods a chat; nobody else notices."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from cachetools import TTLCache
from telegram import Update
from telegram.error import RetryAfter

# Telegram's published figures (core.telegram.org/bots/faq): about 30 messages a second in
# all, 20 a minute to one group, one a second to one chat with short bursts allowed.
OVERALL = (30, 1.0)
GROUP = (20, 60.0)
PRIVATE = (5, 5.0)
_CHATS = 20_000  # chats whose pace is remembered ...
_REMEMBERED = 600.0  # ... for so many seconds after they were last used
# 429 for so many chats at the same time is meant for the bot as a whole.
_MANY_HELD = 8


class Window:
    """At most `count` events in any `seconds`: strict, unlike a bucket that refills meanwhile."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds
        self._last: deque[float] = deque(maxlen=count)

    def wait(self, now: float) -> float:
        """Seconds until the next event is allowed."""
        if len(self._last) < (self._last.maxlen or 0):
            return 0.0
        return max(0.0, self._last[0] + self._seconds - now)

    def take(self, now: float) -> None:
        """Count an event."""
        self._last.append(now)


class _Pace:
    """One chat's, or everybody's."""

    def __init__(self, count: int, seconds: float) -> None:
        self.window = Window(count, seconds)
        self.lock = asyncio.Lock()  # first come, first served
        self.held_until = 0.0

    def wait(self, now: float) -> float:
        return max(self.window.wait(now), self.held_until - now)


class SendLimits:
    """Gives out turns to send. A chat waits for its own first and only then for the common one.

    Thus a throttled group takes nothing from the others. A wait of more than `longest`
    seconds is refused as Telegram would, with `RetryAfter`.
    """

    def __init__(self, *, longest: float) -> None:
        self._longest = longest
        self._overall = _Pace(*OVERALL)
        self._chats: TTLCache[int | str, _Pace] = TTLCache(_CHATS, _REMEMBERED)

    async def take(self, chat: int | str) -> None:
        """Wait for this chat's turn."""
        pace = self._of(chat)
        async with pace.lock:
            await self._wait(pace)
            async with self._overall.lock:
                await self._wait(self._overall)
                self._overall.window.take(time.monotonic())
            pace.window.take(time.monotonic())

    def hold(self, chat: int | str, seconds: float) -> None:
        """Send nothing to a chat for a while, as Telegram told."""
        now = time.monotonic()
        self._of(chat).held_until = now + seconds
        if sum(pace.held_until > now for pace in self._chats.values()) >= _MANY_HELD:
            self._overall.held_until = now + seconds

    async def _wait(self, pace: _Pace) -> None:
        while (pause := pace.wait(time.monotonic())) > 0:
            if pause > self._longest:
                raise RetryAfter(int(pause) + 1)
            await asyncio.sleep(pause)

    def _of(self, chat: int | str) -> _Pace:
        pace = self._chats.get(chat)
        if pace is None:
            is_private = isinstance(chat, int) and chat > 0
            pace = _Pace(*(PRIVATE if is_private else GROUP))
        self._chats[chat] = pace  # used again: remembered for another while
        return pace


FREE = (20, 60.0)  # answers in seconds: more than anybody reads
SLOWED = 3.0  # seconds between two answers to who asks for more
FLOOD_NOTICE = (
    "You ask faster than I may answer, so I take your questions one every few seconds. "
    "None is lost."
)
_PEOPLE = 10_000  # remembered at once
NOTICED = 3600.0  # seconds until somebody who floods is told again

Person = tuple[int, int]


class FloodControl:
    """Counts answers by chat and person. `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answers: TTLCache[Person, tuple[Window, Window]] = TTLCache(
            _PEOPLE, FREE[1], timer=clock
        )
        self._told: TTLCache[Person, bool] = TTLCache(_PEOPLE, NOTICED, timer=clock)

    def answered(self, person: Person) -> None:
        """Count an answer."""
        windows = self._answers.get(person) or (Window(*FREE), Window(1, SLOWED))
        self._answers[person] = windows
        for window in windows:
            window.take(self._clock())

    def pause(self, person: Person) -> float:
        """Seconds that a person's next question has to wait; 0 for all but those who flood."""
        if person not in self._answers:
            return 0.0
        free, slowed = self._answers[person]
        now = self._clock()
        return min(free.wait(now), slowed.wait(now))

    def floods(self, person: Person) -> bool:
        """Whether a person has had more than the free answers."""
        return person in self._answers and self._answers[person][0].wait(self._clock()) > 0

    def should_tell(self, person: Person) -> bool:
        """Whether the person is to be told now: once, not with every question."""
        if person in self._told:
            return False
        self._told[person] = True
        return True


def person_of(update: Update) -> Person | None:
    """Who writes where; None for what comes from nobody or belongs to no chat."""
    chat, sender = update.effective_chat, update.effective_sender
    return (chat.id, sender.id) if chat and sender else None
