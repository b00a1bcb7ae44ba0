"""Which message answers which question."""

import hmac
from dataclasses import dataclass

from bot.store.database import Store
from bot.store.privacy import delete_ballots, keyed_hash, secret_for
from bot.store.sqlite_file import DAY

_SELECT = "SELECT question_id, answer_id, entry FROM answers WHERE chat_id = ?"


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """The message ids of a question and its answer in one chat, and the entry it showed."""

    question_id: int
    answer_id: int
    entry: str | None


class Answers:
    """Answers of the last 24 hours: ids only, no text; the asker is stored as a hash."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, chat_id: int, sent: SentAnswer, asker_id: int) -> None:
        """Save an answer, replacing an earlier one to the same question, inside a transaction."""
        store = self._store
        secret = secret_for(store, store.today())
        asker = _hash(secret, chat_id, sent.answer_id, asker_id)
        store.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
            (chat_id, sent.question_id, sent.answer_id, sent.entry, asker, store.now()),
        )

    def to_question(self, chat_id: int, question_id: int) -> SentAnswer | None:
        """The answer to a question, if any."""
        return self._first(f"{_SELECT} AND question_id = ?", (chat_id, question_id))

    def recent(
        self, chat_id: int, entry: str, seconds: float, question_id: int
    ) -> SentAnswer | None:
        """The chat's latest answer showing `entry`, other than the one to `question_id`."""
        return self._first(
            f"{_SELECT} AND entry = ? AND at > ? AND question_id <> ? ORDER BY answer_id DESC",
            (chat_id, entry, self._store.now() - seconds, question_id),
        )

    def is_asker(self, chat_id: int, answer_id: int, person_id: int) -> bool:
        """Whether this person asked the question behind an answer."""
        query = (
            "SELECT asker, secret FROM answers JOIN secrets ON day = at / ?"
            " WHERE chat_id = ? AND answer_id = ?"
        )
        return any(
            hmac.compare_digest(asker, _hash(secret, chat_id, answer_id, person_id))
            for asker, secret in self._store.execute(query, (DAY, chat_id, answer_id))
        )

    def delete(self, chat_id: int, answer_id: int) -> None:
        """Forget an answer whose message was deleted, and the votes on it."""
        statement = "DELETE FROM answers WHERE chat_id = ? AND answer_id = ?"
        with self._store.transaction():
            self._store.execute(statement, (chat_id, answer_id))
            delete_ballots(self._store, chat_id, answer_id)

    def _first(self, query: str, values: tuple[object, ...]) -> SentAnswer | None:
        found = self._store.execute(f"{query} LIMIT 1", values).fetchone()
        return SentAnswer(*found) if found else None


def _hash(secret: bytes, chat_id: int, answer_id: int, person_id: int) -> bytes:
    return keyed_hash(secret, "asker", str(chat_id), str(answer_id), str(person_id))
