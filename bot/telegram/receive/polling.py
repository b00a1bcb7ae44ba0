"""Long polling that confirms an update only after its reply has been sent.

Telegram keeps unconfirmed updates for a day and so serves as our queue. A getUpdates call
confirms everything below its offset, so the offset is the oldest update still in progress.
Updates that Telegram resends in the meantime are skipped, as are those marked done in the store.
Since Telegram returns at most a hundred at a time, a slow update would hold up the others,
so it is saved in the store and confirmed.
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
from bot.telegram.receive.parsing import UnreadableError, parse
from bot.telegram.receive.worker import ChatQueues, Worker
from bot.telegram.send.client import Client
from bot.telegram.send.limits import person_of
from bot.telegram.send.retries import (
    is_temporary,
    rejects_token,
    seconds_before_retry,
    short_reason,
)
from bot.telegram.watchdog import sleep_with_heartbeats

log = logging.getLogger(__name__)

_BATCH_SIZE = 100  # updates per call, the most Telegram allows
_POLL_TIMEOUT = 30  # seconds that Telegram may hold a call open while there is nothing new
_SETTLE_TIMEOUT = 0.3  # seconds between two calls while an update is still in progress
_DEFER_AFTER = 5.0  # seconds that an update may take before it is saved in the store
_CONFLICT_GAP = 15.0  # a conflict is over after this many seconds without another
_MAX_UPDATE_ID = 2**63 - 1
_CONFLICT = (
    "another process is polling with the same token, or a webhook was set for it. Stop the other"
    " process, or get a separate token for this bot; details: %s"
)


class Poller:
    """Fetches updates, puts each in its chat's queue and confirms those that are done.

    `heartbeat` is called on every fetch. `conflict_patience` is in seconds.
    """

    def __init__(
        self,
        client: Client,
        worker: Worker,
        *,
        conflict_patience: float,
        heartbeat: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._worker = worker
        self._heartbeat = heartbeat
        self._conflicts = _Conflicts(conflict_patience)
        self._queues: ChatQueues[Update] = ChatQueues(self._handle, self._divert, self._fail)
        self._unconfirmed: dict[int, tuple[float, dict[str, Any]]] = {}  # id -> received at, update
        self._deferred: set[int] = set()  # ids in progress that are saved in the store
        self._next: int | None = None  # the id after the newest one seen, until confirmed
        self._progress = asyncio.Event()  # set when an update is done
        self._failure: BaseException | None = None
        self._failed = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; raises `ServingError` if that becomes impossible."""
        for body in self._worker.updates.deferred():
            self._deferred.add(body["update_id"])
            self._enqueue(body)
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
        """Let the queues finish for up to `seconds`, and confirm what is done."""
        if not await self._queues.wait_until_idle(seconds):
            left = len(self._unconfirmed) + len(self._deferred)
            log.warning("%d updates are not answered yet; the next start will handle them", left)
        await self._queues.stop()
        if (offset := self._offset()) is not None:
            try:
                await self._client.get_updates_raw(offset, seconds=0, limit=1)
            except TelegramError as error:
                log.warning("the last updates were not confirmed (%s)", short_reason(error))

    def _offset(self) -> int | None:
        return min(self._unconfirmed, default=self._next)

    async def _fetch(self) -> list[dict[str, Any]]:
        """The next updates, retrying until there is a response."""
        tries = 0
        while True:
            self._heartbeat()
            offset = self._offset()
            try:
                found = await self._client.get_updates_raw(
                    offset, seconds=0 if self._unconfirmed else _POLL_TIMEOUT, limit=_BATCH_SIZE
                )
            except Conflict as error:
                self._conflicts.record(error.message)
                pause = self._conflicts.pause
            except TelegramError as error:
                if rejects_token(error):
                    raise ServingError(REVOKED_MESSAGE) from None
                pause = seconds_before_retry(tries, error)
                if not is_temporary(error):  # unexpected; keep trying, but not too fast
                    pause = max(pause, 1.0)
                tries += not isinstance(error, RetryAfter)
                log.warning("getUpdates failed (%s); retrying in %.1fs", short_reason(error), pause)
            else:
                self._heartbeat()
                if offset == self._next and not found:
                    # Everything is confirmed. After a quiet week Telegram starts from a random id,
                    # perhaps a lower one, which the old offset would hide.
                    self._next = None
                return found
            await sleep_with_heartbeats(pause, self._heartbeat)

    def _receive(self, body: dict[str, Any]) -> None:
        update_id = body.get("update_id")
        if type(update_id) is not int or not 0 <= update_id <= _MAX_UPDATE_ID:
            log.error("skipping an update without a valid update_id")
            return
        self._next = max(self._next or 0, update_id + 1)
        if update_id not in self._unconfirmed and update_id not in self._deferred:
            self._unconfirmed[update_id] = (time.monotonic(), body)
            self._enqueue(body)

    def _enqueue(self, body: dict[str, Any]) -> None:
        """Put an update in its chat's queue, unless it is done or cannot be read."""
        update_id = body["update_id"]
        if self._worker.updates.is_done(update_id):
            self._confirm(update_id)
            return
        try:
            update = parse(body, self._client)
        except UnreadableError as error:
            log.warning("update %s cannot be read and is skipped (%s)", update_id, error)
            self._worker.updates.finish(update_id)
            self._confirm(update_id)
            return
        metrics.update_arrived(update_id)
        chat = update.effective_chat or update.effective_sender
        self._queues.put(chat.id if chat else None, update)

    async def _handle(self, update: Update) -> None:
        await self._worker.handle(update)
        self._confirm(update.update_id)

    def _confirm(self, update_id: int) -> None:
        self._unconfirmed.pop(update_id, None)
        if update_id in self._deferred:
            self._deferred.discard(update_id)
            self._worker.updates.drop_deferred(update_id)
        self._progress.set()

    def _divert(self, update: Update) -> Hashable | None:
        """A separate queue for a person who floods a group, so that others can go ahead."""
        person, flood = person_of(update), self._worker.flood
        # Earlier messages of this person still in that queue must be answered first.
        if flood and person and (flood.is_flooding(person) or self._queues.is_busy(person)):
            return person
        return None

    def _fail(self, error: BaseException) -> None:
        if self._failure is None:
            self._failure = ServingError(REVOKED_MESSAGE) if rejects_token(error) else error
        self._failed.set()
        self._progress.set()

    async def _settle(self, stop: asyncio.Event) -> None:
        """Wait briefly for half of the updates to finish, and defer the slow ones."""
        half = len(self._unconfirmed) // 2
        deadline = time.monotonic() + _SETTLE_TIMEOUT
        while len(self._unconfirmed) > half and not stop.is_set() and not self._failure:
            left = deadline - time.monotonic()
            if left <= 0:
                break
            self._progress.clear()
            try:
                await asyncio.wait_for(self._progress.wait(), left)
            except TimeoutError:
                break
        self._defer_slow_updates()

    def _defer_slow_updates(self) -> None:
        limit = time.monotonic() - _DEFER_AFTER
        slow = {n: body for n, (since, body) in self._unconfirmed.items() if since < limit}
        if slow and self._worker.updates.defer(slow.values()):
            log.info(
                "saved %d slow updates in the database, so that others can go ahead", len(slow)
            )
            self._deferred |= slow.keys()
            for update_id in slow:
                del self._unconfirmed[update_id]


class _Conflicts:
    """Tolerates a second poller for a while, because restarts may overlap."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._since = self._last = float("-inf")
        self.pause = min(3.0, patience / 4)

    def record(self, details: str) -> None:
        """Record a conflict; raises `ServingError` once conflicts have lasted too long."""
        now = time.monotonic()
        # When two pollers compete, each succeeds at times, but never for a whole `_CONFLICT_GAP`.
        if now - self._last > _CONFLICT_GAP:
            self._since = now
            log.warning("another process is polling with this token; waiting for it to stop")
        self._last = now
        if now - self._since >= self._patience:
            raise ServingError(_CONFLICT % details)
