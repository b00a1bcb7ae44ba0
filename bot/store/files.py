"""Pictures that Telegram already has, by its `file_id`; a failing disk costs an upload."""

from __future__ import annotations

from bot.store.database import Store
from bot.store.lenient import Lenient


class Files:
    """What was uploaded once. A key names the bot too: a `file_id` is another bot's no use."""

    def __init__(self, store: Store) -> None:
        self._store = Lenient(store, "a picture is sent anew")

    def file_id(self, key: str) -> str | None:
        """Telegram's id of a file; None if it was not uploaded."""
        rows = self._store.rows("SELECT file_id FROM files WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def keep(self, key: str, file_id: str) -> None:
        """Remember an upload."""
        self._store.run("INSERT OR REPLACE INTO files VALUES (?, ?)", (key, file_id))

    def forget(self, key: str) -> None:
        """Drop an id that Telegram refuses."""
        self._store.run("DELETE FROM files WHERE key = ?", (key,))
