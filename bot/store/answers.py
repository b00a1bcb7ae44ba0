"""Which message answers which question, and the `file_id`s of uploaded pictures."""

import hmac
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.store.database import DAY, BestEffortStore, Store
from bot.store.privacy import keyed_hash, secret_for

_INSERT_MESSAGE = "INSERT OR IGNORE INTO messages VALUES (?, ?, ?)"  # chat, message, time
_SELECT = "SELECT question_id, answer_id, entry FROM answers WHERE chat_id = ?"


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """The message ids of a question and its answer in one chat, and the entry it showed."""

    question_id: int
    answer_id: int
    entry: str | None


# What came of an update: the (chat id, message id) of each message sent, and functions that save
# the rest, which must handle database errors themselves.
Outcome = tuple[Sequence[tuple[int, int]], Sequence[Callable[[], None]]]


def record_outcomes(store: Store, outcomes: Iterable[Outcome]) -> None:
    """Record in one transaction what came of some updates."""
    now = store.now()
    with store.transaction() as connection:
        for sent, writes in outcomes:
            connection.executemany(_INSERT_MESSAGE, [(*message, now) for message in sent])
            for write in writes:
                write()
            store.count_write()


class Answers:
    """Answers of the last 24 hours: ids only, no text; the asker is stored as a hash."""

    def __init__(self, store: Store) -> None:
        self._store = BestEffortStore(store, "edits and deletions may miss an answer")

    def save(self, chat_id: int, sent: SentAnswer, asker_id: int) -> None:
        """Save an answer, replacing an earlier one to the same question."""
        now = self._store.store.now()

        def work(connection: sqlite3.Connection) -> None:
            asker = _hash(secret_for(connection, now // DAY), chat_id, sent.answer_id, asker_id)
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
                (chat_id, sent.question_id, sent.answer_id, sent.entry, asker, now),
            )

        self._store.transact(work)

    def to_question(self, chat_id: int, question_id: int) -> SentAnswer | None:
        """The answer to a question, if any."""
        return self._first(f"{_SELECT} AND question_id = ?", (chat_id, question_id))

    def recent(
        self, chat_id: int, entry: str, seconds: float, question_id: int
    ) -> SentAnswer | None:
        """The chat's latest answer showing `entry`, other than the one to `question_id`."""
        return self._first(
            f"{_SELECT} AND entry = ? AND at > ? AND question_id <> ? ORDER BY answer_id DESC",
            (chat_id, entry, self._store.store.now() - seconds, question_id),
        )

    def is_asker(self, chat_id: int, answer_id: int, person_id: int) -> bool:
        """Whether this person asked the question behind an answer."""
        query = (
            "SELECT asker, secret FROM answers JOIN secrets ON day = at / ?"
            " WHERE chat_id = ? AND answer_id = ?"
        )
        return any(
            isinstance(asker, bytes)
            and isinstance(secret, bytes)
            and hmac.compare_digest(asker, _hash(secret, chat_id, answer_id, person_id))
            for asker, secret in self._store.rows(query, (DAY, chat_id, answer_id))
        )

    def delete(self, chat_id: int, answer_id: int) -> None:
        """Forget an answer whose message was deleted."""
        statement = "DELETE FROM answers WHERE chat_id = ? AND answer_id = ?"
        self._store.write(statement, (chat_id, answer_id))

    def _first(self, query: str, values: tuple[object, ...]) -> SentAnswer | None:
        rows = self._store.rows(f"{query} LIMIT 1", values)
        for question, answer, entry in rows:
            return SentAnswer(int(str(question)), int(str(answer)), str(entry) if entry else None)
        return None


def _hash(secret: bytes, chat_id: int, answer_id: int, person_id: int) -> bytes:
    return keyed_hash(secret, "asker", str(chat_id), str(answer_id), str(person_id))


class Uploads:
    """Telegram's ids of uploaded files. A `file_id` is valid for one bot, so keys name the bot."""

    def __init__(self, store: Store) -> None:
        self._store = BestEffortStore(store, "a picture may be uploaded again")

    def file_id(self, key: str) -> str | None:
        """Telegram's id of a file; None if it was not uploaded."""
        rows = self._store.rows("SELECT file_id FROM files WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def save(self, key: str, file_id: str) -> None:
        """Save the id of an uploaded file."""
        self._store.write("INSERT OR REPLACE INTO files VALUES (?, ?)", (key, file_id))

    def delete(self, key: str) -> None:
        """Delete an id that Telegram refuses."""
        self._store.write("DELETE FROM files WHERE key = ?", (key,))
