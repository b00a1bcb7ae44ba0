"""The bot's database: transactions, and deleting what has expired."""

from contextlib import closing
from pathlib import Path
from typing import ClassVar

from bot.errors import InputError
from bot.store.sqlite_file import DAY, SqliteFile, schema

RETENTION = DAY  # seconds: Telegram drops undelivered updates after a day too
QUESTION_RETENTION_DAYS = 90  # long enough to see which questions keep coming up
# No file with fewer than the seven steps of version 0.1.0 was ever in use; the seventh creates what
# is left of its schema.
MIGRATIONS = (*6 * ("",), *schema("database", 7, 8, 9, 10))


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


def open_existing(path: Path) -> closing[Store]:
    """Open a store that already exists; raise `InputError` if there is none."""
    if not path.exists():
        raise InputError(
            f"DATABASE_PATH: {path} does not exist; `treaty-bot run` creates it. Run this"
            " command in the folder where the bot runs, or set DATABASE_PATH to its file"
        )
    return closing(Store(path))
