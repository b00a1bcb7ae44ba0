"""The SQLite file: connecting, transactions, migrations, and deleting what has expired."""

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

log = logging.getLogger(__name__)

_BUSY_TIMEOUT = 10.0  # seconds to wait for another process's transaction
_TRUNCATE_TIMEOUT = 200  # milliseconds to wait for readers; a person is waiting for the reply
# Pages (4 KiB each) in the WAL before a checkpoint: everybody waits for the disk during one, and
# a page that was written several times is copied only once.
_CHECKPOINT_PAGES = 4000
DAY = 24 * 3600  # seconds
RETENTION = DAY  # seconds: Telegram drops undelivered updates after a day too
QUESTION_RETENTION_DAYS = 90  # long enough to see which questions keep coming up
_TRANSACTION = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_SAVEPOINT = ("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part")
_SWEEP_EVERY = 500  # writes
_SWEPT = ("updates", "deferred", "messages", "answers")  # rows expire by their column `at`
# Rows expire when their column `day` is more than this many days before today.
_SWEPT_BY_DAY = {
    "questions": QUESTION_RETENTION_DAYS - 1,
    "counts": QUESTION_RETENTION_DAYS - 1,
    "ballots": 1,
    "secrets": 1,
}


class Store:
    """One SQLite file, safe for several processes and against a kill in the middle of a write.

    `clock` returns seconds since the epoch.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._path = path
        self._writes = 0
        self._swept_on = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)  # may hold people's words; SQLite copies the mode to its WAL
            self._connection = _connect(path)
            self._migrate()
            self.sweep()
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"DATABASE_PATH: {path} cannot be used ({error}); set it to a writable file, or"
                " move the broken one away"
            ) from None

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
        self._connection.close()

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())

    def today(self) -> int:
        """Days since 1 January 1970, UTC."""
        return self.now() // DAY

    def cutoff(self) -> int:
        """The time, in seconds since the epoch, up to which updates and answers have expired."""
        return self.now() - RETENTION

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Run one statement, and every so often delete expired rows."""
        self._connection.execute(statement, values)
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            self.sweep()

    def sweep(self) -> None:
        """Delete rows older than `RETENTION`; once a day, also those that expire by day."""
        for table in _SWEPT:
            statement = f"DELETE FROM {table} WHERE at <= ?"  # noqa: S608 - our own table names
            self._connection.execute(statement, (self.cutoff(),))
        today = self.today()
        if today == self._swept_on:
            return
        for table, days in _SWEPT_BY_DAY.items():
            statement = f"DELETE FROM {table} WHERE day < ?"  # noqa: S608 - our own table names
            self._connection.execute(statement, (today - days,))
        self._swept_on = today

    def truncate_wal(self) -> None:
        """Remove deleted rows from the WAL as well, unless another connection is reading."""
        self._connection.execute(f"PRAGMA busy_timeout = {_TRUNCATE_TIMEOUT}")
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self._connection.execute(f"PRAGMA busy_timeout = {int(1000 * _BUSY_TIMEOUT)}")

    def write_durably(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Run one statement for all rows or none; once done, it survives even a power cut."""
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
        """Commit all statements inside or none; a nested one can fail alone (a savepoint)."""
        begin, commit, undo = _SAVEPOINT if self._connection.in_transaction else _TRANSACTION
        self._connection.execute(begin)
        try:
            yield self._connection
            self._connection.execute(commit)
        except BaseException:
            if self._connection.in_transaction:  # SQLite may have rolled back already
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


def _connect(path: Path) -> sqlite3.Connection:
    # Autocommit: each statement is its own transaction unless we begin one.
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT, isolation_level=None)
    deadline = time.monotonic() + _BUSY_TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Two processes that switch a new file to WAL at once do not wait for each other.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            break
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute("PRAGMA secure_delete = ON")  # overwrite deleted rows
    return connection


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
