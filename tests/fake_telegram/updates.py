"""The update queue, which confirms updates as the real server does.

After tdlib/telegram-bot-api, Client.cpp: a getUpdates request drops all updates below its offset
when it arrives; allowed_updates applies when an update is created.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from .errors import Json, RefusedError
from .schema import TYPES

KINDS = frozenset(TYPES["Update"]) - {"update_id"}
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MAX_POLL_SECONDS = 50


class UpdateQueue:
    """The pending updates in order of update_id, and the long poll that waits for them."""

    def __init__(self, lock: AbstractContextManager[object], first_id: int) -> None:
        self.pending: dict[int, Json] = {}
        self.queued: list[int] = []  # the ids of all updates so far
        self.subscription = KINDS - _NOT_BY_DEFAULT
        self.next_id = first_id
        self.polls = 0
        self.changed: Callable[[], None] = lambda: None
        self._lock = lock
        self._poll: asyncio.Future[None] | None = None

    def add(self, content: Json) -> Json | None:
        """Queue an update with this one field; None if the bot did not ask for such updates."""
        (kind,) = content
        if kind in KINDS and kind not in self.subscription:
            return None
        update = {"update_id": self.next_id} | content
        self.pending[self.next_id] = update
        self.queued.append(self.next_id)
        self.next_id += 1
        return update

    def forget(self, update_id: int) -> None:
        """Drop one delivered update."""
        self.pending.pop(update_id, None)
        self.changed()

    def subscribe(self, kinds: list[str] | None) -> None:
        """Apply allowed_updates: None keeps the last list, an empty list means the default."""
        if kinds is not None:
            wanted = KINDS & set(kinds)
            self.subscription = wanted or KINDS - _NOT_BY_DEFAULT

    def wake(self) -> None:
        """End a waiting long poll; called in the event loop."""
        if self._poll and not self._poll.done():
            self._poll.set_result(None)

    def terminate_poll(self, by: str) -> None:
        """Refuse a poll that is still waiting, as Telegram does when another request arrives."""
        if self._poll and not self._poll.done():
            self._poll.set_exception(RefusedError(f"terminated by {by}", 409, is_violation=False))

    async def get(self, params: Json) -> list[Json]:
        """Serve a getUpdates call: confirm, then wait for an update up to its timeout."""
        limit = min(max(params.get("limit", 100), 1), 100)
        deadline = min(max(params.get("timeout", 0), 0), MAX_POLL_SECONDS)
        loop = asyncio.get_running_loop()
        with self._lock:
            self.polls += 1
            self.terminate_poll(
                "other getUpdates request; make sure that only one bot instance is running"
            )
            self._confirm(params.get("offset", 0))
            self.subscribe(params.get("allowed_updates"))
            poll = self._poll = loop.create_future()
            if self.pending:
                poll.set_result(None)
            self.changed()
        with suppress(TimeoutError):
            await asyncio.wait_for(poll, deadline)
        with self._lock:
            return [update for _, update in zip(range(limit), self.pending.values(), strict=False)]

    def _confirm(self, offset: int) -> None:
        ids = list(self.pending)
        gone = ids[:offset] if offset < 0 else [i for i in ids if i < offset]
        for update_id in gone:
            del self.pending[update_id]
