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
        query = "SELECT 1 FROM groups WHERE chat_id = ? AND overhears = 1"
        return self._store.execute(query, (chat_id,)).fetchone() is not None

    def set_overhears(self, chat_id: int, on: bool) -> None:  # noqa: FBT001 - set by a switch
        """Turn overhearing on or off."""
        self._store.execute(
            "INSERT INTO groups (chat_id, overhears) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET overhears = excluded.overhears",
            (chat_id, on),
        )

    def is_greeted(self, chat_id: int) -> bool:
        """Whether the group has been greeted."""
        query = "SELECT 1 FROM groups WHERE chat_id = ? AND greeted = 1"
        return self._store.execute(query, (chat_id,)).fetchone() is not None

    def set_greeted(self, chat_id: int) -> None:
        """Record that the group has been greeted."""
        self._store.execute(
            "INSERT INTO groups (chat_id, greeted) VALUES (?, 1)"
            " ON CONFLICT DO UPDATE SET greeted = 1",
            (chat_id,),
        )

    def migrate(self, old: int, new: int) -> None:
        """Carry the settings over when a group becomes a supergroup with a new id."""
        statement = "UPDATE OR REPLACE groups SET chat_id = ? WHERE chat_id = ?"
        self._store.execute(statement, (new, old))
