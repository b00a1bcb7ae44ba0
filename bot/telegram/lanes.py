"""Lanes: in order within one, side by side between them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
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
