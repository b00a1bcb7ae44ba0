"""Long polling that confirms an update only after its reply was sent.

Telegram keeps what is not confirmed for a day: its queue is ours. A call of getUpdates
confirms everything below its offset, so the offset is the oldest update still at work.
What Telegram hands out again meanwhile is known and skipped; what was answered before a
restart is known from the store. Chats have lanes of their own: in order within a chat,
side by side otherwise.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from typing import Literal

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.telegram.acknowledging import Handling
from bot.telegram.retries import passes, wait_before

log = logging.getLogger(__name__)

KINDS = [
    "message", "edited_message", "callback_query", "inline_query", "my_chat_member",
    "guest_message",
]  # fmt: skip
_POLL = 30  # seconds that Telegram may hold a call open while there is nothing new
_BATCH = 100  # updates a call, Telegram's most
_LOOK_AGAIN = 0.5  # seconds between two calls while a lane is still at work
CONFLICT_PATIENCE = 30.0  # seconds; a restart overlaps for less


class PollingError(Exception):
    """Polling cannot go on; the message says why and what to do."""


class Poller:
    """Fetches updates, puts each into its chat's lane, confirms what is done."""

    def __init__(
        self, bot: Bot, handling: Handling, *, conflict_patience: float = CONFLICT_PATIENCE
    ) -> None:
        self._bot = bot
        self._handling = handling
        self._conflict_patience = conflict_patience
        self._lanes: dict[int, asyncio.Task[None]] = {}
        self._working: set[int] = set()  # update ids handed to a lane and not done
        self._next: int | None = None  # the id after the newest one seen
        self.last_poll = time.monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; raise `PollingError` if that is no longer possible."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                fetching = asyncio.create_task(self._fetch())
                await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not fetching.done():
                    fetching.cancel()
                    break
                self._dispatch(fetching.result())
                await self._settle(stopping)
        finally:
            stopping.cancel()

    async def drain(self, seconds: float) -> None:
        """Let the lanes finish, for so long at most, and confirm what is done."""
        if self._lanes:
            await asyncio.wait(list(self._lanes.values()), timeout=seconds)
        for lane in self._lanes.values():
            lane.cancel()
        try:
            if (offset := self._offset()) is not None:
                await self._bot.get_updates(offset=offset, limit=1, timeout=0)
        except TelegramError as error:
            log.warning("the last updates were not confirmed (%s)", type(error).__name__)

    def _offset(self) -> int | None:
        return min(self._working, default=self._next)

    async def _fetch(self) -> Sequence[Update]:
        """The next updates; every failure that passes is waited out."""
        tries = 0
        conflict_since: float | None = None
        while True:
            try:
                updates = await self._get(0 if self._working else _POLL)
            except InvalidToken:
                raise PollingError(
                    "Telegram no longer accepts the bot's token; it may have been revoked. Get the"
                    " new one from @BotFather (/token) and set TELEGRAM_BOT_TOKEN."
                ) from None
            except Conflict:
                conflict_since = conflict_since or time.monotonic()
                if time.monotonic() - conflict_since >= self._conflict_patience:
                    raise PollingError(
                        "another process polls with the same token, or a webhook is set. Stop the"
                        " other one, or get a token of its own for this bot."
                    ) from None
                log.warning("another process polls with this token; waiting for it to stop")
                await asyncio.sleep(min(3.0, self._conflict_patience / 4))
            except Exception as error:
                if not passes(error):
                    raise
                pause = wait_before(tries, error)
                tries += 1
                log.warning("getUpdates failed (%s); again in %.1fs", type(error).__name__, pause)
                await asyncio.sleep(pause)
            else:
                self.last_poll = time.monotonic()
                return updates

    async def _get(self, seconds: int) -> Sequence[Update]:
        offset = self._offset()
        try:
            return await self._bot.get_updates(
                offset=offset, limit=_BATCH, timeout=seconds, allowed_updates=KINDS
            )
        except (TypeError, KeyError, ValueError, AttributeError):
            return await self._get_one_by_one(offset)

    async def _get_one_by_one(self, offset: int | None) -> Sequence[Update]:
        """The library could not read the batch; read each update alone and skip the bad."""
        raw = await self._bot.do_api_request(
            "getUpdates",
            api_kwargs={"offset": offset, "limit": _BATCH, "timeout": 0, "allowed_updates": KINDS},
        )
        updates = []
        for item in raw if isinstance(raw, list) else []:
            try:
                updates.append(Update.de_json(item, self._bot))
            except Exception:
                number = item.get("update_id") if isinstance(item, dict) else None
                log.exception("update %s cannot be read; it is skipped", number)
                if isinstance(number, int):
                    self._next = max(self._next or 0, number + 1)
        return updates

    def _dispatch(self, updates: Sequence[Update]) -> None:
        for update in updates:
            number = update.update_id
            self._next = max(self._next or 0, number + 1)
            if number in self._working:
                continue
            self._working.add(number)
            chat = update.effective_chat.id if update.effective_chat else -number
            self._lanes[chat] = asyncio.create_task(self._work(update, self._lanes.get(chat), chat))

    async def _work(self, update: Update, before: asyncio.Task[None] | None, chat: int) -> None:
        if before is not None:
            await asyncio.wait([before])
        try:
            await self._handling.handle(update)
        finally:
            if self._lanes.get(chat) is asyncio.current_task():
                del self._lanes[chat]
        self._working.discard(update.update_id)

    async def _settle(self, stopping: asyncio.Task[Literal[True]]) -> None:
        """Wait for the lanes, but only so long that a slow one holds nobody else up."""
        lanes = set(self._lanes.values())
        if not lanes:
            return
        settled = asyncio.create_task(_all(lanes))
        await asyncio.wait(
            {settled, stopping}, timeout=_LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
        )
        settled.cancel()
        for lane in lanes:
            error = lane.exception() if lane.done() and not lane.cancelled() else None
            if isinstance(error, InvalidToken):
                raise PollingError("Telegram no longer accepts the bot's token.") from None


async def _all(lanes: Iterable[asyncio.Task[None]]) -> None:
    await asyncio.wait(list(lanes))
