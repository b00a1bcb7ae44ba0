"""Pictures that Telegram already has, by its `file_id`; a failing disk costs an upload."""

import hmac
import sqlite3
from dataclasses import dataclass

from bot.store.database import DAY, BestEffortStore, Store
from bot.store.privacy import keyed, secret_of

_GIVEN = "SELECT question_id, answer_id, entry FROM answers WHERE chat_id = ?"


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """An answer given: ids of question and answer in their chat, and which entry."""

    question_id: int
    answer_id: int
    entry: str | None


class Answers:
    """Answers of the last 24 hours, by ids and without words; who asked is kept as a hash."""

    def __init__(self, store: Store) -> None:
        self._store = BestEffortStore(store, "an answer may not follow its question's edits")

    def keep(self, chat_id: int, given: SentAnswer, asker_id: int) -> None:
        """Remember an answer; one to the same question is replaced."""
        now = self._store.store.now()

        def work(connection: sqlite3.Connection) -> None:
            asker = _hash(secret_of(connection, now // DAY), chat_id, given.answer_id, asker_id)
            connection.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?)",
                (chat_id, given.question_id, given.answer_id, given.entry, asker, now),
            )

        self._store.together(work)

    def to_question(self, chat_id: int, question_id: int) -> SentAnswer | None:
        """The answer to a question."""
        return self._first(f"{_GIVEN} AND question_id = ?", (chat_id, question_id))

    def lately(
        self, chat_id: int, entry: str, seconds: float, question_id: int
    ) -> SentAnswer | None:
        """The latest answer with an entry in a chat, but to another question than this one."""
        return self._first(
            f"{_GIVEN} AND entry = ? AND at > ? AND question_id <> ? ORDER BY answer_id DESC",
            (chat_id, entry, self._store.store.now() - seconds, question_id),
        )

    def is_for(self, chat_id: int, answer_id: int, person_id: int) -> bool:
        """Whether a person asked what an answer answers."""
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

    def forget(self, chat_id: int, answer_id: int) -> None:
        """Drop an answer that is no more."""
        statement = "DELETE FROM answers WHERE chat_id = ? AND answer_id = ?"
        self._store.run(statement, (chat_id, answer_id))

    def _first(self, query: str, values: tuple[object, ...]) -> SentAnswer | None:
        rows = self._store.rows(f"{query} LIMIT 1", values)
        for question, answer, entry in rows:
            return SentAnswer(int(str(question)), int(str(answer)), str(entry) if entry else None)
        return None


def _hash(secret: bytes, chat_id: int, answer_id: int, person_id: int) -> bytes:
    return keyed(secret, "asker", str(chat_id), str(answer_id), str(person_id))


class Uploads:
    """What was uploaded once. A key names the bot too: a `file_id` is another bot's no use."""

    def __init__(self, store: Store) -> None:
        self._store = BestEffortStore(store, "a picture is sent anew")

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
