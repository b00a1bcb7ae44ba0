"""Which Telegram updates are done, and which are deferred."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cachetools import LRUCache

from bot.store.database import Store

log = logging.getLogger(__name__)

_INSERT_DONE = "INSERT OR REPLACE INTO updates VALUES (?, ?, ?)"
_IS_DONE = "SELECT 1 FROM updates WHERE bot_id = ? AND update_id = ? AND at > ?"
_INSERT_MESSAGE = "INSERT OR IGNORE INTO messages VALUES (?, ?, ?)"  # chat, message, time
_IN_MEMORY = 10_000  # update ids remembered even if the disk fails
MAX_DEFERRED = 10_000  # updates


class Updates:
    """One bot's updates of the last 24 hours.

    Disk errors are only logged: at worst an update is answered a second time after a restart.
    """

    def __init__(self, store: Store, bot_id: int) -> None:
        self._store = store
        self._bot_id = bot_id
        self._recently_done: LRUCache[int, bool] = LRUCache(_IN_MEMORY)

    def is_done(self, update_id: int) -> bool:
        """Whether an update was handled."""
        if update_id in self._recently_done:
            return True
        try:
            row = self._store.row(_IS_DONE, (self._bot_id, update_id, self._store.cutoff()))
        except sqlite3.Error as error:
            log.warning("the database cannot be read (%s); an answer may go out twice", error)
            return False
        return row is not None

    def finish(
        self,
        update_id: int,
        sent: Sequence[tuple[int, int]] = (),
        writes: Iterable[Callable[[], None]] = (),
    ) -> None:
        """Record in one transaction that an update is done, and what came of it.

        `sent` holds the (chat id, message id) of each message sent; the functions in `writes`
        save the rest, and must handle database errors themselves.
        """
        self._recently_done[update_id] = True
        now = self._store.now()
        try:
            with self._store.transaction() as connection:
                self._store.write(_INSERT_DONE, (self._bot_id, update_id, now))  # may sweep
                connection.executemany(_INSERT_MESSAGE, [(*message, now) for message in sent])
                for write in writes:
                    write()
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be written (%s); an answer may go out twice", error)

    def defer(self, bodies: Iterable[dict[str, Any]]) -> bool:
        """Save updates for later, so that Telegram may drop them; False if that failed."""
        insert = "INSERT OR IGNORE INTO deferred VALUES (?, ?, ?, ?)"
        now = self._store.now()
        rows = [(self._bot_id, body["update_id"], json.dumps(body), now) for body in bodies]
        try:
            found = self._store.row("SELECT count(*) FROM deferred", ())
            if found and int(str(found[0])) + len(rows) > MAX_DEFERRED:
                return False
            self._store.write_durably(insert, rows)
        except sqlite3.Error as error:
            log.warning("the database cannot be written (%s); Telegram keeps the updates", error)
            return False
        return True

    def deferred(self) -> list[dict[str, Any]]:
        """All deferred updates, oldest first."""
        query = "SELECT body FROM deferred WHERE bot_id = ? AND at > ? ORDER BY update_id"
        rows = self._store.rows(query, (self._bot_id, self._store.cutoff()))
        return [json.loads(str(body)) for (body,) in rows]

    def drop_deferred(self, update_id: int) -> None:
        """Delete a deferred update that is done."""
        try:
            statement = "DELETE FROM deferred WHERE bot_id = ? AND update_id = ?"
            self._store.write(statement, (self._bot_id, update_id))
        except sqlite3.Error as error:
            log.warning("the database cannot be written (%s)", error)
