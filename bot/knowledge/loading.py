"""Loads a knowledge folder: all files read, all faults collected, or none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from rapidfuzz import process

from bot.knowledge.article import Article
from bot.knowledge.base import Entry, Event, Knowledge, Vocabulary
from bot.knowledge.models import (
    AnswersFile,
    Content,
    EntryItem,
    GapItem,
    Inferred,
    SourceFile,
    TimelineFile,
    VocabularyFile,
)
from bot.knowledge.references import Files
from bot.knowledge.verify import verify
from bot.knowledge.yamlfile import Fault, KnowledgeError, YamlFile, missing_file, read_yaml

_MODELS: dict[str, type[Content]] = {
    "source.yaml": SourceFile,
    "answers.yaml": AnswersFile,
    "timeline.yaml": TimelineFile,
    "vocabulary.yaml": VocabularyFile,
}
FILES = ("article.txt", *_MODELS)

_Model = TypeVar("_Model", bound=Content)


def default_folder() -> Path:
    """The folder shipped with the package; in a checkout, the one beside it."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_knowledge"
    return shipped if shipped.is_dir() else package.parent / "knowledge"


def load_knowledge(folder: Path | None = None) -> Knowledge:
    """Read and verify a folder; raise `KnowledgeError` with every fault found."""
    folder = folder or default_folder()
    if not folder.is_dir():
        reason = "is no folder; name a knowledge folder with --knowledge or KNOWLEDGE_DIR"
        raise KnowledgeError([Fault(str(folder), None, reason)])
    faults: list[Fault] = []
    article = _read_article(folder / "article.txt", faults)
    files: dict[str, YamlFile] = {}
    models: dict[str, Content] = {}
    for name, model in _MODELS.items():
        try:
            files[name] = read_yaml(folder / name)
            models[name] = _validate(files[name], model)
        except KnowledgeError as error:
            faults.extend(error.faults)
    if article is None or len(models) < len(_MODELS):
        raise KnowledgeError(faults)
    source, answers, timeline, vocabulary = models.values()
    assert isinstance(source, SourceFile)  # noqa: S101 - for the type checker alone
    assert isinstance(answers, AnswersFile)  # noqa: S101
    assert isinstance(timeline, TimelineFile)  # noqa: S101
    assert isinstance(vocabulary, VocabularyFile)  # noqa: S101
    faults.extend(verify(Files(files, article, source, answers, timeline, vocabulary)))
    if faults:
        raise KnowledgeError(faults)
    return Knowledge(
        version=_version(folder),
        source=source,
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
            for e in timeline.events
            if (c := article.cite(e.passage))
        ),
        vocabulary=Vocabulary(
            vocabulary.synonyms, vocabulary.abbreviations, vocabulary.names, vocabulary.smalltalk
        ),
    )


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


def _validate(file: YamlFile, model: type[_Model]) -> _Model:
    try:
        return model.model_validate(file.data)
    except ValidationError as error:
        raise KnowledgeError(
            [
                file.fault(fault["loc"], _explain(fault["loc"], fault["type"], fault["msg"], model))
                for fault in error.errors(include_url=False, include_input=False)
            ]
        ) from None


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
        case "string_type":
            return f"'{where}' must be text; put it in quotes"
        case "string_pattern_mismatch":
            return (
                f"'{where}': an id is lower-case letters, digits and hyphens; other text one line"
            )
        case "too_short" | "string_too_short":
            return f"'{where}' is empty; give at least one"
        case _:
            return f"'{where}': {message[0].lower()}{message[1:]}; see knowledge/README.md"


def _all_keys(model: type[Content]) -> set[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {key for part in parts for key in part.get("properties", {})}


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
        key=item.key,
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
        key=item.key,
        related=item.related,
    )


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return digest.hexdigest()[:6]
