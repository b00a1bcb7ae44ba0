"""The article's events: searching them, formatting their dates, printing the timeline."""

import datetime as dt
from collections.abc import Iterable, Sequence

from bot.knowledge import Event, Knowledge
from bot.language.dates import distance, format_day, parse_iso
from bot.text_layout import wrap

_MARKS = "*†‡§"


def event_date(event: Event) -> str:
    """Format an event's date as precisely as it is known: 2002, July 2014, 1 February 2019."""
    return str(parse_iso(event.date))


def time_since(event: Event, today: dt.date) -> str:
    """Format the time between an event and today, as precisely as the event's date allows."""
    now = today.isoformat()[: len(event.date)]
    if now == event.date and event.precision != "day":  # the rest of it may be yet to come
        return f"this {event.precision}"
    return distance(first_day(event.date), first_day(now))


def first_day(date: str) -> dt.date:
    """The first day of an ISO date that may lack its day or month."""
    return dt.date.fromisoformat(f"{date}-01-01"[:10])


def matching_events(events: Iterable[Event], words: str) -> list[Event]:
    """The events whose date, label and passage contain all of the words; all without words."""
    wanted = words.casefold().split()
    return [event for event in events if all(word in _text(event) for word in wanted)]


def _text(event: Event) -> str:
    return f"{event_date(event)} {event.label} {event.citation.quote}".casefold()


def is_expected(event: Event, published: dt.date) -> bool:
    """Whether an event was still in the future when the article was published."""
    return event.date > published.isoformat()[: len(event.date)]


def dateline(knowledge: Knowledge) -> str:
    """`As reported by ...`, with the publisher and the date of the article."""
    source = knowledge.source
    return f"As reported by {source.publisher} on {format_day(source.published)}"


def footnotes(events: Sequence[Event]) -> dict[str, str]:
    """Each distinct note on the events, with its footnote mark, in order."""
    notes = dict.fromkeys(event.note for event in events if event.note)
    return {note: _MARKS[n] if n < len(_MARKS) else f"*{n + 1}" for n, note in enumerate(notes)}


def nothing_found(knowledge: Knowledge, words: str) -> str:
    """The message to show when no event matches."""
    if not words:
        return "The timeline is empty. Its events are in timeline.yaml in the knowledge folder."
    missing = f"No event in the {knowledge.source.text_type} matches “{words}”."
    return f"{missing} Leave out the words to see all events."


def as_text(knowledge: Knowledge, today: dt.date, words: str = "") -> str:
    """The timeline for a terminal: date, event and cited passage."""
    events = matching_events(knowledge.events, words)
    if not events:
        return nothing_found(knowledge, words)
    blocks, marks = [], footnotes(events)
    for event in events:
        is_ahead = is_expected(event, knowledge.source.published)
        ahead = f"; expected when the {knowledge.source.text_type} appeared" if is_ahead else ""
        mark = marks.get(event.note or "", "")
        lines = [
            f"{event_date(event)}{mark} ({time_since(event, today)}{ahead})",
            wrap(event.label, "    "),
            wrap(f"{event.citation.passage}: “{event.citation.quote}”", "    "),
        ]
        blocks.append("\n".join(lines))
    notes = [wrap(f"{mark} {note}") for note, mark in marks.items()]
    return "\n\n".join([*blocks, *notes, dateline(knowledge)])
