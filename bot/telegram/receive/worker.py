"""Brings one update to its end: answered, hopeless, or tried again; the log tells which."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Generic, TypeVar

from telegram import Bot, Update
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
    """Works off items lane by lane.

    `work` handles one item. `divert` may name another lane for an item whose turn has come;
    it queues there anew, and so does what follows it, as `divert` is asked for each.
    `failed` is told the first exception that escapes from `work`.
    """

    def __init__(
        self,
        work: Callable[[T], Awaitable[None]],
        divert: Callable[[T], Hashable | None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._work = work
        self._divert = divert
        self._failed = failed
        self._queues: dict[Hashable, deque[T]] = {}
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}

    def put(self, lane: Hashable, item: T) -> None:
        """Queue an item; its lane starts if it rests."""
        if lane in self._queues:
            self._queues[lane].append(item)
            return
        self._queues[lane] = deque([item])
        self._tasks[lane] = asyncio.get_running_loop().create_task(self._run(lane))

    async def wait(self, seconds: float) -> bool:
        """Let all lanes come to rest, for so long at most; whether they did."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._tasks:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            await asyncio.wait(list(self._tasks.values()), timeout=left)
        return True

    async def stop(self) -> None:
        """Give up what is at work or queued."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, lane: Hashable) -> None:
        queue = self._queues[lane]
        try:
            while queue:
                item = queue.popleft()
                other = self._divert(item)
                # A side lane that still has work keeps its person's order.
                if other is not None and other != lane:
                    self.put(other, item)
                else:
                    await self._work(item)
        except Exception as error:  # noqa: BLE001 - the lane's owner decides what it means
            self._failed(error)
        finally:
            del self._queues[lane], self._tasks[lane]

    def busy(self, lane: Hashable) -> bool:
        """Whether a lane has work."""
        return lane in self._queues


log = logging.getLogger(__name__)

# Tries of an update whose handler fails by itself: such a fault seldom passes.
_TRIES = 3
# Tries of an update whose calls fail while others succeed; some minutes with the backoff. With
# nothing else succeeding it is Telegram that is down, and patience costs nobody anything.
_TRIES_ALONE = 12
_LONGEST = 24 * 3600.0  # seconds; Telegram itself forgets an update then
_HANG = 300.0  # seconds for one try
# Seconds after which Telegram takes no answer (tdlib/telegram-bot-api, Client.cpp).
_CALLBACK_LIFE, _INLINE_LIFE = 150.0, 30.0


class UnreadableError(Exception):
    """An update that cannot be read; the message says why."""


def parse(body: dict[str, Any], bot: Bot) -> Update:
    """Read one update, or raise `UnreadableError`: it may hold anything."""
    try:
        update = Update.de_json(body, bot)
        parts = (update.effective_chat, update.effective_sender, update.effective_message)
        ids = [update.update_id, *(part.id for part in parts if part is not None)]
        # Only what is used as a key everywhere or sent back; all else is the handlers' to doubt.
        query = update.callback_query or update.inline_query
        if not all(type(number) is int for number in ids):
            raise TypeError  # noqa: TRY301 - told below like all that the library raises
        if query and not (isinstance(query.id, str) and query.id):
            raise TypeError  # noqa: TRY301 - told below like all that the library raises
    except Exception as error:
        raise UnreadableError(type(error).__name__) from error  # its text may hold people's words
    return update


class Worker:
    """Runs updates through the handlers. `flood` None slows nobody down."""

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
        self._one_by_one = asyncio.Lock()

    async def handle(self, update: Update) -> None:
        """Try until it is done or hopeless; only a rejected token escapes."""
        start, tries = time.monotonic(), 0
        progress = UpdateProgress()
        await self._slow_down(update)
        while True:
            try:
                await self.attempt(update, progress, tries)
            except Exception as error:
                if rejects_token(error):
                    raise
                if not isinstance(error, RetryAfter):
                    tries += 1
                if self.is_hopeless(update, tries, start):
                    await self.give_up(update, error, progress)
                    break
                pause = seconds_before_retry(tries, error)
                metrics.count_retry("update")
                log.warning(
                    "not answered yet (%s); again in %.1fs",
                    short_reason(error),
                    pause,
                    **fields(update),
                )
                await asyncio.sleep(pause)
            else:
                break
        self.finish(update, progress, start)
        await self.tell_of_flood(update)

    async def attempt(self, update: Update, progress: UpdateProgress, tries: int = 0) -> None:
        """Try once. What may pass escapes; what cannot is told to the error handlers."""
        set_current_update(progress)
        progress.on_finish.clear()  # what an earlier try would have written
        # To find an answer takes the loop some milliseconds. Between two it reads what came, so
        # that Telegram's word on a message just sent does not lie unread while we may be killed.
        async with self._one_by_one:
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(_HANG):
                await self._application.process_update(update)
        except Exception as error:
            if is_temporary(error) or rejects_token(error):
                raise
            if not isinstance(error, TelegramError) and tries + 1 < _TRIES:
                raise
            await self._application.give_up(update, error)
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            # A handler cancelled itself; were this to escape, its whole lane would end.
            await self._application.give_up(update, RuntimeError(f"cancelled itself: {error}"))

    def finish(self, update: Update, progress: UpdateProgress, start: float) -> None:
        """Remember and log that an update is done. `start` as `time.monotonic()` told it."""
        self.updates.finish(update.update_id, progress.messages, progress.on_finish)
        if progress.sent:
            self._last_success = time.monotonic()
            if self.flood and (person := person_of(update)):
                self.flood.answered(person)
            if progress.outcome == "ignored":
                progress.outcome = "answered"
        elapsed = f"{1000 * (time.monotonic() - start):.0f}"
        metrics.update_finished(update.update_id, progress.outcome)
        log.info("update", **fields(update, outcome=progress.outcome, ms=elapsed))

    def is_hopeless(self, update: Update, tries: int, start: float) -> bool:
        """Whether to leave an update after so many failed tries since `start`."""
        waited = time.monotonic() - start
        if update.callback_query and waited > _CALLBACK_LIFE:
            return True
        if update.inline_query and waited > _INLINE_LIFE:
            return True
        return waited > _LONGEST or (tries >= _TRIES_ALONE and self._last_success > start)

    async def give_up(self, update: Update, error: Exception, progress: UpdateProgress) -> None:
        """Leave an update; a query that nobody waits for any more is left without a word."""
        if update.callback_query or update.inline_query:
            progress.outcome = "expired"
        else:
            progress.outcome = "failed"
            await self._application.give_up(update, error)

    async def _slow_down(self, update: Update) -> None:
        if self.flood and (person := person_of(update)):
            await asyncio.sleep(self.flood.pause(person))

    async def tell_of_flood(self, update: Update) -> None:
        """Say once to who floods why the answers come slowly; trouble is only logged."""
        person = person_of(update)
        if not (self.flood and person and update.message and self.flood.floods(person)):
            return
        if self.flood.should_tell(person):
            set_current_update(None)  # the update is done: this is a word beside it
            try:
                await update.message.reply_text(FLOOD_NOTICE)
            except TelegramError as error:
                log.info("the notice could not be sent (%s)", short_reason(error))


def fields(update: Update, **more: str) -> dict[str, Any]:
    """What a log line tells of an update: no words, no names."""
    chat = update.effective_chat
    kind = str(chat.type) if chat else "inline" if update.inline_query else "none"
    return {"extra": {"fields": {"update": update.update_id, "chat": kind, **more}}}
