"""Which message answers which question."""

import hmac

from bot.store.database import Store
from bot.store.privacy import delete_ballots, keyed_hash, secret_for
from bot.store.sqlite_file import DAY


class Answers:
    """Answers of the last 24 hours: ids only, no text; the asker is stored as a hash."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(
        self, chat_id: int, question_id: int, answer_id: int, entry: str | None, asker_id: int
    ) -> None:
        """Save an answer, replacing an earlier one to the same question, inside a transaction."""
        store = self._store
        asker = keyed_hash(secret_for(store, store.today()), "asker", chat_id, answer_id, asker_id)
        store.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
            (chat_id, question_id, answer_id, entry, asker, store.now()),
        )

    def to_question(self, chat_id: int, question_id: int) -> int | None:
        """The id of the answer to a question, if any."""
        return self._first("question_id = ?", chat_id, question_id)

    def recent(self, chat_id: int, entry: str, seconds: float, question_id: int) -> int | None:
        """The id of the latest answer showing `entry`, other than the one to `question_id`."""
        where = "entry = ? AND at > ? AND question_id <> ? ORDER BY answer_id DESC"
        return self._first(where, chat_id, entry, self._store.now() - seconds, question_id)

    def is_asker(self, chat_id: int, answer_id: int, person_id: int) -> bool:
        """Whether this person asked the question behind an answer."""
        query = (
            "SELECT asker, secret FROM answers JOIN secrets ON day = at / ?"
            " WHERE chat_id = ? AND answer_id = ?"
        )
        return any(
            hmac.compare_digest(asker, keyed_hash(secret, "asker", chat_id, answer_id, person_id))
            for asker, secret in self._store.execute(query, (DAY, chat_id, answer_id))
        )

    def delete(self, chat_id: int, answer_id: int) -> None:
        """Forget an answer whose message was deleted, and the votes on it."""
        statement = "DELETE FROM answers WHERE chat_id = ? AND answer_id = ?"
        with self._store.transaction():
            self._store.execute(statement, (chat_id, answer_id))
            delete_ballots(self._store, chat_id, answer_id)

    def _first(self, where: str, *values: object) -> int | None:
        query = f"SELECT answer_id FROM answers WHERE chat_id = ? AND {where} LIMIT 1"  # noqa: S608 - constants
        row = self._store.execute(query, values).fetchone()
        return row[0] if row else None
