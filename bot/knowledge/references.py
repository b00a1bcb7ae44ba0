"""What no single key can tell: ids, references and phrasings that must fit across the files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.knowledge.article import Article
from bot.knowledge.models import (
    AnswersFile,
    EntryItem,
    GapItem,
    SourceFile,
    TimelineFile,
    VocabularyFile,
)
from bot.knowledge.yamlfile import Fault, YamlFile


@dataclass(frozen=True, slots=True)
class Files:
    """All files of a folder, each valid by itself."""

    yaml: Mapping[str, YamlFile]
    article: Article
    source: SourceFile
    answers: AnswersFile
    timeline: TimelineFile
    vocabulary: VocabularyFile


def references(content: Files) -> list[Fault]:
    """Every id, reference or phrasing that does not fit; [] if all do."""
    file, answers, vocabulary = (
        content.yaml["answers.yaml"],
        content.answers,
        content.vocabulary,
    )
    return [
        *_identifiers(file, answers, vocabulary),
        *_references(file, answers, vocabulary),
        *_doubles(file, answers),
    ]


def items(answers: AnswersFile) -> Iterator[tuple[tuple[str, int], EntryItem | GapItem]]:
    """Every entry and gap with its place in answers.yaml."""
    yield from ((("entries", n), item) for n, item in enumerate(answers.entries))
    yield from ((("gaps", n), item) for n, item in enumerate(answers.gaps))


def _identifiers(
    file: YamlFile, answers: AnswersFile, vocabulary: VocabularyFile
) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for place, item in items(answers):
        if item.id in seen:
            yield file.fault(
                (*place, "id"),
                f"the id '{item.id}' is taken by line {seen[item.id]}; choose another",
            )
        seen.setdefault(item.id, file.line((*place, "id")))
        if item.topic not in answers.topics:
            yield file.fault(
                (*place, "topic"),
                f"'{item.id}' has the topic '{item.topic}', which is not under topics:;"
                " add it there or choose one that is",
            )
        for kind, members in item.key.model_dump(exclude={"date", "polarity"}).items():
            known = vocabulary.names.get("actor" if kind in {"agent", "patient"} else kind, {})
            for member in members:
                if member not in known:
                    yield file.fault(
                        (*place, "key", kind),
                        f"'{item.id}' has the key {kind}: {member}, which names: in"
                        " vocabulary.yaml does not know; add its names there",
                    )


def _references(
    file: YamlFile, answers: AnswersFile, vocabulary: VocabularyFile
) -> Iterator[Fault]:
    entries = {item.id for item in answers.entries}
    for place, item in items(answers):
        targets: list[tuple[tuple[str | int, ...], str]] = [
            ((*place, "related", n), target) for n, target in enumerate(item.related)
        ]
        if isinstance(item, EntryItem):
            targets += [
                ((*place, "follow_ups", key), target) for key, target in item.follow_ups.items()
            ]
            if item.voice not in vocabulary.voices:
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


def _doubles(file: YamlFile, answers: AnswersFile) -> Iterator[Fault]:
    """The same words under two entries would make one of them unreachable."""
    seen: dict[tuple[str, ...], tuple[str, int]] = {}
    for place, item in items(answers):
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
