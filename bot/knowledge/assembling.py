"""Makes of the files of a folder, as an editor writes them, the knowledge as the program sees it.

The validation library's models end here: they take a multiple of the memory and time of what
is made of them, and whatever keeps the knowledge would need the library again.
"""

from __future__ import annotations

from bot.knowledge import models
from bot.knowledge.article import Article
from bot.knowledge.base import Entry, Event, Key, Knowledge, Smalltalk, Source, Vocabulary
from bot.knowledge.reading import Files


def assembled(content: Files, version: str) -> Knowledge | None:
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


def _note(inferred: models.Inferred | None) -> str | None:
    return f"{inferred.year} is inferred: {inferred.because}" if inferred else None


def _entry(item: models.EntryItem, article: Article, vocabulary: models.VocabularyFile) -> Entry:
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


def _gap(item: models.GapItem, article: Article) -> Entry:
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
