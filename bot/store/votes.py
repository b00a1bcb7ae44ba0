"""Votes on answers: one per person for each answer, with no record of who voted."""

import sqlite3
from typing import Literal

from bot.store.database import RETENTION, Store
from bot.store.privacy import keyed_hash, secret_for
from bot.store.questions import ADD_COUNT, ADD_QUESTION, Scrubbed, question_row
from bot.store.sqlite_file import DAY

VoteResult = Literal["counted", "changed", "same", "late", "off"]

_SELECT_BALLOT = "SELECT is_good, entry, text, cast_on FROM ballots WHERE answer = ? AND voter = ?"
_DELETE = "DELETE FROM questions WHERE gist = ? AND number <= 0"


class Votes:
    """Records votes, which can be changed for a day and cannot be traced to a person after that.

    A ballot is stored under two keyed hashes (HMAC-SHA256): one of the answer, and one of the
    answer and the person together. The answers of each day (UTC) share one random key. It is
    deleted with their ballots at the end of the next day; from then on, the hashes cannot be
    checked against a list of people.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def vote(  # noqa: PLR0913 - the fields of a ballot
        self,
        answer: str,
        person_id: int,
        *,
        good: bool,
        entry: str | None,
        answered_at: float,
        text: Scrubbed | None = None,
    ) -> VoteResult:
        """Cast or change a vote on an answer given at `answered_at` (seconds since the epoch).

        `text`, the question, is saved for as long as the vote says that the answer is wrong.
        Raise `sqlite3.Error` if the disk fails.
        """
        if self._store.now() - answered_at >= RETENTION:
            return "late"
        day = int(answered_at // DAY)
        today = self._store.today()
        with self._store.transaction() as connection:
            secret = secret_for(self._store, day)
            ballot = (keyed_hash(secret, answer), keyed_hash(secret, answer, str(person_id)))
            before = connection.execute(_SELECT_BALLOT, ballot).fetchone()
            if before and bool(before[0]) == good:
                return "same"
            if before:
                _undo_vote(connection, *before)
            name = entry or ""
            saved = text.strip() if text and not good else ""
            connection.execute(ADD_COUNT, (today, "good" if good else "bad", name, 1))
            if saved:
                row = question_row(Scrubbed(saved), "wrong", entry, today)
                connection.execute(ADD_QUESTION, row)
            connection.execute(
                "INSERT OR REPLACE INTO ballots VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*ballot, good, name, saved, today, day),
            )
        return "changed" if before else "counted"


def _undo_vote(
    connection: sqlite3.Connection, is_good: int, entry: str, text: str, cast_on: int
) -> None:
    connection.execute(ADD_COUNT, (cast_on, "good" if is_good else "bad", entry, -1))
    if text:
        row = question_row(Scrubbed(text), "wrong", entry, cast_on, -1)
        connection.execute(ADD_QUESTION, row)
        connection.execute(_DELETE, row[:1])
