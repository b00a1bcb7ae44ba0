"""Which updates were answered, which were begun, and which wait here for their turn."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache

from bot.store.database import Store
from bot.store.messages import NOTE

log = logging.getLogger(__name__)

_UNWRITTEN = "the database cannot be written (%s); after a restart an answer may come twice"
_BEGIN = (
    "INSERT INTO updates (bot_id, update_id, is_done, at, newest, words) VALUES (?, ?, 0, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET newest = excluded.newest, words = excluded.words WHERE is_done = 0"
)
_DONE = "INSERT OR REPLACE INTO updates (bot_id, update_id, is_done, at) VALUES (?, ?, 1, ?)"
_ROW = "SELECT is_done, newest, words FROM updates WHERE bot_id = ? AND update_id = ? AND at > ?"
_IN_MEMORY = 10_000  # ids remembered also where the disk fails
MOST_DEFERRED = 10_000  # updates that wait here at most


@dataclass(frozen=True, slots=True)
class Begun:
    """A message about to go out: the newest number then known, 0 if none; a check of its words."""

    newest: int
    words: int


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
        found = self._row(update_id)
        return found is not None and found[0] == 1

    def begun(self, update_id: int) -> Begun | None:
        """What was on its way, and perhaps arrived, when a process ended."""
        found = self._row(update_id)
        if found is None or found[0] == 1 or found[1] is None:
            return None
        return Begun(int(str(found[1])), int(str(found[2])))

    def begin(self, update_id: int, begun: Begun) -> None:
        """Remember that an answer is about to be sent."""
        self._mark(_BEGIN, update_id, begun.newest, begun.words)

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
                connection.execute(_DONE, (self._bot_id, update_id, now))
                connection.executemany(NOTE, [(*message, now) for message in sent])
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

    def _row(self, update_id: int) -> tuple[object, ...] | None:
        try:
            return self._store.row(_ROW, (self._bot_id, update_id, self._store.since()))
        except sqlite3.Error as error:
            log.warning("the database cannot be read (%s); an answer may come twice", error)
            return None

    def _mark(self, statement: str, update_id: int, *more: int) -> None:
        try:
            self._store.write(statement, (self._bot_id, update_id, self._store.now(), *more))
        except sqlite3.Error as error:
            log.warning(_UNWRITTEN, error)
