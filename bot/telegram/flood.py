"""Slows down one person who floods a chat; nobody else notices."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import TTLCache
from telegram import Update

from bot.telegram.limits import Window

FREE = (20, 60.0)  # answers in seconds: more than anybody reads
SLOWED = 3.0  # seconds between two answers to who asks for more
NOTICE = (
    "You ask faster than I may answer, so I take your questions one every few seconds. "
    "None is lost."
)
_PEOPLE = 10_000  # remembered at once
NOTICED = 3600.0  # seconds until somebody who floods is told again

Person = tuple[int, int]


class Flood:
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
