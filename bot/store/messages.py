"""Which messages of a chat are accounted for; one that is not may be a copy of an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.store.database import Store
from bot.store.lenient import Lenient

NOTE = "INSERT OR IGNORE INTO messages VALUES (?, ?, ?)"  # chat, number, now
_LONG_AGO = 3600  # seconds: past all patience, and not yet forgotten


@dataclass(frozen=True, slots=True)
class Suspect:
    """A message that may be a copy of an answer; `keyboard` is the answer's, "" for none."""

    chat_id: int
    message_id: int
    keyboard: str


class Messages:
    """Ids of the messages received and sent in the last 24 hours, without their words."""

    def __init__(self, store: Store) -> None:
        self._store = Lenient(store, "a copy of an answer may stay")

    def sent(self, chat_id: int, message_id: int) -> None:
        """Account for a message of ours."""
        self._store.run(NOTE, (chat_id, message_id, self._store.store.now()))

    def received(self, chat_id: int, message_id: int) -> None:
        """Account for a message of somebody else.

        They come in order: what is older and still unknown will not come any more.
        """
        self.sent(chat_id, message_id)
        if not self._store.rows("SELECT 1 FROM suspects WHERE chat_id = ? LIMIT 1", (chat_id,)):
            return
        self.clear(chat_id, message_id)
        older = "UPDATE suspects SET at = ? WHERE chat_id = ? AND message_id < ?"
        self._store.run(older, (self._store.store.now() - _LONG_AGO, chat_id, message_id))

    def unaccounted(self, chat_id: int, after: int, before: int) -> list[int]:
        """Ids between two messages of a chat, both exclusive, that nobody noted."""
        query = (
            "SELECT message_id FROM messages"
            " WHERE chat_id = ? AND message_id > ? AND message_id < ?"
        )
        known = {row[0] for row in self._store.rows(query, (chat_id, after, before))}
        return [number for number in range(after + 1, before) if number not in known]

    def suspect(self, chat_id: int, message_ids: Iterable[int], keyboard: str) -> None:
        """Remember messages that may be copies of an answer.

        One that was suspected before belongs to the answer before: a chat is answered in order.
        """
        for number in message_ids:
            statement = "INSERT OR IGNORE INTO suspects VALUES (?, ?, ?, ?)"
            self._store.run(statement, (chat_id, number, keyboard, self._store.store.now()))

    def suspects(self, before: float) -> list[Suspect]:
        """Those suspected before then, in seconds since the epoch, and still unaccounted for.

        What was passed over by a later message of its chat is among them in any case.
        """
        query = "SELECT chat_id, message_id, keyboard FROM suspects WHERE at <= ? LIMIT 20"
        passed_over = self._store.store.now() - _LONG_AGO
        rows = self._store.rows(query, (max(before, passed_over),))
        return [Suspect(int(str(c)), int(str(m)), str(keyboard)) for c, m, keyboard in rows]

    def clear(self, chat_id: int, message_id: int) -> None:
        """Suspect a message no longer."""
        statement = "DELETE FROM suspects WHERE chat_id = ? AND message_id = ?"
        self._store.run(statement, (chat_id, message_id))
