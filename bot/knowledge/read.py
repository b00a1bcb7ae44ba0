"""Reads the files of a knowledge folder and builds the `Knowledge` from them.

An invalid entry is left out but the rest are still verified, so that an editor sees every problem
at once. The result is plain dataclasses: pydantic models need several times the memory and time.
"""

import contextlib
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.errors import KnowledgeError, Problem
from bot.knowledge.article import Article
from bot.knowledge.files import FILES, copies
from bot.knowledge.format import (
    MODELS,
    AnswersFile,
    EntryItem,
    EventItem,
    GapItem,
    Inferred,
    SmalltalkItem,
    SourceFile,
    StrictModel,
    TimelineFile,
    VocabularyFile,
    describe_error,
    without_consequences,
)
from bot.knowledge.format import Key as EntryKey
from bot.knowledge.model import Entry, Event, Key, Knowledge, Source, Vocabulary
from bot.knowledge.phrasings import add_phrasings
from bot.knowledge.yaml_faults import CONFLICT, GARBLED
from bot.knowledge.yaml_lines import Place, YamlFile, read_text, read_yaml
from bot.language.english import Smalltalk, english
from bot.language.text_list import TextList

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
    left_out: Collection[Place]  # places of invalid items of lists
    unclaimed: Sequence[str]  # the ids after which files of phrasings are named, but no entry

    def items(self) -> Iterator[tuple[tuple[str, int], EntryItem | GapItem]]:
        """Every valid entry and gap with its place in answers.yaml, if its id is not taken."""
        seen = set()
        for place, item in self.all_items():
            if item.id not in seen:
                seen.add(item.id)
                yield place, item

    def all_items(self) -> Iterator[tuple[tuple[str, int], EntryItem | GapItem]]:
        """Like `items`, but with those whose id is taken."""
        yield from self.valid("entries", self.answers.entries)
        yield from self.valid("gaps", self.answers.gaps)

    def events(self) -> Iterator[tuple[tuple[str, int], EventItem]]:
        """Every valid event with its place in timeline.yaml."""
        return self.valid("events", self.timeline.events if self.timeline else ())

    def chats(self) -> Iterator[tuple[tuple[str, int], SmalltalkItem]]:
        """Every valid item of small talk with its place in vocabulary.yaml."""
        return self.valid("smalltalk", self.vocabulary.smalltalk if self.vocabulary else ())

    def valid(
        self, section: str, items: Iterable[_Item]
    ) -> Iterator[tuple[tuple[str, int], _Item]]:
        """The valid items of a list with their places in the file, where others may be invalid."""
        places = ((section, n) for n in itertools.count() if (section, n) not in self.left_out)
        yield from zip(places, items, strict=False)

    def ids(self, *lists: str) -> dict[str, Place]:
        """The ids in lists in answers.yaml, valid or not, with their places; "" for no text."""
        found: dict[str, Place] = {}
        for name in lists:
            items = self.raw("answers.yaml", name)
            for number, item in enumerate(items if isinstance(items, list) else ()):
                id_ = item.get("id") if isinstance(item, dict) else None
                found.setdefault(id_ if isinstance(id_, str) else "", (name, number, "id"))
        return found

    def raw(self, file: str, *keys: str) -> Any:  # noqa: ANN401 - unchecked YAML
        """The value as written, valid or not, so that an invalid one is not reported twice."""
        data = self.yaml[file].data if file in self.yaml else None
        for key in keys:
            data = data.get(key) if isinstance(data, dict) else None
        return data

    def raw_keys(self, file: str, *keys: str) -> dict[str, tuple[str, ...]]:
        """The keys written below others in a file, valid or not, with their places."""
        data = self.raw(file, *keys)
        return {str(key): (*keys, str(key)) for key in data} if isinstance(data, dict) else {}


def read_folder(folder: Path) -> tuple[Files | None, list[Problem]]:
    """Read every file; None instead of the content if the article or the answers are missing."""
    problems = copies(folder)
    yaml: dict[str, YamlFile] = {}
    article = None
    for name in FILES:
        try:
            if name in MODELS:
                model = MODELS[name]
                keys = [*model.model_fields, *(_kinds(yaml) if model is VocabularyFile else ())]
                file = read_yaml(folder / name, keys, partial(_wrong, model))
                _require_no_garble(file, article)
                yaml[name] = file
                problems.extend(file.problems)
            else:
                article = _read_article(folder / name)
        except KnowledgeError as error:
            problems.extend(error.problems)
    unclaimed: Sequence[str] = ()
    if "answers.yaml" in yaml:
        unclaimed = add_phrasings(folder, yaml["answers.yaml"], problems)
    left_out: set[Place] = set()
    answers = _validate(yaml.get("answers.yaml"), AnswersFile, problems, left_out)
    source = _validate(yaml.get("source.yaml"), SourceFile, problems, left_out)
    timeline = _validate(yaml.get("timeline.yaml"), TimelineFile, problems, left_out)
    vocabulary = _validate(yaml.get("vocabulary.yaml"), VocabularyFile, problems, left_out)
    if article is None or answers is None:
        return None, problems
    found = Files(yaml, article, answers, source, timeline, vocabulary, left_out, unclaimed)
    return found, problems


def _kinds(yaml: Mapping[str, YamlFile]) -> set[str]:
    """The kinds of names that entries have in their keys, as they are written below `names`."""
    places = yaml["answers.yaml"].locations if "answers.yaml" in yaml else ()
    kinds = {str(place[3]) for place in places if place[2:3] == ("key",) and place[3:]}
    return {f"  {kind}" for kind in kinds - set(EntryKey.model_fields) or {"actor"}}


def _require_no_garble(file: YamlFile, article: Article | None) -> None:
    """Raise `KnowledgeError` for characters lost in saving, but not for what the article has."""
    own = {found[:2] for found in GARBLED.pattern.findall(article.text if article else "")}
    text = GARBLED.pattern.sub(lambda found: " " if found[0][:2] in own else found[0], file.text)
    if faults := [Problem(file.name, *fault) for fault in GARBLED.find(text)]:
        raise KnowledgeError(faults)


def _read_article(path: Path) -> Article:
    text = read_text(path, (CONFLICT,))
    if not text.strip():
        reason = "is empty; put the article's text into it"
        raise KnowledgeError([Problem(path.name, None, reason)])
    return Article.parse(text)


def _wrong(model: type[StrictModel], file: YamlFile) -> list[int]:
    """The lines of what is wrong with a file, and where the items begin that have it."""
    lines, missing = [], set[str]()
    try:
        model.model_validate(file.data)
    except ValidationError as error:
        for found in without_consequences(error.errors(include_url=False)):
            lines += [file.line(found["loc"]), file.line(found["loc"][:2])]
            if found["type"] == "missing":
                missing.add(str(found["loc"][-1]))
    return lines + file.swallowed(missing)


def _validate(
    file: YamlFile | None, model: type[_Model], problems: list[Problem], left_out: set[Place]
) -> _Model | None:
    """Validate a file without its invalid list items, whose places are added to `left_out`."""
    if file is None:
        return None
    # Of an item with a key that stands twice, it is unknown what is meant.
    invalid = {place[:2] for place in file.repeated if len(place) > 1 and isinstance(place[1], int)}
    errors = []
    try:
        valid = model.model_validate(file.data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        invalid |= {tuple(found["loc"]) for found in errors}
    if not invalid:
        return valid
    problems.extend(
        file.problem(error["loc"], describe_error(error, model, file))
        for error in without_consequences(errors)
    )
    if any(len(place) == 1 for place in invalid):
        return None  # without a whole section, much else would be missing
    left_out |= {place[:2] for place in invalid}
    with contextlib.suppress(ValidationError):
        return model.model_validate(_without(file.data, invalid))
    return None


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
    origin = Source(**dict(source))
    items: tuple[EntryItem | GapItem, ...] = (*answers.entries, *answers.gaps)
    entries = {item.id: _entry(item, article, vocabulary) for item in items}
    smalltalk = [Smalltalk(i.id, i.phrasings, i.reply or "") for i in vocabulary.smalltalk]
    lists = (e.all_phrasings for e in entries.values())
    own = (*vocabulary.elsewhere, *(p for item in smalltalk for p in item.phrasings))
    taken = {phrasing.casefold() for phrasing in itertools.chain(own, *lists)}
    return Knowledge(
        version=version,
        source=origin,
        article=article,
        topics=answers.topics,
        entries=entries,
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
