"""Pictures that Telegram already has, by its `file_id`; a failing disk costs an upload."""

from __future__ import annotations

import logging
import sqlite3

from bot.store.database import Store

log = logging.getLogger(__name__)


class Files:
    """What was uploaded once. A key names the bot too: a `file_id` is another bot's no use."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def file_id(self, key: str) -> str | None:
        """Telegram's id of a file; None if it was not uploaded."""
        try:
            row = self._store.row("SELECT file_id FROM files WHERE key = ?", (key,))
        except sqlite3.Error as error:
            log.warning("the database cannot be read (%s); a picture is sent anew", error)
            return None
        return str(row[0]) if row else None

    def keep(self, key: str, file_id: str) -> None:
        """Remember an upload."""
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?)", (key, file_id))

    def forget(self, key: str) -> None:
        """Drop an id that Telegram refuses."""
        self._write("DELETE FROM files WHERE key = ?", (key,))

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        try:
            self._store.write(statement, values)
        except sqlite3.Error as error:
            log.warning("the database cannot be written (%s); a picture is sent anew", error)
