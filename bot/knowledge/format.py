"""The format of the knowledge files, from which validation, messages and schemas are derived."""

import contextlib
import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from bot.knowledge.files import FILES
from bot.knowledge.yaml_faults import describe_lookalikes, in_quotes
from bot.knowledge.yaml_lines import YamlFile

ID, _ONE_LINE = r"^[a-z0-9]+(-[a-z0-9]+)*$", r"^[^\n]*$"
# Callback data and deep links are limited to 64 characters, including our prefix.
Identifier = Annotated[str, StringConstraints(pattern=ID, max_length=48)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=_ONE_LINE)]
Phrasing = Annotated[Line, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Passage = Annotated[str, StringConstraints(min_length=1)]  # verbatim, so never stripped


def _as_text(value: object) -> object:
    """YAML reads 2002 as a number and 2019-08-02 as a date, but the editor means text."""
    return str(value) if isinstance(value, int | dt.date) and not isinstance(value, bool) else value


def _as_list(value: object) -> object:
    """A single passage needs no list around it."""
    return (value,) if isinstance(value, str) else value


def _real_date(text: str) -> str:
    """Accept a day, month or year that there is."""
    if not re.fullmatch(r"\d{4}(?:-\d\d){0,2}", text):
        raise ValueError("it has the wrong form")
    dt.date.fromisoformat(f"{text}-01-01"[:10])
    return text


AsText = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | int)]
IsoDate = Annotated[AsText, AfterValidator(_real_date)]


class StrictModel(BaseModel):
    """Base of all models: immutable, and unknown keys are errors."""

    # The docstring under each key becomes its description in the JSON Schema.
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SourceFile(StrictModel):
    """source.yaml: where the article comes from."""

    title: Line
    """The headline."""
    publisher: Line
    """Who published the article; shown under every answer."""
    place: Line = ""
    """The place named in the dateline, if there is one."""
    published: dt.date
    """The date of publication, like 2019-07-05."""
    language: Line
    """The language code, two letters, like en."""
    url: Line | None = None
    """Where to read the article online; leave it out unless you are sure."""


class Inferred(StrictModel):
    """A year that the article leaves out, with the reason for inferring it."""

    year: int = Field(ge=1000, le=9999)
    """The year that the article leaves out."""
    because: Line
    """Why it must be this year; shown to readers."""


class Key(StrictModel):
    """What an entry is about: it does not answer a message about somebody or something else.

    Any kind of `names` in vocabulary.yaml may be a key too, such as `actor` for whom it is about;
    its values, and those of `agent` and `patient`, are ids under `names`.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, tuple[Identifier, ...]] = Field(init=False)

    agent: tuple[Identifier, ...] = ()
    """Who does it: the one who acts."""
    patient: tuple[Identifier, ...] = ()
    """Whom it is done to."""
    date: tuple[IsoDate, ...] = ()
    """Which dates it is about, like 2019-08-02 or 2018-12."""
    polarity: Literal["affirmed", "denied"] | None = None
    """affirmed if something is said to be true, denied if it is denied."""

    @property
    def names(self) -> dict[str, tuple[Identifier, ...]]:
        """The ids of the names that it is about, by kind."""
        return self.__pydantic_extra__


class _Item(StrictModel):
    id: Identifier
    """Lower-case letters, digits and hyphens; never change it or use it for another entry."""
    topic: Identifier
    """One of the topics at the top of the file."""
    question: Annotated[Line, StringConstraints(max_length=80)]
    """The question as shown to readers, at most 80 characters."""
    phrasings: tuple[Phrasing, ...] = Field(default=(), min_length=1)
    """How people really ask it; may also be in phrasings/ID.txt, one phrasing on each line."""
    uncut: bool = False
    """Allows passages of 45 words or more, where no clause alone would do."""
    key: Key = Key()
    """What the question is about, so that questions about something else do not get this reply."""
    related: tuple[Identifier, ...] = ()
    """Ids of entries to offer below the reply."""
    inferred: Inferred | None = None
    """Declares a year in the reply that the article leaves out."""


OWN_VOICE = "report"  # of what the article itself reports; it needs no attribution


class EntryItem(_Item):
    """A question that the article answers."""

    answer: Text
    """What the bot replies; it may say only what the passages say."""
    passages: tuple[Passage, ...] = Field(min_length=1)
    """The words of the article, copied exactly."""
    voice: Identifier
    """Whose claim it is: one of the voices in vocabulary.yaml; the article's own is `report`."""
    follow_ups: dict[Identifier, Identifier] = Field(default_factory=dict)
    """For each short follow-up (`why`, or a name's id for "and the mayor?"), the entry or gap."""


class GapItem(_Item):
    """A question that people ask but the article does not answer; its id begins with gap-."""

    line: Text
    """What the bot replies: that the article does not say."""
    nearest: Annotated[
        tuple[Passage, ...], BeforeValidator(_as_list, json_schema_input_type=str | list[str])
    ] = ()
    """The words of the article that come closest, copied exactly: a passage, or a list of them."""


class AnswersFile(StrictModel):
    """answers.yaml: the entries and the known gaps."""

    topics: dict[Identifier, Line]
    """The topics in menu order, each with its title."""
    entries: tuple[EntryItem, ...] = Field(min_length=1)
    """The questions that the article answers."""
    gaps: tuple[GapItem, ...] = ()
    """The questions that the article does not answer."""


class EventItem(StrictModel):
    """An event of the timeline."""

    date: IsoDate
    """The date, as precise as the article gives it: 2002, 2014-07 or 2019-08-02."""
    precision: Literal["year", "month", "day"]
    """How precise the date is: year, month or day."""
    label: Annotated[Line, StringConstraints(max_length=90)]
    """What happened, at most 90 characters."""
    passage: Passage
    """The words of the article, copied exactly."""
    uncut: bool = False
    """Allows a passage of 45 words or more, where no clause alone would do."""
    entry: Identifier
    """The id of the entry that says more about it."""
    inferred: Inferred | None = None
    """Declares a year in the date that the article leaves out."""


class TimelineFile(StrictModel):
    """timeline.yaml: the events in the order of their dates."""

    events: tuple[EventItem, ...]
    """The events, the earliest first."""


class SmalltalkItem(StrictModel):
    """A greeting, thanks or the like, and the reply to it."""

    id: Identifier
    """Lower-case letters, digits and hyphens."""
    phrasings: tuple[Line, ...] = ()
    """What people say; the general small talk has its own phrasings."""
    reply: Text | None = None
    """What the bot replies; to general small talk it has a reply of its own."""


class VocabularyFile(StrictModel):
    """vocabulary.yaml: which words mean the same, and which must not be confused."""

    synonyms: tuple[tuple[Line, ...], ...] = ()
    """Groups of words that mean the same in this article."""
    abbreviations: dict[AsText, Line] = Field(default_factory=dict)
    """Short forms used in chats, each with its meaning."""
    names: dict[Identifier, dict[Identifier, tuple[Line, ...]]] = Field(default_factory=dict)
    """Names that must not be confused, by kind: under each kind, ids with their names."""
    voices: dict[Identifier, Line]
    """Who makes the claims in the answers: ids, each with the words shown to readers."""
    follow_ups: dict[Identifier, tuple[Line, ...]] = Field(default_factory=dict)
    """More ways to ask follow-up questions, by cue (`why`) or name."""
    elsewhere: tuple[Line, ...] = ()
    """Messages about other things that share words with the article; the bot answers none."""
    smalltalk: tuple[SmalltalkItem, ...] = ()
    """Greetings, thanks and the like."""


MODELS: Mapping[str, type[StrictModel]] = dict(
    zip(FILES[1:], (SourceFile, AnswersFile, TimelineFile, VocabularyFile), strict=True)
)

# What to say about each kind of error, and about what does not match a pattern.
_MESSAGES = {
    "missing": "the line “{key}: …” is missing; add it{above} ({description})",
    "string_too_long": "{what} is too long; use at most {max_length} characters",
    "literal_error": "{what} must be {expected}",
    "tuple_type": "{what} must be a list; write: {head}[{listed}]",
    "value_error": "'{written}' is not a date: {error}; write one like 2002, 2014-07 or 2019-08-02",
    "model_type": "“{line}” is not enough here; write it like {example}, or delete it",
    "dict_type": "{what} must be followed by lines like “word: text”",
    ID: "'{written}' is not a valid id; use lower-case letters and digits, like '{valid}'",
    _ONE_LINE: "{what} must be on a single line; remove the line break",
    **dict.fromkeys(("string_type", "invalid_key"), "{what} must be text in quotes{quoted}"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "{what} must be true or false"),
    **dict.fromkeys(
        ("date_parsing", "date_from_datetime_parsing"),
        "'{written}' is not a date: {error}; write one like 2019-07-05",
    ),
    **dict.fromkeys(("int_type", "int_parsing"), "{what} must be a whole number"),
}
_EMPTY = "nothing follows “{line}”; write what belongs there, or delete the line"
_NO_COLON = "a colon is missing in “{key}”; write “{colon}”"
_SEVERAL = "“{written}” is not one id but several; write: {commas}"
_MAX_LISTED = 12  # words, where there are more to choose from
# For each list of items that differ in their keys, the other one.
_SIBLINGS: Mapping[object, tuple[str, type[StrictModel]]] = {
    "entries": ("gaps", GapItem),
    "gaps": ("entries", EntryItem),
}
_ITEM_KEY = 3  # steps to a key of an item: the list, its number and the key
_SIMILAR = 75  # percent, to suggest a word; "vioce" is 80 % similar to "voice"


def choose(wrong: str, right: Iterable[str]) -> str:
    """Advice for a word that is none of `right`: the one that is probably meant, or which exist."""
    known = list(right)
    if close := closest(wrong, known):
        return f"did you mean '{close}'?"
    if len(known) > _MAX_LISTED:
        known = [*(name for name, *_ in process.extract(wrong, known, limit=_MAX_LISTED)), "..."]
    return f"choose one of: {', '.join(known)}" if known else "there are none yet"


def closest(wrong: str, right: Sequence[str]) -> str | None:
    """The word that is so similar that it is probably meant."""
    found = process.extractOne(wrong, right, scorer=fuzz.ratio, score_cutoff=_SIMILAR)
    return found[0] if found else None


def without_consequences(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """The errors but for what follows from others: a misspelt key is missing, a list too short."""
    return [error for error in errors if not any(_causes(other, error) for other in errors)]


def _causes(one: ErrorDetails, other: ErrorDetails) -> bool:
    here, there = one["loc"], other["loc"]
    if here[:-1] == there[:-1] and one["type"] == "extra_forbidden" and one is not other:
        if _right_section(one):  # all that the item lacks follows; the first key stands for all
            return other["type"] == "missing" or bool(_right_section(other) and here < there)
        return other["type"] == "missing" and bool(closest(str(there[-1]), [str(here[-1])]))
    if there == (*here, "[key]"):
        return one["input"] is None  # a colon is missing
    return other["type"] == "too_short" and len(here) > len(there) and here[: len(there)] == there


def _right_section(error: ErrorDetails) -> str:
    """The list in which a key that is unknown in another would be right; "" if there is none."""
    place = error["loc"]
    other, model = _SIBLINGS.get(place[0], ("", StrictModel))
    return other if len(place) == _ITEM_KEY and place[-1] in model.model_fields else ""


def describe_error(error: ErrorDetails, model: type[StrictModel], file: YamlFile) -> str:
    """Say what is wrong in a file with the format `model`, and how to fix it."""
    place, kind, context = error["loc"], error["type"], error.get("ctx", {})
    keys = [str(step) for step in place if not isinstance(step, int) and step != "[key]"]
    key, line = keys[-1] if keys else "the file", file.written(place)
    written = error["input"] if place[-1:] != ("[key]",) and kind != "extra_forbidden" else key
    if isinstance(written, str) and (strange := describe_lookalikes(written)):
        return f"'{written}' {strange}"
    # A kind of names, or a misspelling of `polarity` and the like.
    is_misspelt = kind == "tuple_type" and place[-2:-1] == ("key",) and key not in Key.model_fields
    if kind == "extra_forbidden" or is_misspelt:
        return _describe_unknown_key(error, model)
    description = above = ""
    if kind == "missing":
        description = _properties(place[:-1], model)[key]["description"].removesuffix(".")
        above = "".join(f" just above “{other}: …”" for other in list(written)[1:2])
    text, in_list = str(written), bool(place) and isinstance(place[-1], int)
    parts = re.split(r"[\s,;]+", text)
    message = _MESSAGES.get(
        context.get("pattern", kind),
        f"{{what}}: {error['msg'][0].lower()}{error['msg'][1:]}; see knowledge/README.md",
    )
    if written is None:
        message = _NO_COLON if " " in key else _EMPTY
    elif kind == "tuple_type" and line.endswith(":"):
        message = "{what} must be a list; begin each item below it with “- ”"
    elif in_list and message == _MESSAGES[ID] and all(re.fullmatch(ID, p) for p in parts):
        message = _SEVERAL
    head = "- " if in_list else f"{key}: "
    value = re.search(rf"{re.escape(head)} *([^\[{{,\]}}]+)", line)
    return message.format(
        key=key,
        # In a file of its own, a phrasing has no key.
        what="this phrasing"
        if place[2:3] == ("phrasings",)
        else f"{'an item of ' if in_list else ''}'{key}'",
        head=head,
        written=text,
        line=line,
        description=description,
        above=above,
        listed=text.strip("[]() ") if isinstance(written, str) else "…",
        valid="-".join(re.findall(r"[a-z0-9]+", text.lower())),
        colon=key.replace(" ", ": ", 1),
        commas=", ".join(parts),
        example=_example(place, model) if kind == "model_type" else "",
        quoted=f": {head}{in_quotes(value[1])}" if value else "",
        **context,
    )


def _describe_unknown_key(error: ErrorDetails, model: type[StrictModel]) -> str:
    """What to do about a key that does not exist, or not in this place."""
    place, key = error["loc"], str(error["loc"][-1])
    if section := _right_section(error):
        return f"“{key}: …” belongs to an item below “{section}:”; move this whole item there"
    known = _properties(place[:-1], model)
    for name in known:
        with contextlib.suppress(KeyError):
            if key in _properties((*place[:-1], name), model):
                return f"'{key}' belongs into “{name}: {{…}}”; write it in its braces"
    return f"unknown key '{key}' (the word before the colon); {choose(key, sorted(known))}"


def _example(place: Sequence[str | int], model: type[StrictModel]) -> str:
    """How a value with keys of its own is written: “- id: …” or “inferred: {year: …}”."""
    keys = [f"{key}: …" for key in _properties(place, model)][:2]
    if place and isinstance(place[-1], str):
        return f"“{place[-1]}: {{{', '.join(keys)}}}”"
    return f"“{'- ' if place else ''}{keys[0]}”, with more lines below it"


def _properties(place: Sequence[str | int], model: type[StrictModel]) -> dict[str, Any]:
    """The schema of each key that a file with the format `model` allows at a place in it."""
    part = schema = model.model_json_schema()
    for step in place:
        part = part["items"] if isinstance(step, int) else part["properties"].get(step) or {}
        part = next(iter(part.get("anyOf", ())), part)
        if name := part.get("$ref"):
            part = schema["$defs"][name.rpartition("/")[2]]
    return dict(part["properties"])


SCHEMA_FOLDER = "schemas"


def schema_line(file: str) -> str:
    """The first line of a knowledge file, which tells a text editor where to find its schema."""
    return f"# yaml-language-server: $schema={SCHEMA_FOLDER}/{_schema_name(file)}"


class _Untitled(GenerateJsonSchema):
    """Omits titles, which would only repeat the keys."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def schemas() -> dict[str, str]:
    """The contents of the schema files, by file name."""
    contents = {}
    for file, model in MODELS.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **model.model_json_schema(schema_generator=_Untitled),
        }
        contents[_schema_name(file)] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return contents


def _schema_name(file: str) -> str:
    return Path(file).with_suffix(".json").name
