"""The caption of the timeline's picture, within Telegram's limit. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape, unescape
from re import sub

from telegram.constants import MessageLimit

from bot.knowledge import Event, Knowledge
from bot.telegram.links import passage_link
from bot.timeline import claimed_by, dateline, footnotes, is_expected, shown_date

_CUT = "… /timeline WORD for one event"


def caption(knowledge: Knowledge, events: Sequence[Event], username: str | None = None) -> str:
    """The events as HTML: date, label, and the passage's number, a link if `username` is given.

    An event is whole or left out, and then the last line says so.
    """
    return next(html for html in _ever_shorter(knowledge, events, username) if _fits(html))


def _ever_shorter(
    knowledge: Knowledge, events: Sequence[Event], username: str | None
) -> Iterator[str]:
    """Fewer and fewer events; if not even one fits, less about them too."""
    head = f"<i>{escape(dateline(knowledge), quote=False)}</i>"
    lines = [_line(knowledge, events, event, username) for event in events]
    for top, with_notes in ((head, True), (head, False), ("", False)):
        for count in range(len(events), 0, -1):
            notes = footnotes(events[:count]) if with_notes else {}
            below = [f"<i>{mark} {escape(note, quote=False)}</i>" for note, mark in notes.items()]
            cut = [_CUT] if count < len(events) else []
            blocks = [top, "\n".join([*lines[:count], *cut]), "\n".join(below)]
            yield "\n\n".join(block for block in blocks if block)
    yield _CUT


def _line(knowledge: Knowledge, events: Sequence[Event], event: Event, username: str | None) -> str:
    number = event.citation.paragraph
    where = passage_link(username, number) if username else event.citation.passage
    claimant = claimed_by(knowledge, event)
    details = ["expected"] if is_expected(event, knowledge.source.published) else []
    details += [escape(claimant, quote=False)] if claimant else []
    mark = footnotes(events)[event.note] if event.note else ""
    about = ", ".join([*details, where])
    return f"<b>{shown_date(event)}{mark}</b> {escape(event.label, quote=False)} ({about})"


def _fits(html: str) -> bool:
    """Whether Telegram takes it as a caption; it counts UTF-16 units without the markup."""
    text = unescape(sub(r"<[^>]*>", "", html))
    return len(text.encode("utf-16-le")) // 2 <= MessageLimit.CAPTION_LENGTH
