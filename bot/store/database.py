"""The bot's database: transactions, and deleting what has expired."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.errors import InputError
from bot.store.migrations import MIGRATIONS
from bot.store.sqlite_file import SqliteFile, explained

log = logging.getLogger(__name__)

# Seconds to wait for another process's transaction. The bot itself waits in a thread of its own.
BUSY_TIMEOUT = 10.0
DAY = 24 * 3600  # seconds
RETENTION = DAY  # seconds: Telegram drops undelivered updates after a day too
QUESTION_RETENTION_DAYS = 90  # long enough to see which questions keep coming up
_SWEEP_EVERY = 500  # writes
_SWEPT = ("messages", "answers")  # rows expire by their column `at`
# Rows expire when their column `day` is more than this many days before today.
_SWEPT_BY_DAY = {
    "questions": QUESTION_RETENTION_DAYS - 1,
    "counts": QUESTION_RETENTION_DAYS - 1,
    "ballots": 1,
    "secrets": 1,
}


class Store:
    """Settings of groups, answers, votes and questions; safe for several processes.

    `clock` returns seconds since the epoch. With `recover`, a damaged file is set aside and a
    fresh one begun. Raises `InputError` if the file can never be used, `ServingError` if it
    cannot be used now.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, recover: bool = False
    ) -> None:
        self.clock = clock
        self._path = path
        self._writes = 0
        self._swept_on = -1
        self._must_truncate = False
        with explained(path, "DATABASE_PATH"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = SqliteFile(path, MIGRATIONS, busy_timeout=BUSY_TIMEOUT, recover=recover)
            self.sweep()

    @contextmanager
    def separate_connection(self) -> Iterator[Store]:
        """A second connection to the same file, for use in another thread."""
        other = Store(self._path, clock=self.clock)
        try:
            yield other
        finally:
            other.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def repair(self) -> None:
        """Go on with a fresh file if the open one was deleted, replaced or damaged.

        Also deletes what another process's reading kept in the WAL.
        """
        if old := self._file.repair():
            old.close()
        if self._must_truncate:
            self.truncate_wal()

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())

    def today(self) -> int:
        """Days since 1 January 1970, UTC."""
        return self.now() // DAY

    def cutoff(self) -> int:
        """The time, in seconds since the epoch, up to which answers have expired."""
        return self.now() - RETENTION

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Run one statement, and every so often delete expired rows."""
        self._file.execute(statement, values)
        self.count_write()

    def count_write(self) -> None:
        """Count a write; every so often delete expired rows."""
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            self.sweep()

    def sweep(self) -> None:
        """Delete rows older than `RETENTION`; once a day, also those that expire by day."""
        for table in _SWEPT:
            statement = f"DELETE FROM {table} WHERE at <= ?"  # noqa: S608 - our own table names
            self._file.execute(statement, (self.cutoff(),))
        today = self.today()
        if today == self._swept_on:
            return
        for table, days in _SWEPT_BY_DAY.items():
            statement = f"DELETE FROM {table} WHERE day < ?"  # noqa: S608 - our own table names
            self._file.execute(statement, (today - days,))
        self._swept_on = today

    def truncate_wal(self) -> None:
        """Remove deleted rows from the WAL as well, or later if another process reads them now."""
        self._must_truncate = not self._file.truncate_wal()

    def rows(self, query: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        """All rows of a query."""
        return self._file.execute(query, values).fetchall()

    def row(self, query: str, values: tuple[object, ...]) -> tuple[object, ...] | None:
        """The first row of a query, or None."""
        found: tuple[object, ...] | None = self._file.execute(query, values).fetchone()
        return found

    def stream(self, query: str, values: tuple[object, ...]) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, one at a time."""
        yield from self._file.execute(query, values)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit all statements inside or none; a nested one can fail alone (a savepoint)."""
        with self._file.transaction() as connection:
            yield connection


@contextmanager
def open_existing(path: Path) -> Iterator[Store]:
    """Open a store that already exists; raise `InputError` if there is none."""
    if not path.exists():
        raise InputError(
            f"DATABASE_PATH: {path} does not exist; `treaty-bot run` creates it. Run this"
            " command in the folder where the bot runs, or set DATABASE_PATH to its file"
        )
    store = Store(path)
    try:
        yield store
    finally:
        store.close()


class BestEffortStore:
    """A store that logs database errors, with their `consequence`, instead of raising them."""

    def __init__(self, store: Store, consequence: str) -> None:
        self.store = store
        self._consequence = consequence

    def rows(self, query: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
        """All rows of a query; [] if it fails."""
        try:
            return self.store.rows(query, values)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be read (%s); %s", error, self._consequence)
            return []

    def transact(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Run `work` in one transaction."""
        try:
            with self.store.transaction() as connection:
                work(connection)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be written (%s); %s", error, self._consequence)

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Run one statement."""
        try:
            self.store.write(statement, values)
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be written (%s); %s", error, self._consequence)
