"""The `stats` report: how questions were answered, and the most asked entries, over time."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.feedback.unanswered import day
from bot.knowledge import Knowledge
from bot.store import Questions, Store
from bot.store.questions import DailyCount
from bot.text_layout import table

_MAX_DAYS = 14  # a longer time is shown by week
_ENTRIES = 10  # shown in a terminal; the JSON has all of them
_IN_CHAT = 5  # entries
_BARS = " ▁▂▃▄▅▆▇█"

COLUMNS = ("answered", "suggested", "unanswered", "known gaps", "good", "bad")
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a week (from Monday), with the counts of `COLUMNS`."""

    start: dt.date
    counts: Mapping[str, int]

    @property
    def asked(self) -> int:
        """The number of questions in the period."""
        return sum(self.counts.get(name, 0) for name in COLUMNS[:4])


@dataclass(frozen=True, slots=True)
class EntryCount:
    """How often an entry was asked about, in all and in each period."""

    entry: str
    count: int
    series: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """The last 90 days, in weeks if `is_weekly`, else in days."""

    periods: tuple[Period, ...]
    entries: tuple[EntryCount, ...]  # most asked first, including known gaps
    is_weekly: bool

    def total(self, column: str) -> int:
        """The sum of a column."""
        return sum(period.counts.get(column, 0) for period in self.periods)


def summarise(counts: Sequence[DailyCount], today: int) -> Stats:
    """Sum the counts up to `today` (days since 1970-01-01), by week if there are many days."""
    first = min((count.day for count in counts), default=today)
    is_weekly = today - first >= _MAX_DAYS
    starts = sorted({_start(number, is_weekly) for number in range(first, today + 1)})
    columns: dict[int, Counter[str]] = {start: Counter() for start in starts}
    entries: dict[str, Counter[int]] = {}
    for count in counts:
        start = _start(count.day, is_weekly)
        if start not in columns:  # in the future: the clock was set back
            continue
        columns[start][_column(count)] += count.count
        if count.entry and count.kind in {"answered", "unanswered"}:
            entries.setdefault(count.entry, Counter())[start] += count.count
    most_asked = [
        EntryCount(name, found.total(), tuple(found[start] for start in starts))
        for name, found in entries.items()
    ]
    most_asked.sort(key=lambda entry: (-entry.count, entry.entry))
    periods = tuple(Period(day(start), columns[start]) for start in starts)
    return Stats(periods, tuple(most_asked), is_weekly)


def as_text(stats: Stats) -> str:
    """Tables for a terminal."""
    if not any(period.counts for period in stats.periods):
        return "Nothing was counted: there were no questions, or QUESTION_LOG is false."
    rows = [_row(period.start.isoformat(), period.counts) for period in stats.periods]
    rows.append(_row("all", {name: stats.total(name) for name in COLUMNS}))
    shown = stats.entries[:_ENTRIES]
    most_asked = [(entry.entry, str(entry.count), sparkline(entry.series)) for entry in shown]
    first = table(("week of" if stats.is_weekly else "day", *COLUMNS), rows)
    second = table(("most asked", "times", "over time"), most_asked) if most_asked else ""
    return "\n\n".join(filter(None, [first, second]))


def as_json(stats: Stats) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "period": "week" if stats.is_weekly else "day",
        "periods": [
            {"start": period.start.isoformat()}
            | {name.replace(" ", "_"): period.counts.get(name, 0) for name in COLUMNS}
            for period in stats.periods
        ],
        "entries": [
            {"entry": entry.entry, "asked": entry.count, "series": list(entry.series)}
            for entry in stats.entries
        ],
    }


def stats_text(store: Store, knowledge: Knowledge) -> str:
    """A summary for a chat, from any thread; `sqlite3.Error` or `InputError` if unreadable."""
    with store.separate_connection() as connection:
        counts = Questions(connection).counts()
    if not counts:
        return "Nothing has been counted yet, or the log is switched off."
    today = store.today()
    recent = [count for count in counts if count.day > today - _WEEK]
    parts = [_summary("7 days", recent), _summary("90 days", counts)]
    most_asked = summarise(counts, today).entries[:_IN_CHAT]
    questions = {name: entry.question for name, entry in knowledge.entries.items()}
    lines = [f"{entry.count}× {questions.get(entry.entry, entry.entry)}" for entry in most_asked]
    return "\n\n".join([*parts, *(["\n".join(["Most asked:", *lines])] if lines else [])])


def sparkline(series: Iterable[int]) -> str:
    """Draw numbers as a row of bars, scaled so that the greatest is a full block."""
    numbers = list(series)
    top = max(numbers, default=0) or 1
    return "".join(_BARS[-(-number * (len(_BARS) - 1) // top)] for number in numbers)


def _column(count: DailyCount) -> str:
    return "known gaps" if count.kind == "unanswered" and count.entry else count.kind


def _summary(span: str, counts: Sequence[DailyCount]) -> str:
    found: Counter[str] = Counter()
    for count in counts:
        found[_column(count)] += count.count
    return (
        f"Last {span}: {found['answered']} answered, {found['suggested']} suggested,"
        f" {found['unanswered']} unanswered, {found['known gaps']} known gaps;"
        f" 👍 {found['good']}, 👎 {found['bad']}"
    )


def _row(name: str, counts: Mapping[str, int]) -> tuple[str, ...]:
    return (name, *(str(counts.get(column, 0)) for column in COLUMNS))


def _start(number: int, is_weekly: bool) -> int:  # noqa: FBT001 - private
    return number - day(number).weekday() if is_weekly else number
