"""What no single key can tell: ids, references and phrasings that must fit across the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from bot.knowledge.faults import Fault
from bot.knowledge.models import EntryItem, GapItem
from bot.knowledge.reading import Files

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
