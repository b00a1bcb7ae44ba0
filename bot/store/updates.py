"""Which updates were answered, and which wait here for their turn."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cachetools import LRUCache

from bot.store.database import Store

log = logging.getLogger(__name__)

_UNWRITTEN = "the database cannot be written (%s); after a restart an answer may come twice"
_DONE = "INSERT OR REPLACE INTO updates VALUES (?, ?, ?)"
_IS_DONE = "SELECT 1 FROM updates WHERE bot_id = ? AND update_id = ? AND at > ?"
_SENT = "INSERT OR IGNORE INTO messages VALUES (?, ?, ?)"  # chat, number, now
_IN_MEMORY = 10_000  # ids remembered also where the disk fails
MOST_DEFERRED = 10_000  # updates that wait here at most


class Updates:
    """The updates of one bot in the last 24 hours.

    A disk that fails while the bot runs costs at most a second answer after a restart, so
    it is logged and the bot goes on.
    """

    def __init__(self, store: Store, bot_id: int) -> None:
        self._store = store
        self._bot_id = bot_id
        self._lately_done: LRUCache[int, bool] = LRUCache(_IN_MEMORY)

    def is_done(self, update_id: int) -> bool:
        """Whether an update was answered."""
        if update_id in self._lately_done:
            return True
        try:
            row = self._store.row(_IS_DONE, (self._bot_id, update_id, self._store.since()))
        except sqlite3.Error as error:
            log.warning("the database cannot be read (%s); an answer may come twice", error)
            return False
        return row is not None

    def finish(
        self,
        update_id: int,
        sent: Sequence[tuple[int, int]] = (),
        also: Iterable[Callable[[], None]] = (),
    ) -> None:
        """Remember that an update was answered, or needs no answer.

        `sent` are chat and number of the messages of the answer, `also` writes whatever else
        came of it, each bearing with a failing disk: all of it is known, or nothing.
        """
        self._lately_done[update_id] = True
        now = self._store.now()
        try:
            with self._store.transaction() as connection:
                self._store.write(_DONE, (self._bot_id, update_id, now))  # sweeps now and then
                connection.executemany(_SENT, [(*message, now) for message in sent])
                for write in also:
                    write()
        except (sqlite3.Error, OverflowError) as error:
            log.warning(_UNWRITTEN, error)

    def defer(self, bodies: Iterable[dict[str, Any]]) -> bool:
        """Keep updates here so that Telegram may forget them; False if that failed."""
        insert = "INSERT OR IGNORE INTO deferred VALUES (?, ?, ?, ?)"
        now = self._store.now()
        rows = [(self._bot_id, body["update_id"], json.dumps(body), now) for body in bodies]
        try:
            found = self._store.row("SELECT count(*) FROM deferred", ())
            if found and int(str(found[0])) + len(rows) > MOST_DEFERRED:
                return False
            self._store.write_durably(insert, rows)
        except sqlite3.Error as error:
            log.warning("the database cannot be written (%s); Telegram keeps the updates", error)
            return False
        return True

    def deferred(self) -> list[dict[str, Any]]:
        """What waits here, oldest first."""
        query = "SELECT body FROM deferred WHERE bot_id = ? AND at > ? ORDER BY update_id"
        rows = self._store.rows(query, (self._bot_id, self._store.since()))
        return [json.loads(str(body)) for (body,) in rows]

    def drop_deferred(self, update_id: int) -> None:
        """Forget an update that waited here and is done."""
        try:
            statement = "DELETE FROM deferred WHERE bot_id = ? AND update_id = ?"
            self._store.write(statement, (self._bot_id, update_id))
        except sqlite3.Error as error:
            log.warning("the database cannot be written (%s)", error)
