"""Votes on answers: one per person for each answer, with no record of who voted."""

from typing import Literal

from bot.store.database import RETENTION, Store
from bot.store.privacy import keyed_hash, secret_for
from bot.store.questions import Questions, Scrubbed
from bot.store.sqlite_file import DAY

VoteResult = Literal["counted", "changed", "same", "late", "off"]

_SELECT_BALLOT = "SELECT is_good, entry, text, cast_on FROM ballots WHERE answer = ? AND voter = ?"


class Votes:
    """Records votes, which can be changed for a day and cannot be traced to a person after that.

    A ballot is stored under two keyed hashes (HMAC-SHA256), of the answer and of the answer and the
    person. The key, one for the answers of each day (UTC), is deleted with the ballots at the end
    of the next day; from then on, the hashes cannot be checked against a list of people.
    """

    def __init__(self, store: Store) -> None:
        self._store, self._questions = store, Questions(store)

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
        store, today, name = self._store, self._store.today(), entry or ""
        with store.transaction():
            secret = secret_for(store, day)
            ballot = keyed_hash(secret, answer), keyed_hash(secret, answer, person_id)
            before = store.execute(_SELECT_BALLOT, ballot).fetchone()
            if before and bool(before[0]) == good:
                return "same"
            if before:
                self._count(*before, number=-1)
            saved = text.strip() if text and not good else ""
            self._count(good, name, saved, today, number=1)
            store.execute(
                "INSERT OR REPLACE INTO ballots VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*ballot, good, name, saved, today, day),
            )
        return "changed" if before else "counted"

    def _count(self, good: int, entry: str, text: str, day: int, *, number: int) -> None:
        self._questions.count("good" if good else "bad", entry, day, number)
        if text:
            self._questions.add(Scrubbed(text), "wrong", entry, day, number)
