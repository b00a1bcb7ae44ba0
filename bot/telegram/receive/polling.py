"""Long polling: fetches updates into the inbox, then confirms them to Telegram."""

import asyncio
import logging
import time
from functools import partial

from telegram.error import Conflict, TelegramError

from bot.errors import ServingError
from bot.telegram.receive.parsing import ALLOWED_UPDATES, update_id_of
from bot.telegram.receive.worker import BATCH_SIZE, Worker
from bot.telegram.send.client import Client
from bot.telegram.send.retries import short_reason, until_it_works

log = logging.getLogger(__name__)

_POLL_TIMEOUT = 30  # seconds that Telegram may hold a call open while there is nothing new
# Seconds between two calls that bring nothing or are refused, and two looks at a full inbox.
_PAUSE = 1.0
_CONFLICT_GAP = 15.0  # a conflict is over after this many seconds without another
# Seconds of undisturbed polling after which another poller is the newcomer, and has to yield. Of
# two newcomers only one yields, too: Telegram then has nothing more to refuse to the other.
_ESTABLISHED_AFTER = 5.0
# How many times CONFLICT_PATIENCE is between two looks whether our webhook is still set.
CHECK_INTERVAL = 6
_WEBHOOK = "webhook is active"  # in Telegram's words


class Poller:
    """Fetches updates; a newcomer yields to another poller after `conflict_patience` seconds."""

    def __init__(self, client: Client, worker: Worker, *, conflict_patience: float) -> None:
        self._client = client
        self._worker = worker
        self._patience = conflict_patience
        self._offset: int | None = None
        self._started = time.monotonic()
        self._conflict_since = self._last_conflict = float("-inf")

    async def run(self) -> None:
        """Fetch until cancelled; raises `ServingError` if that becomes impossible."""
        try:
            while True:
                try:
                    await self._fetch_and_accept()
                except Conflict as error:
                    await self._wait_after(error)
        finally:
            await self._confirm()

    async def _fetch_and_accept(self) -> None:
        """Take over the next updates, if any come within a while."""
        if not self._worker.queues.has_room:
            await asyncio.sleep(_PAUSE)
            return
        started = time.monotonic()
        fetch = partial(
            self._client.call,
            "getUpdates",
            offset=self._offset,
            limit=BATCH_SIZE,
            timeout=_POLL_TIMEOUT,
            allowed_updates=ALLOWED_UPDATES,
        )
        bodies = await until_it_works(fetch, "getUpdates", Conflict)
        await self._worker.accept(bodies)
        numbers = [number for body in bodies if (number := update_id_of(body)) is not None]
        if not numbers:
            await asyncio.sleep(max(0.0, started + _PAUSE - time.monotonic()))
        # After a quiet week Telegram starts from a random id, perhaps a lower one, which the
        # old offset would hide. It is confirmed by now, so it may go.
        self._offset = max(numbers) + 1 if numbers else None

    async def _confirm(self) -> None:
        """Tell Telegram which updates are in the inbox by now, so that it forgets them."""
        if self._offset is not None:
            try:
                await self._client.call("getUpdates", offset=self._offset, limit=1)
            except TelegramError as error:
                log.warning("the last updates were not confirmed (%s)", short_reason(error))

    async def _wait_after(self, error: Conflict) -> None:
        """Wait until the next try; raises `ServingError` if it is for this bot to yield."""
        now = time.monotonic()
        is_webhook = _WEBHOOK in error.message
        # When two pollers compete, each succeeds at times, but never for a whole `_CONFLICT_GAP`.
        if now - self._last_conflict > _CONFLICT_GAP:
            doing = (
                "has set a webhook for this token" if is_webhook else "is polling with this token"
            )
            log.warning("another process %s (%s); waiting for it to stop", doing, error.message)
            self._conflict_since = now
        self._last_conflict = now
        undisturbed = self._conflict_since - self._started
        # A process with a webhook notices only at its next look that this one has removed it.
        needed = 2 * CHECK_INTERVAL * self._patience if is_webhook else _ESTABLISHED_AFTER
        if undisturbed < needed and now - self._conflict_since >= self._patience:
            raise ServingError(
                "another process is polling with the same token, or a webhook was set for it."
                " Stop the other process, or get a separate token for this bot; details:"
                f" {error.message}"
            )
        if undisturbed >= needed and is_webhook:
            delete = partial(self._client.call, "deleteWebhook")
            await until_it_works(delete, "deleteWebhook")
        await asyncio.sleep(min(_PAUSE, self._patience / 4))
