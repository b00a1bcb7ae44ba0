"""Loads a knowledge folder as a whole, or refuses it with every fault found."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bot.knowledge.article import Article
from bot.knowledge.base import Entry, Event, Knowledge, Vocabulary
from bot.knowledge.models import EntryItem, GapItem, Inferred, VocabularyFile
from bot.knowledge.reading import FILES, read_folder
from bot.knowledge.verify import verify
from bot.knowledge.yamlfile import Fault, KnowledgeError


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
    content, faults = read_folder(folder)
    if content:
        faults.extend(verify(content))
    if faults or content is None or not (content.source and content.vocabulary):
        raise KnowledgeError(sorted(faults, key=_place))
    source, article, answers = content.source, content.article, content.answers
    vocabulary = content.vocabulary
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
            for e in (content.timeline.events if content.timeline else ())
            if (c := article.cite(e.passage))
        ),
        vocabulary=Vocabulary(
            vocabulary.synonyms,
            vocabulary.abbreviations,
            vocabulary.names,
            {str(key): cues for key, cues in vocabulary.follow_ups.items()},
            vocabulary.smalltalk,
        ),
    )


def _place(fault: Fault) -> tuple[int, int]:
    return FILES.index(fault.file), fault.line or 0


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
