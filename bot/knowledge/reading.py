"""Reads the files of a knowledge folder; what is sound is kept, what is not is told.

A faulty entry is left out and the rest still verified, so that an editor sees every
fault of a folder in one go.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.knowledge.article import Article
from bot.knowledge.explanations import explained
from bot.knowledge.faults import Fault, KnowledgeError
from bot.knowledge.folder import FILES
from bot.knowledge.models import (
    AnswersFile,
    Content,
    SourceFile,
    TimelineFile,
    VocabularyFile,
)
from bot.knowledge.yamlfile import YamlFile, read_text, read_yaml

MODELS: Mapping[str, type[Content]] = dict(
    zip(FILES[1:], (SourceFile, AnswersFile, TimelineFile, VocabularyFile), strict=True)
)

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
    faults.extend(file.fault(fault["loc"], explained(fault, model)) for fault in found)
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
