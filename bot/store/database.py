"""The bot's database: transactions, and deleting what has expired."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import ClassVar

from bot.errors import InputError
from bot.store.migrations import MIGRATIONS
from bot.store.sqlite_file import DAY, SqliteFile, explained

# Seconds to wait for another process's transaction. The bot itself waits in a thread of its own.
BUSY_TIMEOUT = 10.0
RETENTION = DAY  # seconds: Telegram drops undelivered updates after a day too
QUESTION_RETENTION_DAYS = 90  # long enough to see which questions keep coming up


class Store(SqliteFile):
    """Settings of groups, answers, votes and questions; safe for several processes.

    Raises `InputError` if the file can never be used, `ServingError` if it cannot be used now.
    """

    migrations = MIGRATIONS
    expiry: ClassVar = {
        "answers": ("at", RETENTION),
        "questions": ("day", QUESTION_RETENTION_DAYS),
        "counts": ("day", QUESTION_RETENTION_DAYS),
        "ballots": ("day", 2),
        "secrets": ("day", 2),
    }

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, recover: bool = False
    ) -> None:
        with explained(path):
            super().__init__(path, clock=clock, busy_timeout=BUSY_TIMEOUT, recover=recover)
            self.sweep()

    def separate_connection(self) -> closing[Store]:
        """A second connection to the same file, for use in another thread."""
        return closing(Store(self.path, clock=self.clock))


def open_existing(path: Path) -> closing[Store]:
    """Open a store that already exists; raise `InputError` if there is none."""
    if not path.exists():
        raise InputError(
            f"DATABASE_PATH: {path} does not exist; `treaty-bot run` creates it. Run this"
            " command in the folder where the bot runs, or set DATABASE_PATH to its file"
        )
    return closing(Store(path))
