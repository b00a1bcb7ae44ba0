"""Votes on answers: one a person, without knowing the person."""

import logging
import sqlite3
from typing import Literal

from bot.store.database import DAY, KEPT, Store
from bot.store.privacy import keyed, secret_of
from bot.store.questions import ADD, COUNT, Scrubbed, row

log = logging.getLogger(__name__)

VoteResult = Literal["counted", "changed", "same", "late", "off"]

_UNCOUNT = "UPDATE counts SET number = number - 1 WHERE day = ? AND what = ? AND entry = ?"
_BALLOT = "SELECT is_good, entry, text, cast_on FROM ballots WHERE answer = ? AND voter = ?"
_THIS_QUESTION = " WHERE gist = ? AND text = ? AND status = ? AND entry = ? AND day = ?"
_UNADD = f"UPDATE questions SET number = number - 1 {_THIS_QUESTION}"  # noqa: S608 - of our own
_DROP = f"DELETE FROM questions {_THIS_QUESTION} AND number <= 0"  # noqa: S608 - of our own


class Votes:
    """A vote may be changed for a day; then who cast it cannot be told any more.

    A ballot is kept under keyed hashes (HMAC-SHA256) of the answer and of person and answer.
    The key is random, one for the answers of each day (UTC), and deleted with its ballots
    when that day and the next are over: from then on nobody can try persons one by one.
    """

    def __init__(self, store: Store, *, on: bool = True) -> None:
        self._store = store
        self.on = on

    def vote(  # noqa: PLR0913 - what a ballot is made of
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

        `text` is the question; its words are kept while the vote says that the answer is
        wrong. Raise `sqlite3.Error` if the disk fails.
        """
        if not self.on:
            return "off"
        if self._store.now() - answered_at >= KEPT:
            return "late"
        day = int(answered_at // DAY)
        today = self._store.today()
        with self._store.transaction() as connection:
            secret = secret_of(connection, day)
            voter = keyed(secret, answer, str(person_id))
            before = connection.execute(_BALLOT, (keyed(secret, answer), voter)).fetchone()
            if before and bool(before[0]) == good:
                return "same"
            if before:
                _take_back(connection, *before)
            name = entry or ""
            kept = text.strip() if text and not good else ""
            connection.execute(COUNT, (today, "good" if good else "bad", name))
            if kept:
                connection.execute(ADD, row(Scrubbed(kept), "wrong", entry, today))
            connection.execute(
                "INSERT OR REPLACE INTO ballots VALUES (?, ?, ?, ?, ?, ?, ?)",
                (keyed(secret, answer), voter, good, name, kept, today, day),
            )
        return "changed" if before else "counted"


def _take_back(
    connection: sqlite3.Connection, is_good: int, entry: str, text: str, cast_on: int
) -> None:
    connection.execute(_UNCOUNT, (cast_on, "good" if is_good else "bad", entry))
    if text:
        for statement in (_UNADD, _DROP):
            connection.execute(statement, row(Scrubbed(text), "wrong", entry, cast_on))
