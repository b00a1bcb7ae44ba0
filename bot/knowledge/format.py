"""The files of a knowledge folder, key by key, as an editor writes them.

The models are the format's only definition: loading, the messages about faults and the JSON Schemas
for editors all come from them. A YAML file names its schema in its first line:
`# yaml-language-server: $schema=schemas/answers.json`.
"""

import ast
import datetime as dt
import inspect
import json
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.errors import InputError
from bot.knowledge.model import FILES

# A button's callback data and a deep link hold 64 characters, a prefix of ours included.
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\n]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Passage = Annotated[str, StringConstraints(min_length=1)]  # verbatim: never stripped
FollowUp = Literal[
    "why", "who", "says", "when", "where", "how", "what-next", "more", "russia", "us", "nato",
    "really", "source",
]  # fmt: skip


def _as_text(value: object) -> object:
    """YAML reads 2002 as a number and 2019-08-02 as a date; people mean the text."""
    return str(value) if isinstance(value, int | dt.date) and not isinstance(value, bool) else value


# What YAML reads as a number or a date is as good as text where people mean the text.
AsText = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | int)]


class Content(BaseModel):
    """Base of all: unknown keys are errors, values never change after loading."""

    # The text under each key becomes its description in the JSON Schema (bot/schemas.py);
    # pydantic's own use_attribute_docstrings would cost every start 60 ms.
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceFile(Content):
    """source.yaml: where the article comes from."""

    title: Line
    """The headline."""
    publisher: Line
    """Who published it; shown under every answer."""
    place: Line
    """The dateline's place."""
    published: dt.date
    """The day of publication, like 2019-07-05."""
    language: Line
    """Two letters, like en."""
    url: Line | None = None
    """Where to read it, only if known for sure."""


class Inferred(Content):
    """A year that the article leaves out, with the reason why it is this one."""

    year: int = Field(ge=1000, le=9999)
    """The year that the article leaves out."""
    because: Line
    """Why it is this one; shown to people."""


class Key(Content):
    """The words that decide: a message with a conflicting one is not answered directly.

    The members name those of `names` in vocabulary.yaml; dates are ISO, to their precision.
    """

    agent: tuple[Identifier, ...] = ()
    """Who does it."""
    patient: tuple[Identifier, ...] = ()
    """To whom it is done."""
    actor: tuple[Identifier, ...] = ()
    """Who it is about, whoever does what."""
    treaty: tuple[Identifier, ...] = ()
    """Which treaty it is about."""
    missile: tuple[Identifier, ...] = ()
    """Which missile it is about."""
    date: tuple[AsText, ...] = ()
    """Which dates it is about, like 2019-08-02 or 2018-12."""
    polarity: Literal["affirmed", "denied"] | None = None
    """Whether something is said to be so, or denied."""


class EntryItem(Content):
    """A question that the article answers."""

    id: Identifier
    """Small letters, digits and hyphens; never changed, never used again."""
    topic: Identifier
    """One of the topics at the top of the file."""
    question: Annotated[Line, StringConstraints(max_length=80)]
    """How the question is shown to people, at most 80 characters."""
    phrasings: tuple[Line, ...] = Field(min_length=1)
    """How people really ask it; ten or more, each in one entry only."""
    answer: Text
    """What the bot says: only what the passages say."""
    passages: tuple[Passage, ...] = Field(min_length=1)
    """The article's own words, copied exactly."""
    voice: Identifier
    """Whose claim it is: one of the voices of vocabulary.yaml."""
    inferred: Inferred | None = None
    """A year that the article leaves out, declared."""
    key: Key = Key()
    """The words that decide; a message with conflicting ones is not answered by this entry."""
    related: tuple[Identifier, ...] = ()
    """Ids of entries offered below the answer."""
    follow_ups: dict[FollowUp, Identifier] = Field(default_factory=dict)
    """What a short message after this answer leads to: `why` and the like, each with an id."""


class GapItem(Content):
    """A question that people ask and the article does not answer."""

    id: Identifier
    """Small letters, digits and hyphens, beginning with gap-."""
    topic: Identifier
    """One of the topics at the top of the file."""
    question: Annotated[Line, StringConstraints(max_length=80)]
    """How the question is shown to people, at most 80 characters."""
    phrasings: tuple[Line, ...] = Field(min_length=1)
    """How people really ask it; each in one entry only."""
    line: Text
    """What the bot says: that the article does not say it."""
    nearest: Passage | None = None
    """The article's own words that come closest, copied exactly."""
    key: Key = Key()
    """The words that decide."""
    related: tuple[Identifier, ...] = ()
    """Ids of entries offered below."""


class AnswersFile(Content):
    """answers.yaml: the entries and the known gaps."""

    topics: dict[Identifier, Line]
    """The topics in the order of the menu, each with its title."""
    entries: tuple[EntryItem, ...] = Field(min_length=1)
    """The questions that the article answers."""
    gaps: tuple[GapItem, ...] = ()
    """The questions that it does not answer."""


class EventItem(Content):
    """A date of the timeline, as precise as the article gives it."""

    date: AsText
    """As precise as the article gives it: 2002, 2014-07 or 2019-08-02."""
    precision: Literal["year", "month", "day"]
    """year, month or day, as the date is written."""
    label: Annotated[Line, StringConstraints(max_length=90)]
    """What happened, at most 90 characters."""
    passage: Passage
    """The article's own words, copied exactly."""
    entry: Identifier
    """The id of the entry that tells more."""
    inferred: Inferred | None = None
    """A year that the article leaves out, declared."""


class TimelineFile(Content):
    """timeline.yaml: the events in the order of their dates."""

    events: tuple[EventItem, ...]
    """The events, the earliest first."""


class SmalltalkItem(Content):
    """A pleasantry and what to say to it."""

    id: Identifier
    """Small letters, digits and hyphens."""
    phrasings: tuple[Line, ...] = Field(min_length=1)
    """What people say."""
    reply: Text
    """What the bot says."""


class VocabularyFile(Content):
    """vocabulary.yaml: which words mean the same, and which must never be mixed up."""

    synonyms: tuple[tuple[Line, ...], ...] = ()
    """Groups of words that mean the same in this article."""
    abbreviations: dict[AsText, Line] = Field(default_factory=dict)
    """Short forms of chats, each with what it means."""
    names: dict[Identifier, dict[Identifier, tuple[Line, ...]]] = Field(default_factory=dict)
    """Names that must not be mixed up: kinds, their members, and the names of each."""
    voices: dict[Identifier, Line]
    """Whose claims the answers state, as shown to people."""
    follow_ups: dict[FollowUp, tuple[Line, ...]] = Field(default_factory=dict)
    """How people ask on after an answer."""
    smalltalk: tuple[SmalltalkItem, ...] = ()
    """Greetings, thanks and the like."""


MODELS: Mapping[str, type[Content]] = dict(
    zip(FILES[1:], (SourceFile, AnswersFile, TimelineFile, VocabularyFile), strict=True)
)

_DAY = "must be a day like 2019-07-05"
_ONE = "is empty; give at least one"
_LIST = "must be a list: lines that begin with `- `"
_KEYS = "must be keys with their values: lines like `key: value`"
_MENDS = {
    "string_type": "must be text; put it in quotes",
    "invalid_key": "must be text; put it in quotes",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "too_short": _ONE,
    "string_too_short": _ONE,
    "tuple_type": _LIST,
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
}
_ALIKE = 60  # percent of two keys' letters; "vioce" and "voice" have 80


def describe_error(fault: ErrorDetails, model: type[Content]) -> str:
    """Say what is wrong with a file of `model`, and how to mend it."""
    place, context = fault["loc"], fault.get("ctx", {})
    where = ".".join(map(str, place))
    subject = f"'{where}'" if place else "the file"
    if place and place[-1] == "[key]":
        subject = f"the key '{place[-2]}' ({'.'.join(map(str, place[:-2]))})"
    match fault["type"]:
        case "missing":
            said = f"the key '{place[-1]}' is missing here ({where}); add it"
        case "extra_forbidden":
            said = f"unknown key '{place[-1]}' ({where}); {_hint(str(place[-1]), place, model)}"
        case "string_pattern_mismatch":
            said = f"{subject} {_form(str(context.get('pattern')))}"
        case "string_too_long":
            said = f"{subject} is too long: {context.get('max_length')} characters at most"
        case "literal_error":
            said = f"{subject} must be {context.get('expected')}"
        case kind if kind in _MENDS:
            said = f"{subject} {_MENDS[kind]}"
        case _:
            message = fault["msg"]
            said = f"{subject}: {message[0].lower()}{message[1:]}; see knowledge/README.md"
    return said


def _form(pattern: str) -> str:
    if "a-z" in pattern:
        return (
            "has signs that do not belong: an id is lower-case letters, digits and single hyphens"
            " between them"
        )
    return "must be one line"


def _hint(key: str, place: Sequence[str | int], model: type[Content]) -> str:
    known = sorted(_keys(place[:-1], model.model_json_schema()))
    close = process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"


def _keys(place: Sequence[str | int], schema: Mapping[str, Any]) -> list[str]:
    """The keys that may stand at a place of a file with that JSON Schema."""
    part = schema
    for step in place:
        part = part["items"] if isinstance(step, int) else part["properties"].get(step) or {}
        part = next(iter(part.get("anyOf", ())), part)
        if name := part.get("$ref"):
            part = schema["$defs"][name.rpartition("/")[2]]
    return list(part["properties"])


FOLDER = "schemas"


def schema_line(file: str) -> str:
    """The first line of a knowledge file, which tells an editor's program where its schema is."""
    return f"# yaml-language-server: $schema={FOLDER}/{_name(file)}"


class _Untitled(GenerateJsonSchema):
    """Without titles, which would only repeat the keys."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - the library's signature
        return False


def schemas() -> dict[str, str]:
    """The schema files, by name."""
    describe_error = _explanations()
    made = {}
    for file, model in MODELS.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(schema_generator=_Untitled),
        }
        for part in (schema, *schema.get("$defs", {}).values()):
            for key, text in describe_error[part["title"]].items():
                part["properties"][key]["description"] = text
        made[_name(file)] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return made


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder`, which is made if need be; return their paths."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, text in schemas().items():
            path = folder / name
            path.write_text(text, encoding="utf-8")
            paths.append(path)
    except OSError as error:
        raise InputError(
            f"{error.filename}: cannot be written ({error.strerror}); name another folder"
        ) from None
    return paths


def _explanations() -> dict[str, dict[str, str]]:
    """The text under each key of each model."""
    found: dict[str, dict[str, str]] = {}
    for model in ast.parse(inspect.getsource(sys.modules[__name__])).body:
        if isinstance(model, ast.ClassDef):
            texts = found.setdefault(model.name, {})
            for key, text in pairwise(model.body):
                match key, text:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(words))),
                    ):
                        texts[name] = words
    return found


def _name(file: str) -> str:
    return Path(file).with_suffix(".json").name
