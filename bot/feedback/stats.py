"""`stats`: what became of the questions, and which entries were asked most, over time."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.feedback.unanswered import day
from bot.knowledge import Knowledge
from bot.store import Questions, Store
from bot.store.questions import Count
from bot.text_layout import table

_FEW_DAYS = 14  # up to so many are shown one by one, more by weeks
_ENTRIES = 10  # shown; all of them are in the JSON
_IN_CHAT = 5
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
        """All questions of the period."""
        return sum(self.counts.get(what, 0) for what in COLUMNS[:4])


@dataclass(frozen=True, slots=True)
class Often:
    """How often an entry was asked for, in all and in each period."""

    entry: str
    number: int
    series: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """The last 90 days; `is_weekly` tells what a period is."""

    periods: tuple[Period, ...]
    entries: tuple[Often, ...]  # the most asked first, known gaps included
    is_weekly: bool

    def total(self, what: str) -> int:
        """A column's sum."""
        return sum(period.counts.get(what, 0) for period in self.periods)


def summed(counts: Sequence[Count], today: int) -> Stats:
    """Sum up counts to `today`, in days since 1 January 1970, by days if few, else by weeks."""
    first = min((count.day for count in counts), default=today)
    is_weekly = today - first >= _FEW_DAYS
    starts = sorted({_start(number, is_weekly) for number in range(first, today + 1)})
    columns: dict[int, Counter[str]] = {start: Counter() for start in starts}
    entries: dict[str, Counter[int]] = {}
    for count in counts:
        start = _start(count.day, is_weekly)
        if start not in columns:  # of tomorrow: the clock was set back
            continue
        is_gap = count.what == "unanswered" and count.entry
        columns[start]["known gaps" if is_gap else count.what] += count.number
        if count.entry and count.what in {"answered", "unanswered"}:
            entries.setdefault(count.entry, Counter())[start] += count.number
    often = [
        Often(name, found.total(), tuple(found[start] for start in starts))
        for name, found in entries.items()
    ]
    often.sort(key=lambda one: (-one.number, one.entry))
    periods = tuple(Period(day(start), columns[start]) for start in starts)
    return Stats(periods, tuple(often), is_weekly)


def read(store: Store) -> Stats:
    """Sum up what a store holds."""
    return summed(Questions(store).counts(), store.today())


def as_text(stats: Stats) -> str:
    """Tables for a terminal."""
    if not any(period.counts for period in stats.periods):
        return "Nothing was counted: nobody asked, or QUESTION_LOG is false."
    rows = [_row(period.start.isoformat(), period.counts) for period in stats.periods]
    rows.append(_row("all", {what: stats.total(what) for what in COLUMNS}))
    shown = stats.entries[:_ENTRIES]
    often = [(one.entry, str(one.number), sparkline(one.series)) for one in shown]
    first = table(("week of" if stats.is_weekly else "day", *COLUMNS), rows)
    second = table(("most asked", "times", "over time"), often) if often else ""
    return "\n\n".join(filter(None, [first, second]))


def as_json(stats: Stats) -> dict[str, Any]:
    """Everything, for scripts."""
    return {
        "period": "week" if stats.is_weekly else "day",
        "periods": [
            {"start": period.start.isoformat()}
            | {what.replace(" ", "_"): period.counts.get(what, 0) for what in COLUMNS}
            for period in stats.periods
        ],
        "entries": [
            {"entry": one.entry, "asked": one.number, "series": list(one.series)}
            for one in stats.entries
        ],
    }


def stats_text(store: Store, knowledge: Knowledge) -> str:
    """The last 7 and 90 days, and the entries asked most, for a chat; may run in any thread.

    Raise `sqlite3.Error` or `InputError` if the store cannot be read.
    """
    with store.beside() as own:
        counts = Questions(own).counts()
    if not counts:
        return "Nothing was counted yet, or the log is switched off."
    today = store.today()
    lately = [count for count in counts if count.day > today - _WEEK]
    parts = [_told("7 days", lately), _told("90 days", counts)]
    often = summed(counts, today).entries[:_IN_CHAT]
    questions = {name: entry.question for name, entry in knowledge.entries.items()}
    lines = [f"{one.number}× {questions.get(one.entry, one.entry)}" for one in often]
    return "\n\n".join([*parts, *(["\n".join(["Most asked:", *lines])] if lines else [])])


def sparkline(series: Iterable[int]) -> str:
    """Numbers as a row of bars, the highest full."""
    numbers = list(series)
    most = max(numbers, default=0) or 1
    return "".join(_BARS[-(-number * (len(_BARS) - 1) // most)] for number in numbers)


def _told(span: str, counts: Sequence[Count]) -> str:
    found: Counter[str] = Counter()
    for count in counts:
        is_gap = count.what == "unanswered" and count.entry
        found["known gaps" if is_gap else count.what] += count.number
    return (
        f"Last {span}: {found['answered']} answered, {found['suggested']} suggested,"
        f" {found['unanswered']} unanswered, {found['known gaps']} known gaps;"
        f" 👍 {found['good']}, 👎 {found['bad']}"
    )


def _row(name: str, counts: Mapping[str, int]) -> tuple[str, ...]:
    return (name, *(str(counts.get(what, 0)) for what in COLUMNS))


def _start(number: int, is_weekly: bool) -> int:  # noqa: FBT001 - of this module
    return number - day(number).weekday() if is_weekly else number
