"""Reads the files of a knowledge folder.

An invalid entry is left out but the rest are still verified, so that an editor sees every problem
at once.
"""

import contextlib
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from bot.errors import KnowledgeError, Problem, collected
from bot.knowledge.article import Article
from bot.knowledge.files import copies
from bot.knowledge.format import (
    MODELS,
    AnswersFile,
    EntryItem,
    EventItem,
    GapItem,
    SmalltalkItem,
    SourceFile,
    StrictModel,
    TimelineFile,
    VocabularyFile,
)
from bot.knowledge.format import Key as EntryKey
from bot.knowledge.format_errors import describe_error, without_consequences
from bot.knowledge.phrasings import add_phrasings, raw_items
from bot.knowledge.text_files import read_text
from bot.knowledge.yaml_faults import CONFLICT, garbled_unless_in
from bot.knowledge.yaml_lines import Place, YamlFile, read_yaml

_Model = TypeVar("_Model", bound=StrictModel)
_Item = TypeVar("_Item")


class PlacedPhrasing(NamedTuple):
    """A phrasing, with the entry that it belongs to and where it stands."""

    file: YamlFile
    place: Place
    owner: str
    text: str


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

    def phrasings(self) -> Iterator[PlacedPhrasing]:
        """Every valid phrasing, of small talk and of "elsewhere", too."""
        for place, item in self.items():
            answers = self.yaml["answers.yaml"]
            yield PlacedPhrasing(answers, (*place, "question"), item.id, item.question)
            for n, text in enumerate(item.phrasings):
                yield PlacedPhrasing(answers, (*place, "phrasings", n), item.id, text)
        for place, chat in self.chats():
            for n, text in enumerate(chat.phrasings):
                vocabulary = self.yaml["vocabulary.yaml"]
                yield PlacedPhrasing(vocabulary, (*place, "phrasings", n), chat.id, text)
        elsewhere = self.vocabulary.elsewhere if self.vocabulary else ()
        for place, text in self.valid("elsewhere", elsewhere):
            yield PlacedPhrasing(self.yaml["vocabulary.yaml"], place, "elsewhere", text)

    def valid(
        self, section: str, items: Iterable[_Item]
    ) -> Iterator[tuple[tuple[str, int], _Item]]:
        """The valid items of a list with their places in the file, where others may be invalid."""
        places = ((section, n) for n in itertools.count() if (section, n) not in self.left_out)
        yield from zip(places, items, strict=False)

    def ids(self, *sections: str) -> dict[str, Place]:
        """The ids in sections of answers.yaml, valid or not, with their places; "" for no text."""
        found: dict[str, Place] = {}
        for place, item in raw_items(self.yaml["answers.yaml"].data, *sections):
            id_ = item.get("id")
            found.setdefault(id_ if isinstance(id_, str) else "", (*place, "id"))
        return found

    def raw_keys(self, file: str, *keys: str) -> dict[str, tuple[str, ...]]:
        """The keys written below others in a file, valid or not, with their places."""
        data = self.yaml[file].data if file in self.yaml else None
        for key in keys:
            data = data.get(key) if isinstance(data, dict) else None
        return {str(key): (*keys, str(key)) for key in data} if isinstance(data, dict) else {}


def read_folder(folder: Path) -> tuple[Files | None, list[Problem]]:
    """Read every file; None instead of the content if the article or the answers are missing."""
    problems = copies(folder)
    yaml: dict[str, YamlFile] = {}
    article: Article | None = None
    with collected(problems):
        article = _read_article(folder / "article.txt")
    garbled = garbled_unless_in(article.text if article else "")
    for name, model in MODELS.items():
        keys = [*model.model_fields, *(_kinds(yaml) if model is VocabularyFile else ())]
        with collected(problems):
            file = read_yaml(folder / name, keys, partial(_wrong_lines, model))
            if not (faults := [Problem(name, *fault) for fault in garbled.find(file.text)]):
                yaml[name] = file
            problems += faults or file.problems
    unclaimed: Sequence[str] = ()
    if "answers.yaml" in yaml:
        unclaimed = add_phrasings(folder, yaml["answers.yaml"], garbled, problems)
    left_out: set[Place] = set()

    def valid(name: str, model: type[_Model]) -> _Model | None:
        return _validate(yaml[name], model, problems, left_out) if name in yaml else None

    answers = valid("answers.yaml", AnswersFile)
    source = valid("source.yaml", SourceFile)
    timeline = valid("timeline.yaml", TimelineFile)
    vocabulary = valid("vocabulary.yaml", VocabularyFile)
    if article is None or answers is None:
        return None, problems
    found = Files(yaml, article, answers, source, timeline, vocabulary, left_out, unclaimed)
    return found, problems


def _kinds(yaml: Mapping[str, YamlFile]) -> set[str]:
    """The kinds of names that entries have in their keys, as they are written below `names`."""
    places = yaml["answers.yaml"].locations if "answers.yaml" in yaml else ()
    kinds = {str(place[3]) for place in places if place[2:3] == ("key",) and place[3:]}
    return {f"  {kind}" for kind in kinds - set(EntryKey.model_fields) or {"actor"}}


def _read_article(path: Path) -> Article:
    text = read_text(path, (CONFLICT,))
    if not text.strip():
        reason = "is empty; put the article's text into it"
        raise KnowledgeError(Problem(path.name, None, reason))
    return Article.parse(text)


def _wrong_lines(model: type[StrictModel], file: YamlFile) -> list[int]:
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
    file: YamlFile, model: type[_Model], problems: list[Problem], left_out: set[Place]
) -> _Model | None:
    """Validate a file without its invalid list items, whose places are added to `left_out`."""
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
