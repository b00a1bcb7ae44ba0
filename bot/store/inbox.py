"""Updates that were received but are not answered yet, in a file beside the database.

The file has two purposes. It holds people's words until they are answered, so this process locks
it: nobody else can read old copies of its pages, and deleted words are soon gone from the disk.
And the lock keeps a second process from serving the same bot.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from bot.store.database import RETENTION, Store
from bot.store.sqlite_file import SqliteFile, explained, schema

FINISHED_REMEMBERED = 10_000  # ids of finished updates, in memory while the disk fails
_INSERT = "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?, ?)"
_INSERT_DONE = "INSERT OR REPLACE INTO done VALUES (?, ?, ?)"
_THIS = "WHERE bot_id = ? AND update_id = ?"
_IS_DONE = f"SELECT 1 FROM done {_THIS}"  # noqa: S608 - a constant


class Received(NamedTuple):
    """An update as it came from Telegram."""

    update_id: int
    chat_id: int  # whose updates are answered in order; a person's id if there is no chat
    body: str  # JSON


def inbox_path(database: Path) -> Path:
    """The inbox of a database: bot.sqlite3 has bot-inbox.sqlite3."""
    return database.with_name(f"{database.stem}-inbox{database.suffix}")


class Inbox(SqliteFile):
    """One bot's updates: those that wait for their answer, and the ids of those that are done."""

    migrations = schema("inbox", 1)
    busy_timeout = 5.0  # an earlier process may be about to end
    is_exclusive = True
    keeps_unwritten = True  # the ids of finished updates
    sweeps_when_opened = False  # the clock may be wrong after a start, too
    expiry: ClassVar = {"done": ("at", RETENTION)}

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self.bot_id = 0
        self._unrecorded: list[int] = []  # finished, but the disk failed
        self._must_wipe = True  # words that were deleted just before a kill
        super().__init__(path, clock=clock, recover=True)

    def add(self, updates: Sequence[Received]) -> list[Received]:
        """Write updates durably, all or none; return those that are neither done nor known."""
        self.execute("PRAGMA synchronous = FULL")
        try:
            with self.transaction() as connection:
                return [
                    update
                    for update in updates
                    if update.update_id not in self._unrecorded
                    and not connection.execute(_IS_DONE, (self.bot_id, update[0])).fetchone()
                    and connection.execute(_INSERT, (self.bot_id, *update)).rowcount
                ]
        finally:
            self.execute("PRAGMA synchronous = NORMAL")

    def waiting(self) -> list[tuple[int, int]]:
        """The update id and chat id of each waiting update, oldest first."""
        query = "SELECT update_id, chat_id FROM waiting WHERE bot_id = ? ORDER BY update_id"
        return self.execute(query, (self.bot_id,)).fetchall()

    def body(self, update_id: int) -> bytes | None:
        """The JSON of an update; None if it is not waiting."""
        # As bytes: a damaged page may hold text that is not UTF-8.
        query = f"SELECT CAST(body AS BLOB) FROM waiting {_THIS}"  # noqa: S608 - a constant
        row = self.execute(query, (self.bot_id, update_id)).fetchone()
        return bytes(row[0]) if row else None

    def finish(self, update_ids: Sequence[int]) -> None:
        """Delete updates and record that they are done, later if the disk fails."""
        self._unrecorded = [*self._unrecorded, *update_ids][-FINISHED_REMEMBERED:]
        now, keys = self.now(), [(self.bot_id, number) for number in self._unrecorded]
        with self.transaction() as connection:
            connection.executemany(f"DELETE FROM waiting {_THIS}", keys)  # noqa: S608 - a constant
            connection.executemany(_INSERT_DONE, [(*key, now) for key in keys])
        self._unrecorded = []
        self._must_wipe = True

    def adopt(self, store: Store) -> None:
        """Take over what earlier versions of the bot kept in the database itself."""
        with explained(self.path):
            waiting = store.execute("SELECT bot_id, update_id, 0, body FROM deferred").fetchall()
            done = store.execute("SELECT bot_id, update_id, at FROM updates").fetchall()
            if not (waiting or done):
                return
            with self.transaction() as connection:
                connection.executemany(_INSERT, waiting)
                connection.executemany(_INSERT_DONE, done)
            with store.transaction() as connection:
                connection.execute("DELETE FROM deferred")
                connection.execute("DELETE FROM updates")
            store.truncate_wal()

    def look_after(self) -> None:
        """Remove deleted words from the file, too."""
        super().look_after()
        if self._unrecorded:
            self.finish(())
        if self._must_wipe:
            if not self.execute("SELECT 1 FROM waiting LIMIT 1").fetchone():
                # Now and then SQLite leaves an old copy in a page it rearranges; this clears all.
                self.execute("DELETE FROM waiting")
            self.truncate_wal()
            self._must_wipe = False

    def _salvage(self, old: sqlite3.Connection) -> None:
        """Copy what can be read of a file that is no longer in use, and close it."""
        with contextlib.closing(old):
            for table, insert in (("waiting", _INSERT), ("done", _INSERT_DONE)):
                # From both ends, as far as the damage.
                for order in ("", "DESC"):
                    query = f"SELECT * FROM {table} ORDER BY bot_id {order}, update_id {order}"  # noqa: S608
                    with self.transaction() as connection, contextlib.suppress(sqlite3.Error):
                        for row in old.execute(query):
                            connection.execute(insert, row)
