"""What an answer rests on: passages found, provenance locked, lengths within Telegram's."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from rapidfuzz.distance import Levenshtein

from bot.knowledge.article import Article
from bot.knowledge.faults import Fault
from bot.knowledge.models import EntryItem, EventItem, Inferred
from bot.knowledge.placeholders import unfilled
from bot.knowledge.provenance import MONTHS, unsupported
from bot.knowledge.reading import Files
from bot.knowledge.references import items, known_entries, references

# Telegram takes 4096 characters a message; the source line, the notes and the labels of
# the voices get the rest.
REPLY_LIMIT = 3500
_NEAR = 20  # characters shown on each side of a difference
# Words that may open a sentence of an answer though no text has them in lower case.
_OPENERS = frozenset({"according", "both", "each", "neither", "no", "nothing", "only", "yes"})
_DATE_FORMS = {
    "year": r"\d{4}",
    "month": r"\d{4}-(0[1-9]|1[0-2])",
    "day": r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
}


def verify(content: Files) -> list[Fault]:
    """Every fault that the files have together; [] if they hold."""
    locked = _Lock(content)
    return [
        *unfilled(content.yaml),
        *references(content),
        *_answers(content, locked),
        *_events(content, locked),
        *_voices(content),
    ]


class _Lock:
    """The provenance check with what it needs to know of the whole folder."""

    def __init__(self, content: Files) -> None:
        source, answers, vocabulary = content.source, content.answers, content.vocabulary
        self._whole = source is not None and vocabulary is not None
        self._voices = vocabulary.voices if vocabulary else {}
        self._names = vocabulary.names if vocabulary else {}
        self._source = ""
        if source:
            day = source.published
            date = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
            self._source = f"{source.title} {source.publisher} {source.place} {date}"
        lower = re.compile(r"\b[a-z]+\b")
        texts = chain(
            [content.article.text],
            (e.answer for e in answers.entries),
            (g.line for g in answers.gaps),
        )
        self._ordinary = {word for text in texts for word in lower.findall(text)} | _OPENERS

    def missing(
        self, text: str, passages: Sequence[str], inferred: Inferred | None, voice: str | None
    ) -> list[str]:
        """What `text` names and nothing that it rests on does; [] if that cannot be known."""
        if not self._whole:
            return []
        support = [self._source, *passages]
        if inferred:
            support.append(str(inferred.year))
        if voice:
            support.append(self._voices.get(voice, ""))
        return unsupported(text, support, self._names, self._ordinary)


def _answers(content: Files, locked: _Lock) -> Iterator[Fault]:
    file, article = content.yaml["answers.yaml"], content.article
    for place, item in items(content):
        if isinstance(item, EntryItem):
            text, where = item.answer, (*place, "answer")
            quotes: list[tuple[tuple[str | int, ...], str]] = [
                ((*place, "passages", n), p) for n, p in enumerate(item.passages)
            ]
            missing = locked.missing(text, item.passages, item.inferred, item.voice)
        else:
            text, where = item.line, (*place, "line")
            quotes = [((*place, "nearest"), item.nearest)] if item.nearest else []
            missing = []  # a gap's line names what the article lacks
        for at, quote in quotes:
            if article.cite(quote) is None:
                yield file.fault(at, _misquoted(item.id, quote, article))
        for name in missing:
            yield file.fault(
                where,
                f"'{item.id}' says '{name}', which stands in none of its passages;"
                " cite the passage that has it, declare an inferred year, or leave it out",
            )
        for n, date in enumerate(item.key.date):
            if not any(_is_date(date, precision) for precision in _DATE_FORMS):
                yield file.fault(
                    (*place, "key", "date", n),
                    f"'{item.id}' has the key date: {date}, which is no date; write it like 2002,"
                    " 2014-07 or 2019-08-02",
                )
        length = len(text) + sum(len(quote) for _, quote in quotes)
        if length > REPLY_LIMIT:
            yield file.fault(
                where,
                f"'{item.id}' is {length} characters long with its passages, Telegram takes"
                f" {REPLY_LIMIT}; shorten the answer or cite less",
            )


def _events(content: Files, locked: _Lock) -> Iterator[Fault]:
    if content.timeline is None:
        return
    file, article = content.yaml["timeline.yaml"], content.article
    entries = known_entries(content)
    previous = ""
    for n, event in enumerate(content.timeline.events):
        place = ("events", n)
        if not _is_date(event.date, event.precision):
            form = {"year": "2002", "month": "2014-07", "day": "2019-08-02"}[event.precision]
            yield file.fault(
                (*place, "date"),
                f"the date '{event.date}' is none, or does not fit the precision"
                f" '{event.precision}';"
                f" write it like {form}",
            )
        elif event.date < previous:
            yield file.fault(
                (*place, "date"), f"'{event.date}' comes after '{previous}'; put the earlier first"
            )
        previous = event.date
        if event.entry not in entries:
            yield file.fault(
                (*place, "entry"),
                f"refers to '{event.entry}', but there is no such entry; correct the id",
            )
        if article.cite(event.passage) is None:
            yield file.fault((*place, "passage"), _misquoted(event.date, event.passage, article))
        for name in _unsupported_event(event, locked):
            yield file.fault(
                (*place, "label"),
                f"the event of {event.date} says '{name}', which its passage does not;"
                " cite the passage that has it or declare an inferred year",
            )


def _is_date(text: str, precision: str) -> bool:
    if not re.fullmatch(_DATE_FORMS[precision], text):
        return False
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return year > 0 and day <= calendar.monthrange(year, month)[1]


def _unsupported_event(event: EventItem, locked: _Lock) -> list[str]:
    if not _is_date(event.date, event.precision):
        return []
    parts = event.date.split("-")
    text = f"{event.label}. The year {parts[0]}."
    if len(parts) > 1:
        month = MONTHS[int(parts[1]) - 1]
        text += f" In {month}." if event.precision == "month" else f" On {int(parts[2])} {month}."
    return locked.missing(text, [event.passage], event.inferred, None)


def _voices(content: Files) -> Iterator[Fault]:
    source = content.source
    if source is None or content.vocabulary is None:
        return
    words = set(re.findall(r"\w+", f"{content.article.text} {source.publisher} {source.place}"))
    for voice, label in content.vocabulary.voices.items():
        for name in re.findall(r"\b[A-Z]\w+", label):
            if name not in words:
                yield content.yaml["vocabulary.yaml"].fault(
                    ("voices", voice),
                    f"the voice '{voice}' is shown as '{label}', but the article does not name"
                    f" '{name}'; use the article's own name",
                )


def _misquoted(owner: str, quote: str, article: Article) -> str:
    nearest = article.nearest(quote)
    said, has = _around(quote, nearest)
    return (
        f"a passage of '{owner}' is not in article.txt; it says '{said}' where the article has"
        f" '{has}'; copy the article's words exactly"
    )


def _around(quote: str, nearest: str) -> tuple[str, str]:
    """Where two texts first differ, with what stands around it."""
    changes = [op for op in Levenshtein.opcodes(quote, nearest) if op.tag != "equal"]
    at = changes[0]
    return (
        f"…{quote[max(0, at.src_start - _NEAR) : at.src_start + 2 * _NEAR]}…",
        f"…{nearest[max(0, at.dest_start - _NEAR) : at.dest_start + 2 * _NEAR]}…",
    )
