"""Each group's settings, and whether the bot has introduced itself there."""

from typing import Literal

from bot.store.database import Store

# Whether the bot also answers clear questions that are not addressed to it; whether it was greeted.
Setting = Literal["overhears", "greeted"]


class Groups:
    """The settings of each group, stored until the bot is removed from it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def is_set(self, setting: Setting, chat_id: int) -> bool:
        """Whether a setting is on."""
        query = f"SELECT 1 FROM groups WHERE chat_id = ? AND {setting}"  # noqa: S608 - a constant
        return self._store.execute(query, (chat_id,)).fetchone() is not None

    def set(self, setting: Setting, chat_id: int, *, on: bool) -> None:
        """Turn a setting on or off."""
        statement = f"INSERT INTO groups (chat_id, {setting}) VALUES (?, ?)"  # noqa: S608 - a constant
        statement += f" ON CONFLICT DO UPDATE SET {setting} = excluded.{setting}"
        self._store.execute(statement, (chat_id, on))

    def migrate(self, old: int, new: int) -> None:
        """Carry the settings over when a group becomes a supergroup with a new id."""
        statement = "UPDATE OR REPLACE groups SET chat_id = ? WHERE chat_id = ?"
        self._store.execute(statement, (new, old))
