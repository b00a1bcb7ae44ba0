"""What was asked: counts by day, and the scrubbed words of what was not answered."""

import logging
import sqlite3
from dataclasses import dataclass
from typing import Literal, NewType

from bot.language.normalise import FUNCTION_STEMS, carries_content, tokens
from bot.language.spelling import stem
from bot.store.database import KEPT_DAYS, Store

log = logging.getLogger(__name__)

QuestionStatus = Literal["answered", "suggested", "unanswered", "smalltalk"]
Counted = Literal["answered", "suggested", "unanswered", "good", "bad"]

# The words of a question without anybody's name or number; only `bot/feedback/scrub.py` makes them.
Scrubbed = NewType("Scrubbed", str)

LONGEST = 300  # characters kept of one question
MOST_A_DAY = 20_000  # questions kept with their words in one day; more are only counted
_NOT_ANSWERED = frozenset(("suggested", "unanswered"))

COUNT = (
    "INSERT INTO counts VALUES (?, ?, ?, 1)"  # day, what, entry
    " ON CONFLICT DO UPDATE SET number = number + 1"
)
ADD = (
    "INSERT INTO questions VALUES (?, ?, ?, ?, ?, 1)"  # gist, text, status, entry, day
    " ON CONFLICT DO UPDATE SET number = number + 1"
)
_ROOM = (
    "SELECT total(number) FROM counts"
    " WHERE day = ? AND what IN ('suggested', 'unanswered') AND entry = ''"
)
# The text is that of the row with the greatest number, which stands before it in twelve digits.
_WORDINGS = (
    "SELECT substr(max(printf('%012d', number) || text), 13),"
    " sum(number), sum(number * (status = 'wrong')), min(day), max(day)"
    " FROM questions WHERE day >= ? GROUP BY gist"
    " ORDER BY sum(number) DESC, max(day) DESC, gist LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Count:
    """How often something came of questions in one day; `entry` is "" for none.

    `day` counts days since 1 January 1970, UTC.
    """

    day: int
    what: Counted
    entry: str
    number: int


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """Questions of the same words, the little ones aside; `text` as it was asked most."""

    text: str
    number: int
    voted_wrong: int  # of the number
    oldest: int  # days since 1 January 1970, UTC
    newest: int


class Questions:
    """Without any id of people or chats, and by the day only. `on` False keeps nothing.

    A disk that fails costs a count, so it is logged and the bot goes on.
    """

    def __init__(self, store: Store, *, on: bool = True) -> None:
        self._store = store
        self.on = on

    def keep(self, status: QuestionStatus, entry: str | None, text: Scrubbed) -> None:
        """Count a question; keep its words if it was not answered and is no known gap.

        Words that name nothing ("and when?") are only counted, and pleasantries not even that.
        """
        if not self.on or status == "smalltalk":
            return
        today = self._store.today()
        try:
            with self._store.transaction() as connection:
                wanted = status in _NOT_ANSWERED and entry is None and asks(text)
                if wanted:
                    (kept,) = connection.execute(_ROOM, (today,)).fetchone()
                    wanted = kept < MOST_A_DAY
                connection.execute(COUNT, (today, status, entry or ""))
                if wanted:
                    connection.execute(ADD, row(text, status, None, today))
        except sqlite3.Error as error:
            log.warning("the database cannot be written (%s); a question is not counted", error)

    def counts(self) -> list[Count]:
        """All counts of the last 90 days, the oldest first."""
        query = "SELECT day, what, entry, number FROM counts WHERE day >= ? ORDER BY day, what"
        return [Count(*found) for found in self._store.stream(query, (self._since(),))]

    def wordings(self, most: int) -> list[KeptQuestion]:
        """The questions kept, those of equal words together: so many, the most asked first."""
        return [
            KeptQuestion(text, number, wrong, oldest, newest)
            for text, number, wrong, oldest, newest in self._store.stream(
                _WORDINGS, (self._since(), most)
            )
        ]

    def kept(self) -> int:
        """How many questions are kept with their words."""
        query = "SELECT total(number) FROM questions WHERE day >= ?"
        (count,) = next(self._store.stream(query, (self._since(),)))
        return int(count)

    def erase(self) -> None:
        """Delete everything learnt, votes included."""
        for table in ("questions", "counts", "ballots", "secrets"):
            self._store.write(f"DELETE FROM {table}", ())  # noqa: S608 - names of our own
        self._store.wipe()

    def _since(self) -> int:
        return self._store.today() - KEPT_DAYS + 1


def asks(text: str) -> bool:
    """Whether any word could name what is asked about."""
    return carries_content(tokens(text))


def gist(text: str) -> str:
    """The stems that carry a question, in order of the alphabet; all of them if none does."""
    words = tokens(text)
    stems = {stem(word) for word in words}
    return " ".join(sorted(stems - FUNCTION_STEMS)) or " ".join(words)


def row(text: Scrubbed, status: str, entry: str | None, day: int) -> tuple[object, ...]:
    """The values of `ADD`."""
    short = text[:LONGEST]
    return (gist(short), short, status, entry or "", day)
