"""What each group has set, and whether it was greeted."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bot.store.database import BestEffortStore, Store


def known_groups(path: Path, most: int) -> list[int]:
    """The numbers of so many groups of a store at most; [] if it cannot be read.

    Changes nothing, and makes no file.
    """
    try:
        link = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return []
    with closing(link), suppress(sqlite3.Error):
        query = "SELECT chat_id FROM groups ORDER BY chat_id LIMIT ?"
        return [number for (number,) in link.execute(query, (most,))]
    return []


class Groups:
    """Kept until the bot is removed from the group."""

    def __init__(self, store: Store) -> None:
        self._store = BestEffortStore(store, "a group's settings are as if it had none")

    def overhears(self, chat_id: int) -> bool:
        """Whether the group wants clear questions answered that are not put to the bot."""
        query = "SELECT 1 FROM groups WHERE chat_id = ? AND overhears = 1"
        return bool(self._store.rows(query, (chat_id,)))

    def set_overhears(self, chat_id: int, *, on: bool) -> None:
        """Set it."""
        self._store.run(
            "INSERT INTO groups (chat_id, overhears) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET overhears = excluded.overhears",
            (chat_id, on),
        )

    def is_greeted(self, chat_id: int) -> bool:
        """Whether the group was greeted."""
        query = "SELECT 1 FROM groups WHERE chat_id = ? AND greeted = 1"
        return bool(self._store.rows(query, (chat_id,)))

    def greeted(self, chat_id: int) -> None:
        """Remember that it was."""
        self._store.run(
            "INSERT INTO groups (chat_id, greeted) VALUES (?, 1)"
            " ON CONFLICT DO UPDATE SET greeted = 1",
            (chat_id,),
        )

    def moved(self, old: int, new: int) -> None:
        """Take the settings along: the group became a supergroup with another number."""
        self._store.run("UPDATE OR REPLACE groups SET chat_id = ? WHERE chat_id = ?", (new, old))
