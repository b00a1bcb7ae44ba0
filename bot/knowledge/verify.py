"""What an answer rests on: passages found, provenance locked, lengths within Telegram's."""

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from rapidfuzz.distance import Levenshtein

from bot.errors import Fault
from bot.knowledge.article import Article
from bot.knowledge.format import EntryItem, EventItem, GapItem, Inferred
from bot.knowledge.provenance import unsupported
from bot.knowledge.read import Files
from bot.knowledge.yaml_lines import YamlFile
from bot.language.dates import MONTHS

TODO = "TODO"


def unfilled(files: Mapping[str, YamlFile]) -> Iterator[Fault]:
    """A fault for each value that still begins with `TODO`."""
    for file in files.values():
        for place, value in _values(file.data, ()):
            if value.startswith(TODO):
                yield file.fault(
                    place,
                    f"'{'.'.join(map(str, place))}' is still to be filled in;"
                    f" put the right words in place of '{value}'",
                )


def _values(
    data: object, place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _values(value, (*place, str(key)))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _values(value, (*place, number))


_Place = tuple[str | int, ...]


def references(content: Files) -> list[Fault]:
    """Every id, reference or phrasing that does not fit; [] if all do."""
    return [
        *_identifiers(content),
        *_references(content),
        *_doubles(content),
        *_smalltalk(content),
    ]


def items(content: Files) -> Iterator[tuple[tuple[str, int], EntryItem | GapItem]]:
    """Every sound entry and gap with its place in answers.yaml."""
    for name, sound in (("entries", content.answers.entries), ("gaps", content.answers.gaps)):
        places = ((name, n) for n in count() if (name, n) not in content.left_out)
        yield from zip(places, sound, strict=False)


def known_entries(content: Files) -> set[str]:
    """The ids that may be referred to, those of faulty entries included."""
    raw = _raw(content, "answers.yaml", "entries")
    return {str(item.get("id")) for item in raw or () if isinstance(item, dict)}


def _raw(content: Files, file: str, *keys: str) -> Any:  # noqa: ANN401 - as YAML has it
    """What the editor wrote there, faulty or not: a fault is told once, where it is."""
    data = content.yaml[file].data if file in content.yaml else None
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data or ()


def _identifiers(content: Files) -> Iterator[Fault]:
    file, vocabulary = content.yaml["answers.yaml"], content.vocabulary
    topics = _raw(content, "answers.yaml", "topics")
    seen: dict[str, int] = {}
    for place, item in items(content):
        if item.id in seen:
            yield file.fault(
                (*place, "id"),
                f"the id '{item.id}' is taken by line {seen[item.id]}; choose another",
            )
        seen.setdefault(item.id, file.line((*place, "id")))
        if item.topic not in topics:
            yield file.fault(
                (*place, "topic"),
                f"'{item.id}' has the topic '{item.topic}', which is not under topics:;"
                " add it there or choose one that is",
            )
        if vocabulary is None:
            continue
        for kind, members in item.key.model_dump(exclude={"date", "polarity"}).items():
            kind_of_name = "actor" if kind in {"agent", "patient"} else kind
            known = _raw(content, "vocabulary.yaml", "names", kind_of_name)
            for member in members:
                if member not in known:
                    yield file.fault(
                        (*place, "key", kind),
                        f"'{item.id}' has the key {kind}: {member}, which names: in"
                        " vocabulary.yaml does not know; add its names there",
                    )


def _references(content: Files) -> Iterator[Fault]:
    file, vocabulary = content.yaml["answers.yaml"], content.vocabulary
    entries = known_entries(content)
    voices = _raw(content, "vocabulary.yaml", "voices") if vocabulary else ()
    for place, item in items(content):
        targets: list[tuple[_Place, str]] = [
            ((*place, "related", n), target) for n, target in enumerate(item.related)
        ]
        if isinstance(item, EntryItem):
            targets += [
                ((*place, "follow_ups", key), target) for key, target in item.follow_ups.items()
            ]
            if vocabulary and item.voice not in voices:
                yield file.fault(
                    (*place, "voice"),
                    f"'{item.id}' has the voice '{item.voice}', which voices: in"
                    " vocabulary.yaml does not know; add it there or choose one that is",
                )
        if item.id in item.related:
            number = item.related.index(item.id)
            yield file.fault(
                (*place, "related", number),
                f"'{item.id}' is related to itself; remove it or name another entry",
            )
        for where, target in targets:
            if target not in entries:
                yield file.fault(
                    where,
                    f"'{item.id}' refers to '{target}', but there is no such entry;"
                    " correct the id or remove the reference",
                )


def _doubles(content: Files) -> Iterator[Fault]:
    """The same words under two entries would make one of them unreachable."""
    file = content.yaml["answers.yaml"]
    seen: dict[tuple[str, ...], tuple[str, _Place]] = {}
    for place, item in items(content):
        wordings: list[tuple[_Place, str]] = [((*place, "question"), item.question)]
        wordings += [((*place, "phrasings", n), p) for n, p in enumerate(item.phrasings)]
        for where, wording in wordings:
            words = tuple(re.findall(r"\w+", wording.casefold()))
            if not words:
                yield file.fault(
                    where, f"the phrasing '{wording}' of '{item.id}' has no word; write some"
                )
                continue
            other, first = seen.setdefault(words, (item.id, where))
            if first != where:
                yield file.fault(
                    where,
                    f"the phrasing '{wording}' of '{item.id}' stands already under '{other}'"
                    f" (line {file.line(first)}); keep it where it belongs",
                )


def _smalltalk(content: Files) -> Iterator[Fault]:
    """Of two pleasantries with one id, or in the same words, one would never be said."""
    vocabulary = content.vocabulary
    raw = _raw(content, "vocabulary.yaml", "smalltalk")
    if vocabulary is None or len(raw) != len(vocabulary.smalltalk):
        return  # with faulty ones left out, the places are not known
    file = content.yaml["vocabulary.yaml"]
    ids: dict[str, int] = {}
    phrasings: dict[tuple[str, ...], str] = {}
    for number, item in enumerate(vocabulary.smalltalk):
        if ids.setdefault(item.id, number) != number:
            yield file.fault(
                ("smalltalk", number, "id"), f"the id '{item.id}' is taken; choose another"
            )
        for n, phrasing in enumerate(item.phrasings):
            words = tuple(re.findall(r"\w+", phrasing.casefold()))
            if words in phrasings:
                yield file.fault(
                    ("smalltalk", number, "phrasings", n),
                    f"the phrasing '{phrasing}' of '{item.id}' stands already under"
                    f" '{phrasings[words]}'; keep it where it belongs",
                )
            phrasings.setdefault(words, item.id)


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
