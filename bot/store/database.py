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
# Seconds. Not by the clock: after a jump, ids would expire that Telegram may still send again.
SWEEP_INTERVAL = 3600
# Rows expire when their column `at` is so many seconds, or their column `day` so many days, before
# now.
_EXPIRY = {
    "messages": ("at", RETENTION),
    "answers": ("at", RETENTION),
    "questions": ("day", QUESTION_RETENTION_DAYS),
    "counts": ("day", QUESTION_RETENTION_DAYS),
    "ballots": ("day", 2),
    "secrets": ("day", 2),
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
        with explained(path):
            super().__init__(path, MIGRATIONS, busy_timeout=BUSY_TIMEOUT, recover=recover)
            self._sweep()

    def separate_connection(self) -> closing[Store]:
        """A second connection to the same file, for use in another thread."""
        return closing(Store(self.path, clock=self.clock))

    def look_after(self) -> None:
        """Go on with a fresh file if the open one is unusable; every hour, delete expired rows."""
        if old := self.repair():
            old.close()
        if time.monotonic() - self._swept >= SWEEP_INTERVAL:
            self._sweep()

    def now(self) -> int:
        """Whole seconds since the epoch."""
        return int(self.clock())

    def today(self) -> int:
        """Days since 1 January 1970, UTC."""
        return self.now() // DAY

    def _sweep(self) -> None:
        self._swept = time.monotonic()
        now = {"at": self.now(), "day": self.today()}
        for table, (column, age) in _EXPIRY.items():
            statement = f"DELETE FROM {table} WHERE {column} <= ?"  # noqa: S608 - ours
            self.execute(statement, (now[column] - age,))


def open_existing(path: Path) -> closing[Store]:
    """Open a store that already exists; raise `InputError` if there is none."""
    if not path.exists():
        raise InputError(
            f"DATABASE_PATH: {path} does not exist; `treaty-bot run` creates it. Run this"
            " command in the folder where the bot runs, or set DATABASE_PATH to its file"
        )
    return closing(Store(path))
