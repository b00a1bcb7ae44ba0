"""The `stats` report: how questions were answered, and the most asked entries, over time."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.feedback.unanswered import day
from bot.knowledge import Knowledge
from bot.store.database import QUESTION_RETENTION_DAYS
from bot.store.questions import DailyCount
from bot.text_layout import table

_MAX_DAYS = 14  # a longer time is shown by week
_ENTRIES = 10  # shown in a terminal; the JSON has all of them
_IN_CHAT = 5  # entries
_BARS = " ▁▂▃▄▅▆▇█"

_COLUMNS = ("answered", "suggested", "unanswered", "known gaps", "good", "bad")
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Stats:
    """As long as counts are kept, in weeks if `is_weekly`, else in days."""

    periods: Mapping[dt.date, Counter[str]]  # the day, or the week's Monday -> counts of `_COLUMNS`
    entries: Mapping[str, Sequence[int]]  # with known gaps, most asked first -> count by period
    is_weekly: bool

    def total(self, column: str) -> int:
        """The sum of a column."""
        return sum(counts[column] for counts in self.periods.values())


def summarise(counts: Sequence[DailyCount], today: int) -> Stats:
    """Sum the counts up to `today` (days since 1970-01-01), by week if there are many days."""
    first = min((count.day for count in counts), default=today)
    is_weekly = today - first >= _MAX_DAYS

    def start(number: int) -> dt.date:
        date = day(number)
        return date - dt.timedelta(date.weekday()) if is_weekly else date

    periods = {start(number): Counter[str]() for number in range(first, today + 1)}
    entries: dict[str, Counter[dt.date]] = {}
    for count in counts:
        date = start(count.day)
        if date not in periods:  # in the future: the clock was set back
            continue
        periods[date][_column(count)] += count.count
        if count.entry and count.kind in {"answered", "unanswered"}:
            entries.setdefault(count.entry, Counter())[date] += count.count
    most_asked = sorted(entries, key=lambda name: (-entries[name].total(), name))
    series = {name: [entries[name][date] for date in periods] for name in most_asked}
    return Stats(periods, series, is_weekly)


def as_text(stats: Stats) -> str:
    """Tables for a terminal."""
    if not any(stats.periods.values()):
        return "Nothing was counted: there were no questions, or QUESTION_LOG is false."
    rows = [(date, *(counts[name] for name in _COLUMNS)) for date, counts in stats.periods.items()]
    totals = ("all", *map(stats.total, _COLUMNS))
    tables = [table(("week of" if stats.is_weekly else "day", *_COLUMNS), [*rows, totals])]
    if most_asked := [*stats.entries.items()][:_ENTRIES]:
        asked = [(name, sum(series), sparkline(series)) for name, series in most_asked]
        tables.append(table(("most asked", "times", "over time"), asked))
    return "\n\n".join(tables)


def as_json(stats: Stats) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "period": "week" if stats.is_weekly else "day",
        "periods": [
            {"start": str(date)} | {name.replace(" ", "_"): counts[name] for name in _COLUMNS}
            for date, counts in stats.periods.items()
        ],
        "entries": [
            {"entry": name, "asked": sum(series), "series": series}
            for name, series in stats.entries.items()
        ],
    }


def stats_text(counts: Sequence[DailyCount], today: int, knowledge: Knowledge) -> str:
    """A summary for a chat."""
    if not counts:
        return "Nothing has been counted yet, or the log is switched off."
    stats = summarise(counts, today)
    recent = summarise([count for count in counts if count.day > today - _WEEK], today)
    parts = [_summary(_WEEK, recent), _summary(QUESTION_RETENTION_DAYS, stats)]
    questions = {name: entry.question for name, entry in knowledge.entries.items()}
    if most_asked := [*stats.entries.items()][:_IN_CHAT]:
        lines = [f"{sum(series)}× {questions.get(name, name)}" for name, series in most_asked]
        parts.append("\n".join(["Most asked:", *lines]))
    return "\n\n".join(parts)


def sparkline(series: Iterable[int]) -> str:
    """Draw numbers as a row of bars, scaled so that the greatest is a full block."""
    numbers = list(series)
    top = max(numbers, default=0) or 1
    return "".join(_BARS[-(-number * (len(_BARS) - 1) // top)] for number in numbers)


def _column(count: DailyCount) -> str:
    return "known gaps" if count.kind == "unanswered" and count.entry else count.kind


def _summary(days: int, stats: Stats) -> str:
    *outcomes, good, bad = _COLUMNS
    totals = ", ".join(f"{stats.total(name)} {name}" for name in outcomes)
    return f"Last {days} days: {totals}; 👍 {stats.total(good)}, 👎 {stats.total(bad)}"
