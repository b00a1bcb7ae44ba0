"""Long polling that confirms an update only after its reply was sent.

Telegram keeps what is not confirmed for a day: its queue is ours. A call of getUpdates
confirms everything below its offset, so the offset is the oldest update still at work.
What Telegram hands out again meanwhile is known and skipped; what was answered before a
restart is known from the store. It hands out a hundred at most, though: so that an update
which takes long holds up no others, it is put into the store and confirmed.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Hashable
from typing import Any

from telegram import Update
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.errors import REVOKED_MESSAGE, ServingError
from bot.telegram import metrics
from bot.telegram.receive.worker import ChatQueues, UnreadableError, Worker, parse
from bot.telegram.send.client import Client
from bot.telegram.send.limits import person_of
from bot.telegram.send.retries import (
    is_temporary,
    rejects_token,
    seconds_before_retry,
    short_reason,
)
from bot.telegram.watchdog import sleep_with_beats

log = logging.getLogger(__name__)

_MOST = 100  # updates that Telegram hands out at once
_POLL = 30  # seconds that Telegram may hold a call open while there is nothing new
_LOOK_AGAIN = 0.3  # seconds between two calls while an update is still at work
HOLD_UP = 5.0  # seconds that an update may take before it is put into the store
_PEACE = 15.0  # seconds without a conflict that end it
_BIGGEST_ID = 2**63 - 1
_CONFLICT = (
    "another process polls with the same token, or a webhook was set for it. Stop the other one,"
    " or get a token of its own for this bot; the details: %s"
)


class Poller:
    """Fetches updates, puts each into its chat's lane, confirms what is done.

    `beat` is called with every sign of life. `conflict_patience` is in seconds.
    """

    def __init__(
        self,
        client: Client,
        worker: Worker,
        *,
        conflict_patience: float,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._worker = worker
        self._beat = beat
        self._conflicts = _Conflicts(conflict_patience)
        self._lanes: ChatQueues[Update] = ChatQueues(self._work, self._divert, self._fail)
        self._unconfirmed: dict[int, tuple[float, dict[str, Any]]] = {}  # id -> since, the update
        self._deferred: set[int] = set()  # ids at work that wait in the store
        self._next: int | None = None  # the id after the newest one seen, if not yet confirmed
        self._moved = asyncio.Event()  # something was done since last looked
        self._failure: BaseException | None = None
        self._failed = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; raise `ServingError` if that is no longer possible."""
        for body in self._worker.updates.deferred():
            self._deferred.add(body["update_id"])
            self._take(body)
        ends = {asyncio.create_task(event.wait()) for event in (stop, self._failed)}
        try:
            while not stop.is_set():
                fetching = asyncio.create_task(self._fetch())
                await asyncio.wait({fetching, *ends}, return_when=asyncio.FIRST_COMPLETED)
                if fetching.done():
                    for body in fetching.result():
                        self._receive(body)
                    await self._settle(stop)
                else:
                    fetching.cancel()
                if self._failure:
                    raise self._failure
        finally:
            for end in ends:
                end.cancel()

    async def drain(self, seconds: float) -> None:
        """Let the lanes finish, for so long at most, and confirm what is done."""
        if not await self._lanes.wait(seconds):
            left = len(self._unconfirmed) + len(self._deferred)
            log.warning("%d updates are not answered yet; the next start goes on with them", left)
        await self._lanes.stop()
        if (offset := self._offset()) is not None:
            try:
                await self._client.raw_updates(offset, seconds=0, limit=1)
            except TelegramError as error:
                log.warning("the last updates were not confirmed (%s)", short_reason(error))

    def _offset(self) -> int | None:
        return min(self._unconfirmed, default=self._next)

    async def _fetch(self) -> list[dict[str, Any]]:
        """The next updates; every failure that passes is waited out."""
        tries = 0
        while True:
            self._beat()
            offset = self._offset()
            try:
                found = await self._client.raw_updates(
                    offset, seconds=0 if self._unconfirmed else _POLL, limit=_MOST
                )
            except Conflict as error:
                self._conflicts.another(error.message)
                pause = self._conflicts.pause
            except TelegramError as error:
                if rejects_token(error):
                    raise ServingError(REVOKED_MESSAGE) from None
                pause = seconds_before_retry(tries, error)
                if not is_temporary(error):
                    # Not our doing and not expected; as long as it lasts, say so loudly.
                    pause = max(pause, 1.0)
                tries += not isinstance(error, RetryAfter)
                log.warning("getUpdates failed (%s); again in %.1fs", short_reason(error), pause)
            else:
                self._beat()
                if offset == self._next and not found:
                    # All is confirmed. Telegram draws a new first number after a quiet week,
                    # which may be lower: an old offset would hide it.
                    self._next = None
                return found
            await sleep_with_beats(pause, self._beat)

    def _receive(self, body: dict[str, Any]) -> None:
        number = body.get("update_id")
        if type(number) is not int or not 0 <= number <= _BIGGEST_ID:
            log.error("an update without a sound number is skipped")
            return
        self._next = max(self._next or 0, number + 1)
        if number not in self._unconfirmed and number not in self._deferred:
            self._unconfirmed[number] = (time.monotonic(), body)
            self._take(body)

    def _take(self, body: dict[str, Any]) -> None:
        """Put an update into its lane, unless there is nothing to do."""
        number = body["update_id"]
        if self._worker.updates.is_done(number):
            self._confirm(number)
            return
        try:
            update = parse(body, self._client)
        except UnreadableError as error:
            log.warning("update %s cannot be read; it is skipped (%s)", number, error)
            self._worker.updates.finish(number)
            self._confirm(number)
            return
        metrics.update_arrived(number)
        chat, sender = update.effective_chat, update.effective_sender
        whose = chat or sender
        self._lanes.put(whose.id if whose else None, update)

    async def _work(self, update: Update) -> None:
        await self._worker.handle(update)
        self._confirm(update.update_id)

    def _confirm(self, number: int) -> None:
        self._unconfirmed.pop(number, None)
        if number in self._deferred:
            self._deferred.discard(number)
            self._worker.updates.drop_deferred(number)
        self._moved.set()

    def _divert(self, update: Update) -> Hashable | None:
        """A lane of their own for those who flood a group, so that the others go ahead."""
        person, flood = person_of(update), self._worker.flood
        if flood and person and (flood.floods(person) or self._lanes.busy(person)):
            return person
        return None

    def _fail(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = ServingError(REVOKED_MESSAGE) if rejects_token(error) else error
        self._failed.set()
        self._moved.set()

    async def _settle(self, stop: asyncio.Event) -> None:
        """Wait until most is done, but only so long that a slow one holds nobody else up."""
        enough = len(self._unconfirmed) // 2
        deadline = time.monotonic() + _LOOK_AGAIN
        while len(self._unconfirmed) > enough and not stop.is_set() and not self._failure:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            self._moved.clear()
            try:
                await asyncio.wait_for(self._moved.wait(), left)
            except TimeoutError:
                break
        self._defer_the_slow()

    def _defer_the_slow(self) -> None:
        long_ago = time.monotonic() - HOLD_UP
        slow = {n: body for n, (since, body) in self._unconfirmed.items() if since < long_ago}
        if slow and self._worker.updates.defer(slow.values()):
            log.info("%d slow updates wait in the database, so that the others go on", len(slow))
            self._deferred |= slow.keys()
            for number in slow:
                del self._unconfirmed[number]


class _Conflicts:
    """Bears with a second poller for a while: a restart overlaps a little."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._since = self._last = float("-inf")
        self.pause = min(3.0, patience / 4)

    def another(self, details: str) -> None:
        """Count a refusal; `ServingError` once they have lasted too long."""
        now = time.monotonic()
        # Two pollers that take turns each have a success now and then, but not for long.
        if now - self._last > _PEACE:
            self._since = now
            log.warning("another process polls with this token; waiting for it to stop")
        self._last = now
        if now - self._since >= self._patience:
            raise ServingError(_CONFLICT % details)
