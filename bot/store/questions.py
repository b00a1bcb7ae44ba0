"""Daily counts of questions, and the scrubbed text of those that were not answered."""

from dataclasses import dataclass
from typing import Literal, NewType

from bot.answering import Status
from bot.language.normalise import gist, has_content, tokenize
from bot.store.database import QUESTION_RETENTION_DAYS, Store

CountKind = Literal["answered", "suggested", "unanswered", "good", "bad"]

# A question's text without personal data; only `bot/feedback/scrub.py` creates it.
Scrubbed = NewType("Scrubbed", str)

MAX_CHARACTERS = 300  # saved of one question
MAX_PER_DAY = 20_000  # questions saved with their text; any more are only counted
_NOT_ANSWERED = frozenset(("suggested", "unanswered"))

_ADD = "ON CONFLICT DO UPDATE SET number = number + excluded.number"
_ADD_COUNT = f"INSERT INTO counts VALUES (?, ?, ?, ?) {_ADD}"  # noqa: S608 - constants
_ADD_QUESTION = f"INSERT INTO questions VALUES (?, ?, ?, ?, ?, ?) {_ADD}"  # noqa: S608 - constants
_DELETE_UNCOUNTED = "DELETE FROM questions WHERE gist = ? AND number <= 0"
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

    def save(self, status: Status, entry: str | None, text: Scrubbed) -> None:
        """Count a question, and save its text if it was not answered and is not a known gap."""
        if status == "smalltalk":
            return
        store, today = self._store, self._store.today()
        self.count(status, entry or "", today)
        # "And when?", which has no content words, would say nothing without its conversation.
        if status in _NOT_ANSWERED and entry is None and has_content(tokenize(text)):
            (counted,) = store.execute(_COUNTED_TODAY, (today,)).fetchone()
            if counted <= MAX_PER_DAY:
                self.add(text, status, "", today)

    def count(self, kind: CountKind, entry: str, day: int, number: int = 1) -> None:
        """Count what happened to an entry; "" is none."""
        self._store.execute(_ADD_COUNT, (day, kind, entry, number))

    def add(self, text: Scrubbed, status: str, entry: str, day: int, number: int = 1) -> None:
        """Save a question, or take it back if the number is negative."""
        short = text[:MAX_CHARACTERS]
        key = gist(short)
        self._store.execute(_ADD_QUESTION, (key, short, status, entry, day, number))
        if number < 0:
            self._store.execute(_DELETE_UNCOUNTED, (key,))

    def counts(self) -> list[DailyCount]:
        """All counts that have not expired, oldest first."""
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
        with (
            self._store.transaction()
        ):  # answers still need the secrets, which expire by themselves
            for table in ("questions", "counts", "ballots"):
                self._store.execute(f"DELETE FROM {table}")  # noqa: S608 - our own table names
        self._store.truncate_wal()

    def _first_day(self) -> int:
        return self._store.today() - QUESTION_RETENTION_DAYS + 1
