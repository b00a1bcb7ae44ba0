"""What no single key can tell: ids, references and phrasings that must fit across the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

from bot.knowledge.models import EntryItem, GapItem
from bot.knowledge.reading import Files
from bot.knowledge.yamlfile import Fault


def references(content: Files) -> list[Fault]:
    """Every id, reference or phrasing that does not fit; [] if all do."""
    return [*_identifiers(content), *_references(content), *_doubles(content)]


def items(content: Files) -> Iterator[tuple[tuple[str, int], EntryItem | GapItem]]:
    """Every sound entry and gap with its place in answers.yaml."""
    for name, sound in (("entries", content.answers.entries), ("gaps", content.answers.gaps)):
        places = ((name, n) for n in count() if (name, n) not in content.left_out)
        yield from zip(places, sound, strict=False)


def known_entries(content: Files) -> set[str]:
    """The ids that may be referred to, those of faulty entries included."""
    data = content.yaml["answers.yaml"].data
    raw = data.get("entries") if isinstance(data, dict) else None
    return {str(item.get("id")) for item in raw or () if isinstance(item, dict)}


def _identifiers(content: Files) -> Iterator[Fault]:
    file, vocabulary = content.yaml["answers.yaml"], content.vocabulary
    seen: dict[str, int] = {}
    for place, item in items(content):
        if item.id in seen:
            yield file.fault(
                (*place, "id"),
                f"the id '{item.id}' is taken by line {seen[item.id]}; choose another",
            )
        seen.setdefault(item.id, file.line((*place, "id")))
        if item.topic not in content.answers.topics:
            yield file.fault(
                (*place, "topic"),
                f"'{item.id}' has the topic '{item.topic}', which is not under topics:;"
                " add it there or choose one that is",
            )
        if vocabulary is None:
            continue
        for kind, members in item.key.model_dump(exclude={"date", "polarity"}).items():
            known = vocabulary.names.get("actor" if kind in {"agent", "patient"} else kind, {})
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
    for place, item in items(content):
        targets: list[tuple[tuple[str | int, ...], str]] = [
            ((*place, "related", n), target) for n, target in enumerate(item.related)
        ]
        if isinstance(item, EntryItem):
            targets += [
                ((*place, "follow_ups", key), target) for key, target in item.follow_ups.items()
            ]
            if vocabulary and item.voice not in vocabulary.voices:
                yield file.fault(
                    (*place, "voice"),
                    f"'{item.id}' has the voice '{item.voice}', which voices: in"
                    " vocabulary.yaml does not know; add it there or choose one that is",
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
    seen: dict[tuple[str, ...], tuple[str, int]] = {}
    for place, item in items(content):
        wordings: list[tuple[tuple[str | int, ...], str]] = [((*place, "question"), item.question)]
        wordings += [((*place, "phrasings", n), p) for n, p in enumerate(item.phrasings)]
        for where, wording in wordings:
            words = tuple(re.findall(r"\w+", wording.casefold()))
            other, line = seen.setdefault(words, (item.id, file.line(where)))
            if line != file.line(where):
                yield file.fault(
                    where,
                    f"the phrasing '{wording}' of '{item.id}' stands already under '{other}'"
                    f" (line {line}); keep it where it belongs",
                )
