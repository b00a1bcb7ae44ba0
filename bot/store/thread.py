"""Runs work on a file in a thread of its own, so that a slow or locked disk stops nobody."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, Generic, TypeVar

from bot.store.sqlite_file import SqliteFile, primary_code

log = logging.getLogger(__name__)

_PATIENCE = 0.8  # seconds that a caller waits for the disk
_CHECK_INTERVAL = 1.0  # seconds between two looks at the file
_CLOSE_TIMEOUT = 5.0  # seconds to finish the waiting work
_BATCH_DELAY = 0.02  # seconds from the first item of a batch until it is worked on
# Pieces of work that wait; more are dropped, so that memory stays bounded. Not if the file itself
# keeps the latest of what it could not write, such as ids: one of them takes a few bytes, and one
# dropped here would mean a second answer.
_MAX_WORK = 20_000

T = TypeVar("T")


class DiskError(Exception):
    """The disk did not answer in time, or failed; the message says how."""


F = TypeVar("F", bound=SqliteFile)


class DiskThread(Generic[F]):
    """Runs work on one file, in order; while the disk does not answer, callers go on without it."""

    def __init__(self, file: F, name: str) -> None:
        self.file = file
        self._name = name
        self._work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._batches: dict[Callable[[list[Any]], object], list[Any]] = {}
        self._busy_since: float | None = None  # with one piece of work
        self._stuck_since: float | None = None  # since somebody gave up waiting
        self._checked = 0.0
        self._trouble = ""  # why the file could not be repaired
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def ask(self, work: Callable[..., T], *values: object) -> T | None:
        """The result of `work(*values)`; None if the disk fails or takes too long."""
        try:
            return await self.require(work, *values)
        except DiskError as error:
            if error.__cause__:  # otherwise it was logged already
                log.warning("%s; going on without what it should say", error)
            return None

    async def require(self, work: Callable[..., T], *values: object) -> T:
        """The result of `work(*values)`; raises `DiskError` if the disk fails or takes too long."""
        if self._stuck_since is None:
            self._end_batches()  # what is asked may depend on them
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await asyncio.wrap_future(self._submit(work, *values))
            except TimeoutError:
                self._give_up()
            except sqlite3.Error as error:
                raise DiskError(f"the {self._name} failed ({error})") from error
        raise DiskError(f"the {self._name} does not answer")

    def later(self, work: Callable[..., object], *values: object) -> None:
        """Run `work(*values)` in its turn, again while the file is locked; log other errors."""
        if self._busy_since and time.monotonic() - self._busy_since > _PATIENCE:
            self._give_up()
        if self._work.qsize() >= _MAX_WORK and not self.file.keeps_unwritten:
            log.error("the %s has not answered for long; a record is lost", self._name)
            return
        self._work.put(partial(self._until_unlocked, work, *values))

    def collect(self, work: Callable[[list[T]], object], item: T) -> None:
        """Run `work` a moment later on this item and all that come until then, to save time."""
        if not self._batches:
            asyncio.get_running_loop().call_later(_BATCH_DELAY, self._end_batches)
        self._batches.setdefault(work, []).append(item)

    def close(self) -> None:
        """Finish the waiting work, if the disk lets us, and close the file."""
        self._closing = True
        self._end_batches()
        self._work.put(None)
        self._thread.join(_CLOSE_TIMEOUT)
        if self._thread.is_alive():
            log.error("the %s does not answer; what it was to record is lost", self._name)

    def _submit(self, work: Callable[..., T], *values: object) -> Future[T]:
        future: Future[T] = Future()

        def run() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work(*values))
                except Exception as error:  # noqa: BLE001 - whoever waits for it decides
                    future.set_exception(error)

        self._work.put(run)
        return future

    def _end_batches(self) -> None:
        batches, self._batches = self._batches, {}
        for work, items in batches.items():
            self.later(work, items)

    def _until_unlocked(self, work: Callable[..., object], *values: object) -> None:
        while True:
            try:
                work(*values)
            except Exception as error:  # noqa: BLE001 - nobody waits for it
                if self._closing or primary_code(error) != sqlite3.SQLITE_BUSY:
                    is_kept = self.file.keeps_unwritten and not self._closing
                    outcome = "it is written later" if is_kept else "a record is lost"
                    log.warning("the %s failed (%s); %s", self._name, error, outcome)
                    return
            else:
                return
            self._give_up()

    def _run(self) -> None:
        while True:
            try:
                work = self._work.get(timeout=_CHECK_INTERVAL)
            except queue.Empty:
                work = bool  # nothing to do but to look at the file
            if work is None:
                break
            self._busy_since = time.monotonic()
            if self._busy_since - self._checked > _CHECK_INTERVAL:
                self._checked = self._busy_since
                self._look_after_file()
            work()
            self._busy_since = None
            if self._stuck_since is not None and self._work.empty():
                seconds, self._stuck_since = time.monotonic() - self._stuck_since, None
                log.info("the %s answers again after %.0f s", self._name, seconds)
        self.file.close()

    def _look_after_file(self) -> None:
        try:
            self.file.look_after()
            self._trouble = ""
        except Exception as error:  # noqa: BLE001 - the next look may succeed
            if str(error) != self._trouble:
                log.error("the %s cannot be repaired yet (%s)", self._name, error)  # noqa: TRY400
            self._trouble = str(error)

    def _give_up(self) -> None:
        """Let callers go on without the disk until it has caught up."""
        if self._stuck_since is None:
            self._stuck_since = time.monotonic()
            log.warning(
                "the %s does not answer: it is locked by another program, or the disk is slow;"
                " going on without it", self._name,
            )  # fmt: skip
