"""The bot's database: transactions, and deleting what has expired."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.errors import InputError
from bot.store.migrations import MIGRATIONS
from bot.store.sqlite_file import SqliteFile, explained

# Seconds to wait for another process's transaction. The bot itself waits in a thread of its own.
BUSY_TIMEOUT = 10.0
DAY = 24 * 3600  # seconds
RETENTION = DAY  # seconds: Telegram drops undelivered updates after a day too
QUESTION_RETENTION_DAYS = 90  # long enough to see which questions keep coming up
_SWEEP_EVERY = 500  # writes
_SWEPT = ("messages", "answers")  # rows expire by their column `at`
# Rows expire when their column `day` is more than this many days before today.
_SWEPT_DAILY = {
    "questions": QUESTION_RETENTION_DAYS - 1,
    "counts": QUESTION_RETENTION_DAYS - 1,
    "ballots": 1,
    "secrets": 1,
}


class Store(SqliteFile):
    """Settings of groups, answers, votes and questions; safe for several processes.

    `clock` returns seconds since the epoch. Raises `InputError` if the file can never be used,
    `ServingError` if it cannot be used now.
    """

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, recover: bool = False
    ) -> None:
        self.clock = clock
        self._writes = 0
        self._swept_on = -1
        with explained(path):
            super().__init__(path, MIGRATIONS, busy_timeout=BUSY_TIMEOUT, recover=recover)
            self._sweep()

    def separate_connection(self) -> closing[Store]:
        """A second connection to the same file, for use in another thread."""
        return closing(Store(self.path, clock=self.clock))

    def repair(self) -> None:
        """Go on with a fresh file if the open one was deleted, replaced or damaged."""
        if old := super().repair():
            old.close()

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())

    def today(self) -> int:
        """Days since 1 January 1970, UTC."""
        return self.now() // DAY

    def count_write(self) -> None:
        """Count a write; every so often delete expired rows."""
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            self._sweep()

    def _sweep(self) -> None:
        expired = [(table, "at <=", self.now() - RETENTION) for table in _SWEPT]
        if self.today() != self._swept_on:
            expired += [(name, "day <", self.today() - days) for name, days in _SWEPT_DAILY.items()]
        for table, condition, limit in expired:
            self.execute(f"DELETE FROM {table} WHERE {condition} ?", (limit,))  # noqa: S608 - ours
        self._swept_on = self.today()


def open_existing(path: Path) -> closing[Store]:
    """Open a store that already exists; raise `InputError` if there is none."""
    if not path.exists():
        raise InputError(
            f"DATABASE_PATH: {path} does not exist; `treaty-bot run` creates it. Run this"
            " command in the folder where the bot runs, or set DATABASE_PATH to its file"
        )
    return closing(Store(path))
