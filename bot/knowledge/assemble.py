"""Builds the `Knowledge` from a verified folder.

It is made of plain dataclasses: pydantic models need several times the memory and time.
"""

from itertools import chain

from bot.knowledge.article import Article
from bot.knowledge.format import EntryItem, GapItem, Inferred, VocabularyFile
from bot.knowledge.model import Entry, Event, Key, Knowledge, Source, Vocabulary
from bot.knowledge.read import Files
from bot.language.english import Smalltalk, english
from bot.language.text_list import TextList


def assemble(content: Files, version: str) -> Knowledge:
    """Build the knowledge from a folder without problems."""
    source, article, vocabulary = content.source, content.article, content.vocabulary
    assert source, "a missing file is a problem"  # noqa: S101 - for mypy
    assert vocabulary, "a missing file is a problem"  # noqa: S101
    origin = Source(**dict(source))
    entries = {item.id: _entry(item, article, vocabulary) for _, item in content.items()}
    smalltalk = [Smalltalk(i.id, i.phrasings, i.reply or "") for i in vocabulary.smalltalk]
    own = (entry.all_phrasings for entry in entries.values())
    said = (item.phrasings for item in smalltalk)
    taken = {phrasing.casefold() for phrasing in chain(vocabulary.elsewhere, *own, *said)}
    return Knowledge(
        version=version,
        source=origin,
        article=article,
        topics=content.answers.topics,
        entries=entries,
        events=tuple(
            Event(e.date, e.precision, e.label, c, e.entry, _note(e.inferred))
            for _, e in content.events()
            if (c := article.cite(e.passage))
        ),
        vocabulary=Vocabulary(
            english().with_synonyms(vocabulary.synonyms),
            {**english().abbreviations, **vocabulary.abbreviations},
            vocabulary.names,
            english().with_follow_ups(vocabulary.follow_ups),
            english().with_smalltalk(smalltalk, taken, origin.fill),
            vocabulary.elsewhere,
        ),
    )


def _note(inferred: Inferred | None) -> str | None:
    return f"{inferred.because[0].upper()}{inferred.because[1:]}." if inferred else None


def _entry(item: EntryItem | GapItem, article: Article, vocabulary: VocabularyFile) -> Entry:
    if isinstance(item, EntryItem):
        answer, quotes, voice = item.answer, item.passages, vocabulary.voices[item.voice]
        follow_ups = item.follow_ups
    else:
        answer, quotes, voice, follow_ups = item.line, item.nearest, None, {}
    return Entry(
        id=item.id,
        topic=item.topic,
        question=item.question,
        phrasings=TextList.of(item.phrasings),
        answer=answer,
        citations=tuple(c for quote in quotes if (c := article.cite(quote))),
        answerable=isinstance(item, EntryItem),
        voice=voice,
        note=_note(item.inferred),
        key=Key(item.key.agent, item.key.patient, item.key.date, item.key.polarity, item.key.names),
        related=item.related,
        follow_ups=follow_ups,
    )
