"""Reads the files of a knowledge folder; what is sound is kept, what is not is told.

A faulty entry is left out and the rest still verified, so that an editor sees every
fault of a folder in one go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from rapidfuzz import process

from bot.knowledge.article import Article
from bot.knowledge.models import (
    AnswersFile,
    Content,
    SourceFile,
    TimelineFile,
    VocabularyFile,
)
from bot.knowledge.yamlfile import Fault, KnowledgeError, YamlFile, missing_file, read_yaml

MODELS: Mapping[str, type[Content]] = {
    "source.yaml": SourceFile,
    "answers.yaml": AnswersFile,
    "timeline.yaml": TimelineFile,
    "vocabulary.yaml": VocabularyFile,
}
FILES = ("article.txt", *MODELS)

_DAY = "must be a day like 2019-07-05"
_ONE = "is empty; give at least one"
_MENDS = {
    "string_type": "must be text; put it in quotes",
    "string_pattern_mismatch": (
        "has signs that do not belong: an id is lower-case letters, digits and hyphens; other text"
        " one line"
    ),
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "too_short": _ONE,
    "string_too_short": _ONE,
}

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
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        faults.append(Fault(path.name, None, missing_file(path)))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.append(Fault(path.name, line, "is not UTF-8 here; save the file as UTF-8"))
    else:
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
    faults.extend(
        file.fault(fault["loc"], _explain(fault["loc"], fault["type"], fault["msg"], model))
        for fault in found
    )
    bad = frozenset(tuple(fault["loc"][:2]) for fault in found)
    try:
        return model.model_validate(_without(file.data, bad)), bad
    except ValidationError:
        return None, frozenset()


def _without(data: object, places: frozenset[_Place]) -> object:
    if not isinstance(data, dict):
        return data
    return {
        key: [item for n, item in enumerate(value) if (key, n) not in places]
        if isinstance(value, list)
        else value
        for key, value in data.items()
    }


def _explain(place: Sequence[str | int], kind: str, message: str, model: type[Content]) -> str:
    """Pydantic's finding in an editor's words, with the mend."""
    key = str(place[-1]) if place else "the file"
    where = ".".join(map(str, place))
    match kind:
        case "missing":
            return f"the key '{key}' is missing here ({where}); add it"
        case "extra_forbidden":
            known = sorted(_all_keys(model))
            close = process.extractOne(key, known, score_cutoff=60)
            hint = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"
            return f"unknown key '{key}' ({where}); {hint}"
        case _ if kind in _MENDS:
            return f"'{where}' {_MENDS[kind]}"
        case _:
            return f"'{where}': {message[0].lower()}{message[1:]}; see knowledge/README.md"


def _all_keys(model: type[Content]) -> set[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {key for part in parts for key in part.get("properties", {})}
