"""The article's events in order, as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.answering.dates import distance
from bot.knowledge import Event, Knowledge
from bot.knowledge.provenance import MONTHS


def shown_date(event: Event) -> str:
    """Write a date to its precision: 2002, July 2014, 1 February 2019."""
    parts = [int(part) for part in event.date.split("-")]
    words = [str(parts[0])]
    if len(parts) > 1:
        words.insert(0, MONTHS[parts[1] - 1])
    if len(parts) > 2:  # noqa: PLR2004 - year, month, day
        words.insert(0, str(parts[2]))
    return " ".join(words)


def years_ago(event: Event, today: dt.date) -> str:
    """How far an event lies from today, as precisely as its date allows."""
    parts = [int(part) for part in event.date.split("-")]
    if len(parts) == 1:
        years = today.year - parts[0]
        return f"{years} years ago" if years > 1 else distance(dt.date(parts[0], 1, 1), today)
    return distance(dt.date(*(*parts, 1)[:3]), today)


def matching_events(events: Iterable[Event], words: str) -> list[Event]:
    """The events whose date or label holds every one of the words; all if there are none."""
    wanted = words.casefold().split()
    return [
        event
        for event in events
        if all(word in f"{shown_date(event)} {event.label}".casefold() for word in wanted)
    ]


def as_text(knowledge: Knowledge, today: dt.date, words: str = "") -> str:
    """The timeline for a terminal: date, event, and the passage it rests on."""
    events = matching_events(knowledge.events, words)
    if not events:
        return f"No event of the article matches “{words}”. Leave the words out to see all."
    blocks = []
    for event in events:
        note = f"\n    ({event.note})" if event.note else ""
        blocks.append(
            f"{shown_date(event)} ({years_ago(event, today)})\n"
            f"    {event.label}{note}\n"
            f"    {event.citation.passage}: “{event.citation.quote}”"
        )
    return "\n\n".join(blocks)
