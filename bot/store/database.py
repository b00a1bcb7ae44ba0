"""Reads and writes that may fail without harm: a failing disk is logged, and the bot goes on."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.errors import InputError
from bot.store.migrations import MIGRATIONS

_WAIT = 10.0  # seconds that one process waits for another's transaction
_PATIENCE = 200  # milliseconds that a wipe waits for readers: people wait for it in turn
# Pages (of 4 KiB) in the side file before they are copied into the file itself: everybody waits
# for the disk then, and of a page that was written several times only the last counts.
_SIDE_FILE = 4000
DAY = 24 * 3600  # seconds
KEPT = DAY  # seconds: Telegram forgets an update, and people an answer, after a day
KEPT_DAYS = 90  # how long is kept what was asked: long enough to see what people miss
_WHOLE = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_PART = ("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part")
_SWEEP_EVERY = 500  # writes between two sweeps of what is too old
_SWEPT = (
    "updates",
    "deferred",
    "messages",
    "answers",
)  # tables that forget, by their column `at`
# Tables that forget by their column `day`, each with the days before today that stay.
_SWEPT_BY_DAY = {
    "questions": KEPT_DAYS - 1,
    "counts": KEPT_DAYS - 1,
    "ballots": 1,
    "secrets": 1,
}


class Store:
    """One file, safe with several processes and with a kill in the middle of a write.

    `clock` tells the seconds since the epoch.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._path = path
        self._writes = 0
        self._swept_on = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # it may hold words of people; SQLite's side files follow it
            self._connection = _connect(path)
            self._migrate()
            self.sweep()
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"DATABASE_PATH: {path} cannot be used ({error}); name a writable file, or move"
                " the broken one away"
            ) from None

    @contextmanager
    def beside(self) -> Iterator[Store]:
        """The same file through a connection of its own, for another thread."""
        other = Store(self._path, clock=self.clock)
        try:
            yield other
        finally:
            other.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())

    def today(self) -> int:
        """Days since 1 January 1970, UTC."""
        return self.now() // DAY

    def since(self) -> int:
        """The time before which everything counts as forgotten."""
        return self.now() - KEPT

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Run one statement; now and then sweep away what is too old."""
        self._connection.execute(statement, values)
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            self.sweep()

    def sweep(self) -> None:
        """Delete what is older than a day; once a day also what is kept by the day."""
        for table in _SWEPT:
            statement = f"DELETE FROM {table} WHERE at <= ?"  # noqa: S608 - names of our own
            self._connection.execute(statement, (self.since(),))
        today = self.today()
        if today == self._swept_on:
            return
        for table, days in _SWEPT_BY_DAY.items():
            statement = f"DELETE FROM {table} WHERE day < ?"  # noqa: S608 - names of our own
            self._connection.execute(statement, (today - days,))
        self._swept_on = today

    def wipe(self) -> None:
        """Leave no trace of deleted rows in the side file either, unless somebody reads now."""
        self._connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {int(1000 * _WAIT)}")

    def write_durably(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one statement for all rows, or none; it outlives a power cut as well."""
        self._connection.execute("PRAGMA synchronous = FULL")
        try:
            with self.transaction() as connection:
                connection.executemany(statement, rows)
        finally:
            self._connection.execute("PRAGMA synchronous = NORMAL")

    def rows(self, query: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        """All rows of a query."""
        return self._connection.execute(query, values).fetchall()

    def row(self, query: str, values: tuple[object, ...]) -> tuple[object, ...] | None:
        """The first row of a query, or None."""
        found: tuple[object, ...] | None = self._connection.execute(query, values).fetchone()
        return found

    def stream(self, query: str, values: tuple[object, ...]) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, one at a time."""
        yield from self._connection.execute(query, values)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All statements inside, or none; one inside another is a part of that."""
        begin, commit, undo = _PART if self._connection.in_transaction else _WHOLE
        self._connection.execute(begin)
        try:
            yield self._connection
            self._connection.execute(commit)
        except BaseException:
            if self._connection.in_transaction:  # SQLite may have undone it all by itself
                self._connection.execute(undo)
            raise

    def _migrate(self) -> None:
        with self.transaction() as connection:
            (applied,) = connection.execute("PRAGMA user_version").fetchone()
            if applied > len(MIGRATIONS):
                raise sqlite3.DatabaseError("it was written by a newer version of the bot")
            for number, step in enumerate(MIGRATIONS[applied:], applied + 1):
                for statement in filter(str.strip, step.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")


@contextmanager
def existing(path: Path) -> Iterator[Store]:
    """Open a store that a bot made; raise `InputError` if there is none."""
    if not path.exists():
        raise InputError(
            f"DATABASE_PATH: {path} is not there; `treaty-bot run` makes it and fills it. Run this"
            " in the folder where the bot runs, or name its file"
        )
    store = Store(path)
    try:
        yield store
    finally:
        store.close()


def _connect(path: Path) -> sqlite3.Connection:
    # Autocommit: each statement is a transaction of its own unless we begin one.
    connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
    deadline = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Two processes that turn a new file to WAL at once do not wait for each other.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            break
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_SIDE_FILE}")
    connection.execute("PRAGMA secure_delete = ON")  # what is forgotten is overwritten
    return connection


log = logging.getLogger(__name__)


class BestEffortStore:
    """A store whose trouble costs only what `consequence` tells."""

    def __init__(self, store: Store, consequence: str) -> None:
        self.store = store
        self._consequence = consequence

    def rows(self, query: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        """All rows of a query; none if it fails."""
        try:
            return self.store.rows(query, values)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be read (%s); %s", error, self._consequence)
            return []

    def together(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Write all that `work` does, or nothing."""
        try:
            with self.store.transaction() as connection:
                work(connection)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be written (%s); %s", error, self._consequence)

    def run(self, statement: str, values: tuple[object, ...]) -> None:
        """Run one statement."""
        try:
            self.store.write(statement, values)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be written (%s); %s", error, self._consequence)
