"""The bot's database: transactions, and deleting what has expired."""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import ClassVar

from bot.errors import InputError
from bot.store.sqlite_file import DAY, SqliteFile, schema

log = logging.getLogger(__name__)

RETENTION = DAY  # seconds: Telegram drops undelivered updates after a day too
QUESTION_RETENTION_DAYS = 90  # long enough to see which questions keep coming up
# No file with fewer than the seven steps of version 0.1.0 was ever in use; the seventh creates what
# is left of its schema.
MIGRATIONS = (*6 * ("",), *schema("database", 7, 8, 9, 10))
Outcome = Sequence[Callable[[], None]]  # functions that save what came of an update


class Store(SqliteFile):
    """Settings of groups, answers, votes and questions; safe for several processes."""

    migrations = MIGRATIONS
    busy_timeout = 10.0  # the bot itself waits in a thread of its own
    expiry: ClassVar = {
        "answers": ("at", RETENTION),
        "questions": ("day", QUESTION_RETENTION_DAYS),
        "counts": ("day", QUESTION_RETENTION_DAYS),
        "ballots": ("day", 2),
        "secrets": ("day", 2),
    }

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Record some outcomes in one transaction; a write that fails is only logged.

        If SQLite has undone the whole transaction, as it may on a full disk, raise the error.
        """
        with self.transaction():
            for write in chain.from_iterable(outcomes):
                try:
                    write()
                except (sqlite3.Error, OverflowError) as error:
                    if not self.connection.in_transaction:  # the rest would be written on its own
                        raise
                    log.warning("the database cannot be written (%s); a record is lost", error)


def open_existing(path: Path) -> closing[Store]:
    """Open a store that already exists; raise `InputError` if there is none.

    Never in a process that has the file open: closing it would drop that process's locks.
    """
    if not path.exists():
        raise InputError(
            f"DATABASE_PATH: {path} does not exist; `treaty-bot run` creates it. Run this"
            " command in the folder where the bot runs, or set DATABASE_PATH to its file"
        )
    return closing(Store(path))
