"""Daily counts of questions, and the scrubbed text of those that were not answered."""

from dataclasses import dataclass
from typing import Literal, NewType

from bot.language.normalise import gist, has_content, tokenize
from bot.store.database import QUESTION_RETENTION_DAYS, Store

QuestionStatus = Literal["answered", "suggested", "unanswered", "smalltalk"]
CountKind = Literal["answered", "suggested", "unanswered", "good", "bad"]

# A question's text without personal data; only `bot/feedback/scrub.py` creates it.
Scrubbed = NewType("Scrubbed", str)

MAX_CHARACTERS = 300  # saved of one question
MAX_PER_DAY = 20_000  # questions saved with their text; any more are only counted
_NOT_ANSWERED = frozenset(("suggested", "unanswered"))

_ADD = "ON CONFLICT DO UPDATE SET number = number + excluded.number"
# Of a day, what happened, an entry and a number; and of a `question_row`.
ADD_COUNT = f"INSERT INTO counts VALUES (?, ?, ?, ?) {_ADD}"  # noqa: S608 - constants
ADD_QUESTION = f"INSERT INTO questions VALUES (?, ?, ?, ?, ?, ?) {_ADD}"  # noqa: S608 - constants
_COUNTED_TODAY = (
    "SELECT total(number) FROM counts"
    " WHERE day = ? AND what IN ('suggested', 'unanswered') AND entry = ''"
)
# To pick the text with the greatest number, the number is put before it in twelve digits.
_MOST_ASKED = (
    "SELECT substr(max(printf('%012d', number) || text), 13),"
    " sum(number), sum(number * (status = 'wrong')), min(day), max(day)"
    " FROM questions WHERE day >= ? GROUP BY gist"
    " ORDER BY sum(number) DESC, max(day) DESC, gist LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class DailyCount:
    """How often something happened to an entry on one day."""

    day: int  # days since 1 January 1970, UTC
    kind: CountKind
    entry: str  # "" for none
    count: int


@dataclass(frozen=True, slots=True)
class SavedQuestion:
    """Questions that differ only in function words, word forms and word order."""

    text: str  # the variant asked most
    count: int
    voted_wrong: int  # of `count`
    first_day: int  # days since 1 January 1970, UTC
    last_day: int


class Questions:
    """The log of questions: no ids of people or chats, no times of day."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, status: QuestionStatus, entry: str | None, text: Scrubbed) -> None:
        """Count a question, and save its text if it was not answered and is not a known gap.

        A question without content words ("and when?") is only counted; small talk is ignored.
        """
        if status == "smalltalk":
            return
        store, today = self._store, self._store.today()
        store.execute(ADD_COUNT, (today, status, entry or "", 1))
        if status in _NOT_ANSWERED and entry is None and has_content(tokenize(text)):
            (counted,) = store.execute(_COUNTED_TODAY, (today,)).fetchone()
            if counted <= MAX_PER_DAY:
                store.execute(ADD_QUESTION, question_row(text, status, None, today))

    def counts(self) -> list[DailyCount]:
        """All counts of the last 90 days, oldest first."""
        query = "SELECT day, what, entry, number FROM counts WHERE day >= ? ORDER BY day, what"
        return [DailyCount(*found) for found in self._store.execute(query, (self._first_day(),))]

    def most_asked(self, limit: int) -> list[SavedQuestion]:
        """Up to `limit` saved questions, those asked most first."""
        rows = self._store.execute(_MOST_ASKED, (self._first_day(), limit))
        return [SavedQuestion(*found) for found in rows]

    def saved_count(self) -> int:
        """How many questions are saved with their text."""
        query = "SELECT total(number) FROM questions WHERE day >= ?"
        (count,) = self._store.execute(query, (self._first_day(),)).fetchone()
        return int(count)

    def delete_all(self) -> None:
        """Delete all questions, counts and votes."""
        for table in ("questions", "counts", "ballots", "secrets"):
            self._store.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names
        self._store.truncate_wal()

    def _first_day(self) -> int:
        return self._store.today() - QUESTION_RETENTION_DAYS + 1


def question_row(
    text: Scrubbed, status: str, entry: str | None, day: int, number: int = 1
) -> tuple[object, ...]:
    """The columns of a saved question."""
    short = text[:MAX_CHARACTERS]
    return (gist(short), short, status, entry or "", day, number)
