"""A SQLite file that outlives locks, full disks, damage, and being deleted while in use."""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

from bot.errors import InputError, ServingError

log = logging.getLogger(__name__)

_PRAGMAS = """
    PRAGMA synchronous = NORMAL;
    PRAGMA secure_delete = ON;  -- overwrites deleted rows
    PRAGMA cache_size = -500;  -- KiB; what is read is mostly what was just written
    -- Pages (of 4 KiB) in the WAL before a checkpoint: everybody waits for the disk during one, and
    -- a page that was written several times is copied only once.
    PRAGMA wal_autocheckpoint = 4000;
"""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REFUSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_PASSING = (errno.ENOSPC, errno.EIO, errno.EDQUOT)  # errors that may pass by themselves
# Milliseconds that a checkpoint waits for other processes that read; a person waits for the reply.
_TRUNCATE_TIMEOUT = 200
_WAL_PAUSE = 0.01  # seconds; the other process takes about one such pause
_HEADER = b"SQLite format 3\0"
DAY = 24 * 3600  # seconds
# Seconds. Not by the clock: after a jump, ids would expire that Telegram may still send again.
SWEEP_INTERVAL = 3600


class _DamagedError(sqlite3.DatabaseError):
    """The check of the whole file found damage."""

    sqlite_errorcode = _DAMAGED[0]


class SqliteFile:
    """One SQLite file, safe against a kill in the middle of a write.

    `clock` returns seconds since the epoch. With `recover`, a damaged file is renamed and a fresh
    one begun. Raises `InputError` if the file can never be used, `ServingError` if it cannot be
    used now, or if it is exclusive and another process has it open.
    """

    # Each step's statements, in order. PRAGMA user_version is the number of steps already applied.
    migrations: ClassVar[Sequence[str]]
    busy_timeout: ClassVar[float]  # seconds to wait for another process's transaction
    is_exclusive: ClassVar = False  # whether only one process at a time can open it
    sweeps_when_opened: ClassVar = True
    keeps_unwritten: ClassVar = False  # whether it writes later what the disk refused
    # Rows of a table expire when their column `at` is so many seconds, or their column `day` so
    # many days, before now.
    expiry: ClassVar[Mapping[str, tuple[str, int]]]

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, recover: bool = False
    ) -> None:
        self.path = path
        self.clock = clock
        self._recover = recover
        self._is_damaged = False  # set when a statement meets damage
        self._must_truncate = False
        self._swept = float("-inf") if self.sweeps_when_opened else time.monotonic()
        with explained(path, exclusive=self.is_exclusive):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._open()
            self.look_after()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()
        self._opened.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit all statements inside or none."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException as error:
            self._notice(error)
            if connection.in_transaction:  # SQLite may have rolled back already
                connection.execute("ROLLBACK")
            raise

    def execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        try:
            return self.connection.execute(statement, values)
        except sqlite3.Error as error:
            self._notice(error)
            raise

    def truncate_wal(self) -> None:
        """Remove deleted rows from the WAL as well; if another process reads them, at a repair."""
        connection = self.connection
        connection.execute(f"PRAGMA busy_timeout = {_TRUNCATE_TIMEOUT}")
        try:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(1000 * self.busy_timeout)}")
        self._must_truncate = bool(busy)

    def look_after(self) -> None:
        """Go on with a fresh file if the open one is unusable; every hour, delete expired rows."""
        old, opened = self.connection, self._opened
        if not self._is_in_place():
            log.critical("%s was deleted or replaced while in use", self.path)
            for suffix in ("-wal", "-shm"):  # SQLite would apply these to the new file
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        elif self._is_damaged or not self._has_header():
            self._set_aside()
        else:
            if self._must_truncate:
                self.truncate_wal()
            if time.monotonic() - self._swept >= SWEEP_INTERVAL:
                self._delete_expired()
            return
        self._open()
        opened.close()
        self._is_damaged = self._must_truncate = False
        self._salvage(old)

    def _delete_expired(self) -> None:
        self._swept = time.monotonic()
        now = {"at": self.now(), "day": self.today()}
        for table, (column, age) in self.expiry.items():
            statement = f"DELETE FROM {table} WHERE {column} <= ?"  # noqa: S608 - ours
            self.execute(statement, (now[column] - age,))

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())

    def today(self) -> int:
        """Days since 1 January 1970, UTC."""
        return self.now() // DAY

    def _salvage(self, old: sqlite3.Connection) -> None:
        """Close a file that is no longer in use."""
        old.close()

    def _is_in_place(self) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(self._opened.fileno()))
        except OSError:
            return False

    def _has_header(self) -> bool:
        self._opened.seek(0)
        return self._opened.read(len(_HEADER)) == _HEADER

    def _notice(self, error: BaseException) -> None:
        self._is_damaged |= primary_code(error) in _DAMAGED

    def _open(self) -> None:
        try:
            self._connect()
        except sqlite3.DatabaseError as error:
            if not (self._recover and primary_code(error) in _DAMAGED):
                raise
            damaged = self._set_aside()
            self._connect()
            self._salvage(sqlite3.connect(damaged))

    def _set_aside(self) -> Path:
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        aside = self.path.with_name(f"{self.path.name}.damaged-{stamp}")
        self.path.replace(aside)
        # Its WAL goes with it: some of what can be recovered may be only there.
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{suffix}").replace(f"{aside}{suffix}")
        log.critical(
            "%s is damaged: it was renamed to %s, and a fresh file is in use. What it remembered"
            " is lost, unless you recover it with `sqlite3 FILE .recover`", self.path, aside.name,
        )  # fmt: skip
        return aside

    def _connect(self) -> None:
        self.path.touch(mode=0o600)  # may hold people's words; SQLite copies the mode to its WAL
        # Autocommit: each statement is its own transaction unless we begin one.
        connection = sqlite3.connect(
            self.path,
            timeout=self.busy_timeout,
            isolation_level=None,
            check_same_thread=False,  # used by one thread at a time
        )
        try:
            if self.is_exclusive:
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._use_wal(connection)
            connection.executescript(_PRAGMAS)
            self._migrate(connection)
            if self._recover and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise _DamagedError("a page is damaged")  # noqa: TRY301 - closed below
        except BaseException:
            connection.close()
            raise
        self.connection = connection
        # Kept open: closing any descriptor of the file drops this process's locks on it.
        self._opened = self.path.open("rb", buffering=0)

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        """Switch a new file to WAL; SQLite waits for no other process that does so, too."""
        deadline = time.monotonic() + self.busy_timeout
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_WAL_PAUSE)
            else:
                return

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")  # rolled back if the connection is closed instead
        (applied,) = connection.execute("PRAGMA user_version").fetchone()
        if applied > len(self.migrations):
            raise InputError(
                f"DATABASE_PATH: {self.path} was written by a newer version of the bot; use that"
                " version, or another file"
            )
        for number, step in enumerate(self.migrations[applied:], applied + 1):
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")


def schema(file: str, *numbers: int) -> tuple[str, ...]:
    """Steps in `schema/`; append new ones, and never change a released one."""
    folder = files("bot.store") / "schema"
    return tuple((folder / f"{file}-{number}.sql").read_text("utf-8") for number in numbers)


def primary_code(error: BaseException) -> int:
    """SQLite's result code without what its extended codes add; 0 for other errors."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextmanager
def explained(path: Path, *, exclusive: bool = False) -> Iterator[None]:
    """Turn errors of opening a file into messages for the owner."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if primary_code(error) in _DAMAGED:
            raise InputError(
                f"DATABASE_PATH: {path} is not a valid database ({error}); set it to another file,"
                " or let `treaty-bot run` set it aside and begin a fresh one"
            ) from None
        if exclusive and primary_code(error) == sqlite3.SQLITE_BUSY:
            raise ServingError(
                f"another process is serving the bot with {path}. Stop it first, or give this bot a"
                " token and a DATABASE_PATH of its own"
            ) from None
        reason = getattr(error, "strerror", None) or error
        if primary_code(error) in _REFUSED or (
            isinstance(error, OSError) and error.errno not in _PASSING
        ):
            raise InputError(
                f"DATABASE_PATH: {path} cannot be used ({reason}); set it to a writable file"
            ) from None
        raise ServingError(
            f"{path} cannot be used now ({reason}); close the program that uses it, or free disk"
            " space, and start the bot again"
        ) from None
