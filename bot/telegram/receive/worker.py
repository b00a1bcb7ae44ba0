"""Handles updates: in order within a chat, retrying until each is answered or hopeless."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

from telegram import Update
from telegram.error import RetryAfter, TelegramError

from bot.store import Updates
from bot.telegram import metrics
from bot.telegram.app import RaisingApplication
from bot.telegram.current_update import UpdateProgress, set_current_update
from bot.telegram.send.limits import FLOOD_NOTICE, FloodControl, person_of
from bot.telegram.send.retries import (
    is_temporary,
    rejects_token,
    seconds_before_retry,
    short_reason,
)

T = TypeVar("T")


class ChatQueues(Generic[T]):
    """One queue per key: items of a queue are handled in order, the queues concurrently.

    `divert` is called for each item when its turn comes, and may return another queue for it.
    An exception from `handle` ends the queue and is passed to `on_failure`.
    """

    def __init__(
        self,
        handle: Callable[[T], Awaitable[None]],
        divert: Callable[[T], Hashable | None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        self._handle = handle
        self._divert = divert
        self._on_failure = on_failure
        self._queues: dict[Hashable, deque[T]] = {}
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}

    def put(self, key: Hashable, item: T) -> None:
        """Add an item to a queue, starting the queue if it is idle."""
        if key in self._queues:
            self._queues[key].append(item)
            return
        self._queues[key] = deque([item])
        self._tasks[key] = asyncio.get_running_loop().create_task(self._run(key))

    async def wait_until_idle(self, seconds: float) -> bool:
        """Wait up to `seconds` for all queues to finish; return whether they did."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._tasks:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            await asyncio.wait(list(self._tasks.values()), timeout=left)
        return True

    async def stop(self) -> None:
        """Cancel everything in progress or queued."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, key: Hashable) -> None:
        queue = self._queues[key]
        try:
            while queue:
                item = queue.popleft()
                other = self._divert(item)
                if other is not None and other != key:
                    self.put(other, item)
                else:
                    await self._handle(item)
        except Exception as error:  # noqa: BLE001 - the owner of the queues decides
            self._on_failure(error)
        finally:
            del self._queues[key], self._tasks[key]

    def is_busy(self, key: Hashable) -> bool:
        """Whether a queue has items in progress."""
        return key in self._queues


log = logging.getLogger(__name__)

# How many times to try an update whose handler itself raises an error, which retrying seldom fixes.
_MAX_HANDLER_TRIES = 3
# How many times to try an update whose calls fail while others succeed; with the backoff, this
# takes a few minutes. If nothing succeeds, Telegram is down, and there is no harm in waiting.
_MAX_CALL_TRIES = 12
_MAX_AGE = 24 * 3600.0  # seconds; after that, Telegram drops an update
_TRY_TIMEOUT = 300.0  # seconds
# Seconds after which Telegram no longer accepts an answer (tdlib/telegram-bot-api, Client.cpp).
_CALLBACK_TTL, _INLINE_TTL = 150.0, 30.0


class Worker:
    """Runs updates through the handlers; without `flood` nobody is slowed down."""

    def __init__(
        self,
        application: RaisingApplication,
        updates: Updates,
        flood: FloodControl | None = None,
    ) -> None:
        self._application = application
        self.updates = updates
        self.flood = flood
        self._last_success = 0.0
        self._start_lock = asyncio.Lock()

    async def handle(self, update: Update) -> None:
        """Try until the update is done or hopeless; raises only if the token is rejected."""
        start, tries = time.monotonic(), 0
        progress = UpdateProgress()
        if self.flood and (person := person_of(update)):
            await asyncio.sleep(self.flood.delay(person))
        while True:
            try:
                await self.try_once(update, progress, tries)
            except Exception as error:
                if rejects_token(error):
                    raise
                if not isinstance(error, RetryAfter):
                    tries += 1
                if self.should_give_up(update, tries, start):
                    await self.give_up(update, error, progress)
                    break
                pause = seconds_before_retry(tries, error)
                metrics.count_retry("update")
                log.warning(
                    "not answered yet (%s); retrying in %.1fs",
                    short_reason(error),
                    pause,
                    **log_fields(update),
                )
                await asyncio.sleep(pause)
            else:
                break
        self.finish(update, progress, start)
        await self.send_flood_notice(update)

    async def try_once(self, update: Update, progress: UpdateProgress, tries: int = 0) -> None:
        """Try once. Raises errors worth a retry; the error handlers get the others."""
        set_current_update(progress)
        progress.on_finish.clear()  # from an earlier try
        # Finding an answer blocks the event loop for a few milliseconds. Let it read responses
        # in between: a sent message must be recorded soon, as we may be killed at any time.
        async with self._start_lock:
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(_TRY_TIMEOUT):
                await self._application.process_update(update)
        except Exception as error:
            if is_temporary(error) or rejects_token(error):
                raise
            if not isinstance(error, TelegramError) and tries + 1 < _MAX_HANDLER_TRIES:
                raise
            await self._application.run_error_handlers(update, error)
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            # A handler cancelled itself; raising this would end the whole queue.
            cause = RuntimeError(f"cancelled itself: {error}")
            await self._application.run_error_handlers(update, cause)

    def finish(self, update: Update, progress: UpdateProgress, start: float) -> None:
        """Save and log that an update is done. `start` is a `time.monotonic()` value."""
        self.updates.finish(update.update_id, progress.messages, progress.on_finish)
        if progress.sent:
            self._last_success = time.monotonic()
            if self.flood and (person := person_of(update)):
                self.flood.record_answer(person)
            if progress.outcome == "ignored":
                progress.outcome = "answered"
        elapsed = f"{1000 * (time.monotonic() - start):.0f}"
        metrics.update_finished(update.update_id, progress.outcome)
        log.info("update", **log_fields(update, outcome=progress.outcome, ms=elapsed))

    def should_give_up(self, update: Update, tries: int, start: float) -> bool:
        """Whether to give up after `tries` failed tries since `start`."""
        waited = time.monotonic() - start
        if update.callback_query and waited > _CALLBACK_TTL:
            return True
        if update.inline_query and waited > _INLINE_TTL:
            return True
        return waited > _MAX_AGE or (tries >= _MAX_CALL_TRIES and self._last_success > start)

    async def give_up(self, update: Update, error: Exception, progress: UpdateProgress) -> None:
        """Set the outcome: queries have expired by now; other updates go to the error handlers."""
        if update.callback_query or update.inline_query:
            progress.outcome = "expired"
        else:
            progress.outcome = "failed"
            await self._application.run_error_handlers(update, error)

    async def send_flood_notice(self, update: Update) -> None:
        """Tell somebody who floods the chat, once, why answers are slow; only log errors."""
        person = person_of(update)
        if not (self.flood and person and update.message and self.flood.is_flooding(person)):
            return
        if self.flood.should_notify(person):
            set_current_update(None)  # the update is done; this message is not part of it
            try:
                await update.message.reply_text(FLOOD_NOTICE)
            except TelegramError as error:
                log.info("the flood notice could not be sent (%s)", short_reason(error))


def log_fields(update: Update, **more: str) -> dict[str, Any]:
    """The fields of a log line about an update, without text or names."""
    chat = update.effective_chat
    kind = str(chat.type) if chat else "inline" if update.inline_query else "none"
    return {"extra": {"fields": {"update": update.update_id, "chat": kind, **more}}}
