"""Opens the SQLite file, brings its tables up to date, and runs short transactions."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import InputError

# Each step is applied once, in order; PRAGMA user_version counts those applied. Steps are
# only ever added.
MIGRATIONS = (
    """
    CREATE TABLE done (update_id INTEGER PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX done_at ON done (at);
    """,
    """
    CREATE TABLE answers (
        chat_id INTEGER NOT NULL,
        question_id INTEGER NOT NULL,
        answer_id INTEGER NOT NULL,
        entry TEXT,
        asker_id INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (chat_id, question_id)
    ) WITHOUT ROWID;
    CREATE INDEX answers_answer ON answers (chat_id, answer_id);
    CREATE INDEX answers_at ON answers (at);
    CREATE TABLE groups (
        chat_id INTEGER PRIMARY KEY,
        overhears INTEGER NOT NULL DEFAULT 0,
        greeted INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE TABLE files (
        key TEXT PRIMARY KEY,
        file_id TEXT NOT NULL
    ) WITHOUT ROWID;
    """,
)
_WAIT = 10.0  # seconds that one process waits for another's transaction
KEPT = 24 * 3600  # seconds: Telegram forgets an update, and people an answer, after a day
_SWEEP_EVERY = 500  # writes between two sweeps of what is too old


class Store:
    """One file, safe with several processes and with a kill in the middle of a write."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Autocommit: each statement is a transaction of its own unless we begin one.
            self._connection = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._migrate()
        except (sqlite3.Error, OSError) as error:
            raise InputError(
                f"DATABASE_PATH: {path} cannot be used ({error}); name a writable file, or move"
                " the broken one away"
            ) from None
        self._writes = 0

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def done(self, update_ids: Iterable[int]) -> set[int]:
        """Which of some updates were answered in the last 24 hours."""
        ids = list(update_ids)
        marks = ",".join("?" * len(ids))
        query = f"SELECT update_id FROM done WHERE at > ? AND update_id IN ({marks})"  # noqa: S608
        return {row[0] for row in self._connection.execute(query, (_now() - KEPT, *ids))}

    def mark_done(self, update_id: int) -> None:
        """Remember that an update was answered."""
        self.write("INSERT OR REPLACE INTO done VALUES (?, ?)", (update_id, _now()))

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Run one statement; now and then sweep away what is older than a day."""
        self._connection.execute(statement, values)
        self._writes += 1
        if self._writes % _SWEEP_EVERY == 0:
            old = (_now() - KEPT,)
            self._connection.execute("DELETE FROM done WHERE at <= ?", old)
            self._connection.execute("DELETE FROM answers WHERE at <= ?", old)

    def row(self, query: str, values: tuple[object, ...]) -> tuple[object, ...] | None:
        """The first row of a query, or None."""
        found: tuple[object, ...] | None = self._connection.execute(query, values).fetchone()
        return found

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All statements inside, or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def _migrate(self) -> None:
        with self.transaction() as connection:
            (applied,) = connection.execute("PRAGMA user_version").fetchone()
            if applied > len(MIGRATIONS):
                raise sqlite3.DatabaseError("it was written by a newer version of the bot")
            for number, step in enumerate(MIGRATIONS[applied:], applied + 1):
                for statement in filter(str.strip, step.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")


def _now() -> int:
    return int(time.time())
