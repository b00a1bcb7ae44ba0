"""Each group's settings, and whether the bot has introduced itself there."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.store.database import Store


def known_groups(path: Path, limit: int) -> list[int]:
    """Up to `limit` group ids, read without creating or changing the file; [] if unreadable."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return []
    with closing(connection), suppress(sqlite3.Error):
        query = "SELECT chat_id FROM groups ORDER BY chat_id LIMIT ?"
        return [chat_id for (chat_id,) in connection.execute(query, (limit,))]
    return []


class Groups:
    """The settings of each group, stored until the bot is removed from it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def overhears(self, chat_id: int) -> bool:
        """Whether the bot also answers clear questions that are not addressed to it."""
        return self._is_set("overhears", chat_id)

    def set_overhears(self, chat_id: int, on: bool) -> None:  # noqa: FBT001 - set by a switch
        """Turn overhearing on or off."""
        self._set("overhears", chat_id, on=on)

    def is_greeted(self, chat_id: int) -> bool:
        """Whether the group has been greeted."""
        return self._is_set("greeted", chat_id)

    def set_greeted(self, chat_id: int) -> None:
        """Record that the group has been greeted."""
        self._set("greeted", chat_id, on=True)

    def migrate(self, old: int, new: int) -> None:
        """Carry the settings over when a group becomes a supergroup with a new id."""
        statement = "UPDATE OR REPLACE groups SET chat_id = ? WHERE chat_id = ?"
        self._store.execute(statement, (new, old))

    def _is_set(self, column: str, chat_id: int) -> bool:
        query = f"SELECT 1 FROM groups WHERE chat_id = ? AND {column}"  # noqa: S608 - a constant
        return self._store.execute(query, (chat_id,)).fetchone() is not None

    def _set(self, column: str, chat_id: int, *, on: bool) -> None:
        statement = f"INSERT INTO groups (chat_id, {column}) VALUES (?, ?)"  # noqa: S608 - a constant
        statement += f" ON CONFLICT DO UPDATE SET {column} = excluded.{column}"
        self._store.execute(statement, (chat_id, on))
