"""Reads the files of a knowledge folder, and makes of them the knowledge as the program sees it.

A faulty entry is left out and the rest still verified, so that an editor sees every fault of a
folder in one go. The validation library's models end here: they take a multiple of the memory and
time of what is made of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.errors import Fault, KnowledgeError
from bot.knowledge.article import Article
from bot.knowledge.format import (
    MODELS,
    AnswersFile,
    Content,
    EntryItem,
    GapItem,
    Inferred,
    SourceFile,
    TimelineFile,
    VocabularyFile,
    describe_error,
)
from bot.knowledge.model import Entry, Event, Key, Knowledge, Smalltalk, Source, Vocabulary
from bot.knowledge.yaml_lines import YamlFile, read_text, read_yaml

_Model = TypeVar("_Model", bound=Content)
_Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """The sound content of a folder's files; a file that has none is None."""

    yaml: Mapping[str, YamlFile]
    article: Article
    answers: AnswersFile
    source: SourceFile | None
    timeline: TimelineFile | None
    vocabulary: VocabularyFile | None
    left_out: frozenset[_Place]  # places of faulty items in answers.yaml


def read_folder(folder: Path) -> tuple[Files | None, list[Fault]]:
    """Read every file; None where there is no article or nothing sound to verify with it."""
    faults: list[Fault] = []
    yaml: dict[str, YamlFile] = {}
    article = _read_article(folder / "article.txt", faults)
    for name in MODELS:
        try:
            yaml[name] = read_yaml(folder / name)
            faults.extend(yaml[name].doubles)
        except KnowledgeError as error:
            faults.extend(error.faults)
    answers, left_out = _model(yaml, "answers.yaml", AnswersFile, faults)
    source, _ = _model(yaml, "source.yaml", SourceFile, faults)
    timeline, _ = _model(yaml, "timeline.yaml", TimelineFile, faults)
    vocabulary, _ = _model(yaml, "vocabulary.yaml", VocabularyFile, faults)
    if article is None or answers is None:
        return None, faults
    return Files(yaml, article, answers, source, timeline, vocabulary, left_out), faults


def _read_article(path: Path, faults: list[Fault]) -> Article | None:
    try:
        text = read_text(path)
    except KnowledgeError as error:
        faults.extend(error.faults)
        return None
    if text.startswith("\ufeff"):
        reason = "begins with a byte order mark; save it as UTF-8 without one"
        faults.append(Fault(path.name, 1, reason))
    if text.strip():
        return Article.parse(text)
    faults.append(Fault(path.name, None, "is empty; put the article's text into it"))
    return None


def _model(
    yaml: Mapping[str, YamlFile], name: str, model: type[_Model], faults: list[Fault]
) -> tuple[_Model | None, frozenset[_Place]]:
    """Validate a file; where single list items are faulty, validate it without them."""
    file = yaml.get(name)
    if file is None:
        return None, frozenset()
    try:
        return model.model_validate(file.data), frozenset()
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    faults.extend(file.fault(fault["loc"], describe_error(fault, model)) for fault in found)
    bad = frozenset(tuple(fault["loc"]) for fault in found)
    left_out = frozenset(place[:2] for place in bad)
    try:
        return model.model_validate(_without(file.data, bad)), left_out
    except ValidationError:
        return None, frozenset()


def _without(data: object, places: Collection[_Place]) -> object:
    """A file's data without the faulty members of its lists and mappings, each as a whole."""
    if isinstance(data, dict):
        whole = {place[0] for place in places if len(place) == 1 or place[1:] == ("[key]",)}
        return {
            key: _without(value, [p[1:] for p in places if p[:1] == (key,)])
            for key, value in data.items()
            if key not in whole
        }
    if isinstance(data, list):
        faulty = {place[0] for place in places if place}
        return [item for number, item in enumerate(data) if number not in faulty]
    return data


def assemble(content: Files, version: str) -> Knowledge | None:
    """The knowledge of a verified folder; None if a file has no sound content."""
    source, article, answers = content.source, content.article, content.answers
    vocabulary = content.vocabulary
    if source is None or vocabulary is None or content.timeline is None:
        return None
    return Knowledge(
        version=version,
        source=Source(**dict(source)),
        article=article,
        topics=answers.topics,
        entries={
            entry.id: entry
            for entry in (
                *(_entry(item, article, vocabulary) for item in answers.entries),
                *(_gap(item, article) for item in answers.gaps),
            )
        },
        events=tuple(
            Event(e.date, e.precision, e.label, c, e.entry, _note(e.inferred))
            for e in content.timeline.events
            if (c := article.cite(e.passage))
        ),
        vocabulary=Vocabulary(
            vocabulary.synonyms,
            vocabulary.abbreviations,
            vocabulary.names,
            {str(key): cues for key, cues in vocabulary.follow_ups.items()},
            tuple(Smalltalk(**dict(item)) for item in vocabulary.smalltalk),
        ),
    )


def _note(inferred: Inferred | None) -> str | None:
    return f"{inferred.year} is inferred: {inferred.because}" if inferred else None


def _entry(item: EntryItem, article: Article, vocabulary: VocabularyFile) -> Entry:
    return Entry(
        id=item.id,
        topic=item.topic,
        question=item.question,
        phrasings=item.phrasings,
        answer=item.answer,
        citations=tuple(c for p in item.passages if (c := article.cite(p))),
        known=True,
        voice=vocabulary.voices[item.voice],
        note=_note(item.inferred),
        key=Key(**dict(item.key)),
        related=item.related,
        follow_ups={str(k): target for k, target in item.follow_ups.items()},
    )


def _gap(item: GapItem, article: Article) -> Entry:
    nearest = article.cite(item.nearest) if item.nearest else None
    return Entry(
        id=item.id,
        topic=item.topic,
        question=item.question,
        phrasings=item.phrasings,
        answer=item.line,
        citations=(nearest,) if nearest else (),
        known=False,
        key=Key(**dict(item.key)),
        related=item.related,
    )
