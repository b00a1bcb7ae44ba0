"""Which messages of a chat are known; one that is not may be an answer nobody told us of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cachetools import LRUCache

from bot.store.database import Store
from bot.store.lenient import Lenient

NOTE = "INSERT OR IGNORE INTO messages VALUES (?, ?, ?)"  # chat, number, now
# Supergroups and channels, whose numbers are below that, count their messages each by itself. All
# private chats and basic groups of a bot share one count (core.telegram.org/api/updates: "common
# message box").
_SUPERGROUPS = -1_000_000_000_000
_SHARED = 0  # no chat has this number
_KNOWN = 20_000  # numbers kept in memory: some minutes of all that a bot may send
_COUNTS = 10_000  # counts whose newest number is kept in memory


@dataclass(frozen=True, slots=True)
class Suspect:
    """A message that may be a copy of an answer; `keyboard` is the answer's, "" for none."""

    chat_id: int
    message_id: int
    keyboard: str


class Messages:
    """Numbers of messages: those lately seen in memory, our own of the last 24 hours on disk."""

    def __init__(self, store: Store) -> None:
        self._store = Lenient(store, "an answer may go out twice, and its copy stay")
        self._known: LRUCache[tuple[int, int], bool] = LRUCache(_KNOWN)
        self._newest: LRUCache[int, int] = LRUCache(_COUNTS)

    def saw(self, chat_id: int, message_id: int) -> None:
        """Learn of a message that was written just now, by whomever."""
        count = count_of(chat_id)
        self._known[count, message_id] = True
        self._newest[count] = max(self.newest(chat_id), message_id)

    def sent(self, chat_id: int, message_id: int) -> None:
        """Account for a message of ours."""
        self.saw(chat_id, message_id)
        self._store.run(NOTE, (chat_id, message_id, self._store.store.now()))

    def newest(self, chat_id: int) -> int:
        """The highest number known in the count of a chat; 0 if none is."""
        count = count_of(chat_id)
        if count not in self._newest:
            which = "> ?" if count == _SHARED else "= ?"
            chats = _SUPERGROUPS if count == _SHARED else chat_id
            query = f"SELECT max(message_id) FROM messages WHERE chat_id {which}"  # noqa: S608 - ours
            for (number,) in self._store.rows(query, (chats,)):
                self._newest[count] = int(str(number or 0))
        return self._newest.get(count, 0)

    def unknown(self, chat_id: int, after: int, until: int) -> list[int]:
        """Numbers after one up to another (included) that no message we know of has."""
        query = (
            "SELECT message_id FROM messages"
            " WHERE chat_id = ? AND message_id > ? AND message_id <= ?"
        )
        ours = {row[0] for row in self._store.rows(query, (chat_id, after, until))}
        count = count_of(chat_id)
        return [
            number
            for number in range(after + 1, until + 1)
            if number not in ours and (count, number) not in self._known
        ]

    def suspect(self, chat_id: int, message_ids: Iterable[int], keyboard: str) -> None:
        """Remember messages that may be copies of an answer.

        One that was suspected before belongs to the answer before: a chat is answered in order.
        """
        for number in message_ids:
            statement = "INSERT OR IGNORE INTO suspects VALUES (?, ?, ?, ?)"
            self._store.run(statement, (chat_id, number, keyboard, self._store.store.now()))

    def has_suspects(self, chat_id: int) -> bool:
        """Whether a copy may be on its way to a chat."""
        query = "SELECT 1 FROM suspects WHERE chat_id = ? LIMIT 1"
        return bool(self._store.rows(query, (chat_id,)))

    def suspects(self, seconds: float) -> list[Suspect]:
        """Those suspected so long ago."""
        query = "SELECT chat_id, message_id, keyboard FROM suspects WHERE at <= ? LIMIT 20"
        rows = self._store.rows(query, (self._store.store.now() - seconds,))
        return [Suspect(int(str(c)), int(str(m)), str(keyboard)) for c, m, keyboard in rows]

    def clear(self, chat_id: int, message_id: int) -> None:
        """Suspect a message no longer."""
        statement = "DELETE FROM suspects WHERE chat_id = ? AND message_id = ?"
        self._store.run(statement, (chat_id, message_id))


def count_of(chat_id: int) -> int:
    """Chats with the same one number their messages together."""
    return chat_id if chat_id < _SUPERGROUPS else _SHARED
