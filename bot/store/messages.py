"""Which messages of a chat are accounted for; one that is not may be a copy of an answer."""

from __future__ import annotations

import logging
import sqlite3

from bot.store.database import Store

log = logging.getLogger(__name__)

NOTE = "INSERT OR IGNORE INTO messages VALUES (?, ?, ?)"  # chat, number, now


class Messages:
    """Ids of the messages received and sent in the last 24 hours, without their words."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, chat_id: int, message_id: int) -> None:
        """Account for a message."""
        try:
            self._store.write(NOTE, (chat_id, message_id, self._store.now()))
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be written (%s)", error)

    def unaccounted(self, chat_id: int, after: int, before: int) -> list[int]:
        """Ids between two messages of a chat, both exclusive, that nobody noted; newest first."""
        query = (
            "SELECT message_id FROM messages"
            " WHERE chat_id = ? AND message_id > ? AND message_id < ?"
        )
        try:
            rows = self._store.rows(query, (chat_id, after, before))
        except (sqlite3.Error, OverflowError) as error:
            log.warning("the database cannot be read (%s)", error)
            return []
        known = {row[0] for row in rows}
        return [number for number in range(before - 1, after, -1) if number not in known]
