"""Answers the updates in the inbox: in order within a chat, in turn between chats."""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot import metrics
from bot.errors import REVOKED_MESSAGE, ServingError
from bot.logs import log_failure
from bot.store import DiskError, DiskThread, Inbox, Outcome, Received
from bot.store.inbox import FINISHED_REMEMBERED
from bot.telegram.current_update import UpdateProgress, current_update
from bot.telegram.receive.parsing import UnreadableError, parse, update_id_of
from bot.telegram.receive.queues import ChatQueues
from bot.telegram.send.retries import is_temporary, seconds_before_retry, short_reason

log = logging.getLogger(__name__)

# Updates handled at once. More would hold more memory without being faster: Telegram accepts
# about 30 messages a second. A chat that has to wait does not count.
_SLOTS = 32
# Waiting updates in memory, in all and of one chat; the others are read from the inbox in their
# turn, which takes longer: those who write little do not wait for it.
_MAX_LOADED = 2_000
_MAX_LOADED_PER_CHAT = 20
# After a downtime, answering begins once all that waits was fetched, or after these seconds: those
# who are fetched first would otherwise use up what Telegram lets a bot send.
_CATCH_UP = 0.5
BATCH_SIZE = 100  # updates, the most Telegram hands out; fewer mean that no more are waiting
_DISK_PAUSE = 1.0  # seconds before an update is read again from a disk that failed
# How many times to try an update whose handler itself raises an error, which retrying seldom fixes.
_MAX_HANDLER_TRIES = 3
# How many times to try an update whose calls fail while others succeed; with the backoff, this
# takes a few minutes. If nothing succeeds, Telegram is down, and there is no harm in waiting.
_MAX_CALL_TRIES = 12
_MAX_AGE = 24 * 3600.0  # seconds; after that, Telegram drops an update
_TRY_TIMEOUT = 300.0  # seconds
# Seconds after which Telegram no longer accepts an answer (tdlib/telegram-bot-api, Client.cpp).
_CALLBACK_TTL, _INLINE_TTL = 150.0, 30.0
_UNREADABLE = "update %s cannot be read and is skipped (%s)"


class Worker:
    """Takes updates into the inbox, and has `handle` answer them.

    `give_up` is given updates that no retry can help, and `record` what came of each. `disk` is the
    thread of the inbox. `queues` has what waits; `failed` gets the error that ends serving.
    """

    def __init__(
        self,
        handle: Callable[[Update], Awaitable[None]],
        give_up: Callable[[Update, Exception], Awaitable[None]],
        disk: DiskThread[Inbox],
        record: Callable[[Outcome], None],
    ) -> None:
        self._handler, self._give_up = handle, give_up
        self._disk, self._inbox = disk, disk.file
        self._record = record
        self.queues = ChatQueues()
        metrics.watch(self.queues.arrived)
        self._updates: dict[int, Update] = {}  # `_MAX_LOADED` of those that wait
        self._progress: dict[int, UpdateProgress] = {}  # of updates that are to be retried
        # Ids of finished updates: Telegram may deliver them again when the disk has failed.
        self._done: deque[int] = deque(maxlen=FINISHED_REMEMBERED)
        self._turns: set[asyncio.Task[None]] = set()  # updates being handled
        self._finished = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._last_success = 0.0
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        """Begin with what an earlier process left in the inbox; may raise `ServingError`."""
        try:
            waiting = await self._disk.require(self._inbox.waiting)
        except DiskError as error:
            reason = f"{error}, so that nothing can be served; start the bot again"
            raise ServingError(reason) from None
        for update_id, chat_id in waiting:
            self.queues.put(chat_id, update_id)
        if left := len(self.queues.arrived):
            log.info("%d updates are left from the last run", left)
        asyncio.get_running_loop().call_later(_CATCH_UP, self._caught_up.set)
        self._serving = asyncio.create_task(self._serve(), name="answering updates")
        self._serving.add_done_callback(self._end_with)

    def _end_with(self, serving: asyncio.Task[None]) -> None:
        """End the bot if nothing is answered any more: it would go on taking updates over."""
        log_failure(serving)
        if not serving.cancelled() and not self.failed.done():
            self.failed.set_exception(ServingError("answering has stopped; see the log"))

    async def stop(self, seconds: float) -> None:
        """Finish what is being answered, within `seconds`; the rest stays in the inbox."""
        self._serving.cancel()
        if self._turns:
            _, unfinished = await asyncio.wait(self._turns, timeout=seconds)
            for turn in unfinished:
                turn.cancel()
        if left := len(self.queues.arrived):
            log.warning("%d updates are not answered yet; the next start will", left)

    async def accept(self, bodies: Iterable[object]) -> None:
        """Take updates over: once this returns, Telegram may forget them."""
        found: dict[int, tuple[Update, Received]] = {}
        for body in bodies:
            try:
                update = parse(body)
            except UnreadableError as error:
                log.warning(_UNREADABLE, update_id_of(body), error)
                metrics.update_finished("unreadable", 0.0)
            else:
                who = update.effective_chat or update.effective_user
                row = Received(update.update_id, who.id if who else 0, json.dumps(body))
                found[update.update_id] = update, row
        try:
            new = await self._disk.require(self._inbox.add, [row for _, row in found.values()])
            is_durable = True
        except DiskError:
            new = [
                row
                for number, (_, row) in found.items()
                if number not in self.queues.arrived and number not in self._done
            ]
            is_durable = False
        for row in new:
            in_chat = self.queues.put(row.chat_id, row.update_id)
            has_room = len(self._updates) < _MAX_LOADED and in_chat <= _MAX_LOADED_PER_CHAT
            if has_room or not is_durable:
                self._updates[row.update_id] = found[row.update_id][0]
        if len(found) < BATCH_SIZE:
            self._caught_up.set()
        while not is_durable and any(update_id in self.queues.arrived for update_id in found):
            self._finished.clear()
            await self._finished.wait()

    async def _serve(self) -> None:
        """Begin one update after the other, each of the chat whose turn it is."""
        await self._caught_up.wait()
        slots = asyncio.Semaphore(_SLOTS)
        while not self.failed.done():
            await slots.acquire()
            turn = asyncio.create_task(self._take_turn(*await self.queues.next()))
            self._turns.add(turn)
            turn.add_done_callback(self._turns.discard)
            turn.add_done_callback(lambda _: slots.release())

    async def _take_turn(self, chat: int, update_id: int) -> None:
        try:
            pause = await self._handle(update_id)
        except Exception as error:  # noqa: BLE001 - reported by whoever waits for `failed`
            if not self.failed.done():
                is_revoked = isinstance(error, InvalidToken)
                self.failed.set_exception(ServingError(REVOKED_MESSAGE) if is_revoked else error)
        else:
            self.queues.end_turn(chat, is_done=pause is None, pause=pause or 0.0)

    async def _load(self, update_id: int) -> Update:
        if update := self._updates.get(update_id):
            return update
        text = await self._disk.require(self._inbox.body, update_id)
        try:
            return parse(json.loads(text or b""))
        except ValueError:
            raise UnreadableError("it was damaged on the disk") from None

    async def _handle(self, update_id: int) -> float | None:
        """Try an update; None if it is done, otherwise seconds until the next try."""
        try:
            update = await self._load(update_id)
        except DiskError:
            return _DISK_PAUSE
        except UnreadableError as error:
            log.warning(_UNREADABLE, update_id, error)
            self._forget(update_id, "unreadable")
            return None
        progress = self._progress.setdefault(update_id, UpdateProgress())
        try:
            await self._try(update, progress)
        except InvalidToken:
            raise
        except Exception as error:  # noqa: BLE001 - tried again, or logged
            progress.is_retry = True
            progress.tries += not isinstance(error, RetryAfter)
            if not self._should_give_up(update, progress.tries):
                pause = seconds_before_retry(max(progress.tries - 1, 0), error)
                metrics.count_retry("update")
                message = "not answered yet (%s); retrying in %.1fs"
                log.warning(message, short_reason(error), pause, **_log_fields(update))
                return pause
            if update.callback_query or update.inline_query:
                progress.outcome = "expired"
            else:
                await self._give_up(update, error)
        self._finish(update, progress)
        return None

    async def _try(self, update: Update, progress: UpdateProgress) -> None:
        """Try once. Raises errors worth a retry; `give_up` gets the others."""
        current_update.set(progress)
        progress.on_finish.clear()  # from an earlier try
        try:
            async with asyncio.timeout(_TRY_TIMEOUT):
                await self._handler(update)
        except Exception as error:
            if is_temporary(error) or isinstance(error, InvalidToken):
                raise
            if not isinstance(error, TelegramError) and progress.tries + 1 < _MAX_HANDLER_TRIES:
                raise
            await self._give_up(update, error)
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            await self._give_up(update, RuntimeError(f"the handler cancelled itself: {error}"))

    def _finish(self, update: Update, progress: UpdateProgress) -> None:
        """Record and log that an update is done."""
        if progress.on_finish:
            self._record(progress.on_finish)
        if progress.sent:
            self._last_success = time.monotonic()
            if progress.outcome == "silent":
                progress.outcome = "answered"
        ms = round(1000 * self._forget(update.update_id, progress.outcome))
        log.info("update", **_log_fields(update, outcome=progress.outcome, ms=ms))

    def _forget(self, update_id: int, outcome: str) -> float:
        """Delete an update that is done; return the seconds since its arrival."""
        self._disk.collect(self._inbox.finish, update_id)
        elapsed = time.monotonic() - self.queues.arrived.pop(update_id)
        metrics.update_finished(outcome, elapsed)
        self._done.append(update_id)
        self._updates.pop(update_id, None)
        self._progress.pop(update_id, None)
        self._finished.set()
        return elapsed

    def _should_give_up(self, update: Update, tries: int) -> bool:
        """Whether to give up after `tries` failed tries."""
        arrived = self.queues.arrived[update.update_id]
        others_succeed = tries >= _MAX_CALL_TRIES and self._last_success > arrived
        ttl = _CALLBACK_TTL if update.callback_query else _MAX_AGE
        ttl = _INLINE_TTL if update.inline_query else ttl
        return others_succeed or time.monotonic() - arrived > ttl


def _log_fields(update: Update, **more: str | int) -> dict[str, Any]:
    """The fields of a log line about an update, without text or names."""
    chat = update.effective_chat
    kind = str(chat.type) if chat else "inline" if update.inline_query else "none"
    return {"extra": {"fields": {"update": update.update_id, "chat": kind, **more}}}
