"""Reads the files of a knowledge folder and builds the `Knowledge` from them.

An invalid entry is left out but the rest are still verified, so that an editor sees every problem
at once. The result is plain dataclasses: pydantic models need several times the memory and time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.errors import KnowledgeError, Problem
from bot.knowledge.article import Article
from bot.knowledge.format import (
    MODELS,
    AnswersFile,
    EntryItem,
    GapItem,
    Inferred,
    SourceFile,
    StrictModel,
    TimelineFile,
    VocabularyFile,
    describe_error,
    without_consequences,
)
from bot.knowledge.model import Entry, Event, Key, Knowledge, Smalltalk, Source, Vocabulary
from bot.knowledge.phrasings import add_phrasings
from bot.knowledge.yaml_faults import CONFLICT
from bot.knowledge.yaml_lines import Place, YamlFile, read_text, read_yaml
from bot.language.english import english
from bot.language.normalise import tokenize

_Model = TypeVar("_Model", bound=StrictModel)
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Files:
    """The valid content of a folder's files; None for a file that has none."""

    yaml: Mapping[str, YamlFile]
    article: Article
    answers: AnswersFile
    source: SourceFile | None
    timeline: TimelineFile | None
    vocabulary: VocabularyFile | None
    left_out: frozenset[Place]  # places of invalid items in answers.yaml and vocabulary.yaml

    def items(self) -> Iterator[tuple[tuple[str, int], EntryItem | GapItem]]:
        """Every valid entry and gap with its place in answers.yaml."""
        yield from self.valid("entries", self.answers.entries)
        yield from self.valid("gaps", self.answers.gaps)

    def valid(
        self, section: str, items: Iterable[_Item]
    ) -> Iterator[tuple[tuple[str, int], _Item]]:
        """The valid items of a list with their places in the file, where others may be invalid."""
        places = ((section, n) for n in count() if (section, n) not in self.left_out)
        yield from zip(places, items, strict=False)

    def ids(self, *lists: str) -> set[str]:
        """The ids that may be referred to, including those of invalid entries or gaps."""
        raw = [item for name in lists for item in self.raw("answers.yaml", name)]
        written = [str(item.get("id")) for item in raw if isinstance(item, dict)]
        # An id with a capital or a Cyrillic letter is reported where it stands, and only there.
        return {*written, *("-".join(tokenize(id_)) for id_ in written)}

    def raw(self, file: str, *keys: str) -> Any:  # noqa: ANN401 - unchecked YAML
        """The value as written, valid or not, so that an invalid one is not reported twice."""
        data = self.yaml[file].data if file in self.yaml else None
        for key in keys:
            data = data.get(key) if isinstance(data, dict) else None
        return data or ()


def read_folder(folder: Path) -> tuple[Files | None, list[Problem]]:
    """Read every file; None instead of the content if the article or the answers are missing."""
    problems: list[Problem] = []
    yaml: dict[str, YamlFile] = {}
    article = _read_article(folder / "article.txt", problems)
    for name in MODELS:
        try:
            yaml[name] = read_yaml(folder / name)
            problems.extend(yaml[name].duplicates)
        except KnowledgeError as error:
            problems.extend(error.problems)
    if "answers.yaml" in yaml:
        problems.extend(add_phrasings(folder, yaml["answers.yaml"]))
    answers, left_out = _validate_file(yaml, "answers.yaml", AnswersFile, problems)
    source, _ = _validate_file(yaml, "source.yaml", SourceFile, problems)
    timeline, _ = _validate_file(yaml, "timeline.yaml", TimelineFile, problems)
    vocabulary, also = _validate_file(yaml, "vocabulary.yaml", VocabularyFile, problems)
    if article is None or answers is None:
        return None, problems
    return Files(yaml, article, answers, source, timeline, vocabulary, left_out | also), problems


def _read_article(path: Path, problems: list[Problem]) -> Article | None:
    try:
        text = read_text(path)
    except KnowledgeError as error:
        problems.extend(error.problems)
        return None
    if conflict := next(CONFLICT.find(text), None):
        problems.append(Problem(path.name, *conflict))
        return None
    if text.startswith("\ufeff"):
        reason = "begins with a byte order mark (an invisible character)"
        problems.append(Problem(path.name, 1, f"{reason}; save it as UTF-8 without BOM"))
    if text.strip():
        return Article.parse(text)
    problems.append(Problem(path.name, None, "is empty; put the article's text into it"))
    return None


def _validate_file(
    yaml: Mapping[str, YamlFile], name: str, model: type[_Model], problems: list[Problem]
) -> tuple[_Model | None, frozenset[Place]]:
    """Validate a file, leaving out invalid list items; also return their places."""
    file = yaml.get(name)
    if file is None:
        return None, frozenset()
    try:
        return model.model_validate(file.data), frozenset()
    except ValidationError as error:
        errors = error.errors(include_url=False)
    reported = without_consequences(errors)
    problems.extend(file.problem(e["loc"], describe_error(e, model)) for e in reported)
    invalid = frozenset(tuple(e["loc"]) for e in errors)
    left_out = frozenset(place[:2] for place in invalid)
    try:
        return model.model_validate(_without(file.data, invalid)), left_out
    except ValidationError:
        return None, frozenset()


def _without(data: object, places: Collection[Place]) -> object:
    """A file's data without the values at `places`; list items that contain one are dropped."""
    if isinstance(data, dict):
        invalid = {place[0] for place in places if len(place) == 1 or place[1:] == ("[key]",)}
        return {
            key: _without(value, [p[1:] for p in places if p[:1] == (key,)])
            for key, value in data.items()
            if key not in invalid
        }
    if isinstance(data, list):
        invalid = {place[0] for place in places if place}
        return [item for number, item in enumerate(data) if number not in invalid]
    return data


def assemble(content: Files, version: str) -> Knowledge | None:
    """Build the knowledge from a verified folder; None if a file has no valid content."""
    source, article, answers = content.source, content.article, content.answers
    vocabulary = content.vocabulary
    if source is None or vocabulary is None or content.timeline is None:
        return None
    items: tuple[EntryItem | GapItem, ...] = (*answers.entries, *answers.gaps)
    return Knowledge(
        version=version,
        source=Source(**dict(source)),
        article=article,
        topics=answers.topics,
        entries={item.id: _entry(item, article, vocabulary) for item in items},
        events=tuple(
            Event(e.date, e.precision, e.label, c, e.entry, _note(e.inferred))
            for e in content.timeline.events
            if (c := article.cite(e.passage))
        ),
        vocabulary=Vocabulary(
            english().with_synonyms(vocabulary.synonyms),
            {**english().abbreviations, **vocabulary.abbreviations},
            vocabulary.names,
            english().with_follow_ups(vocabulary.follow_ups),
            tuple(Smalltalk(**dict(item)) for item in vocabulary.smalltalk),
            vocabulary.elsewhere,
        ),
    )


def _note(inferred: Inferred | None) -> str | None:
    return f"{inferred.because[0].upper()}{inferred.because[1:]}." if inferred else None


def _entry(item: EntryItem | GapItem, article: Article, vocabulary: VocabularyFile) -> Entry:
    if isinstance(item, EntryItem):
        answer, quotes, voice = item.answer, item.passages, vocabulary.voices[item.voice]
        note, follow_ups = _note(item.inferred), item.follow_ups
    else:
        answer, quotes, voice = item.line, (item.nearest,) if item.nearest else (), None
        note, follow_ups = None, {}
    return Entry(
        id=item.id,
        topic=item.topic,
        question=item.question,
        phrasings=item.phrasings,
        answer=answer,
        citations=tuple(c for quote in quotes if (c := article.cite(quote))),
        answerable=isinstance(item, EntryItem),
        voice=voice,
        note=note,
        key=Key(item.key.agent, item.key.patient, item.key.date, item.key.polarity, item.key.names),
        related=item.related,
        follow_ups=follow_ups,
    )
