"""Whose turn it is: in order within a chat, in turn between chats."""

import asyncio
import logging
import time

log = logging.getLogger(__name__)

# Updates in all, beyond which no more are fetched: of each, only the id is in memory. There is no
# such limit for one chat, as Telegram cannot hold back a single chat: it would stop all the others.
MAX_UPDATES = 500_000
_LONG = 10_000  # updates in one chat that are worth a line in the log
_NEARLY_FULL = 0.9  # of `MAX_UPDATES`, at which the log says so


class ChatQueues:
    """The ids of waiting updates, in one queue for each chat."""

    def __init__(self) -> None:
        self.arrived: dict[int, float] = {}  # update id -> `time.monotonic()`
        self._queues: dict[int, list[int]] = {}
        self._ready: asyncio.Queue[int] = asyncio.Queue()
        self._has_warned = False

    @property
    def has_room(self) -> bool:
        """Whether more updates may come; Telegram keeps them for a day otherwise."""
        return len(self.arrived) < MAX_UPDATES

    def put(self, chat: int, update_id: int) -> int:
        """Add an update to the end of its chat's queue; return how many are in that now."""
        self.arrived[update_id] = time.monotonic()
        if chat not in self._queues:
            self._queues[chat] = []
            self._ready.put_nowait(chat)
        self._queues[chat].append(update_id)
        waiting, in_chat = len(self.arrived), len(self._queues[chat])
        if in_chat % _LONG == 0:
            log.warning("%d updates are waiting in one chat; they delay no other chat", in_chat)
        if waiting < MAX_UPDATES * _NEARLY_FULL / 2:
            self._has_warned = False
        elif waiting >= MAX_UPDATES * _NEARLY_FULL and not self._has_warned:
            self._has_warned = True
            log.warning(
                "%d updates are waiting; at %d no more are fetched until some are answered"
                " (Telegram keeps them for a day)", waiting, MAX_UPDATES,
            )  # fmt: skip
        return in_chat

    async def next(self) -> tuple[int, int]:
        """The chat whose turn it is, and its first update; `end_turn` must follow."""
        chat = await self._ready.get()
        return chat, self._queues[chat][0]

    def end_turn(self, chat: int, *, is_done: bool, pause: float = 0.0) -> None:
        """Remove the first update if it is done; the next turn comes after `pause` seconds."""
        queue = self._queues[chat]
        if is_done:
            queue.pop(0)
        if not queue:
            del self._queues[chat]
        elif pause:
            asyncio.get_running_loop().call_later(pause, self._ready.put_nowait, chat)
        else:
            self._ready.put_nowait(chat)
