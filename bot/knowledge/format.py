"""The format of the knowledge files, from which validation, messages and schemas are derived."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import ErrorDetails

from bot.knowledge.files import FILES
from bot.knowledge.nearest import choose, closest
from bot.knowledge.yaml_faults import describe_lookalikes, in_quotes
from bot.knowledge.yaml_lines import Place, YamlFile

ID, _ONE_LINE = r"^[a-z0-9]+(-[a-z0-9]+)*$", r"^[^\n]*$"
# One or two words that suit "the … says" and "one …": without “a” or “the”, and no plural.
_TEXT_TYPE = r"^(?!(?:an?|the) )(?:[a-z]+ )?[a-z]*(?:[a-rt-z]|[isu]s)$"
BETWEEN_IDS = r"[\s,;，/=:]+(?:(?:and|or) )?"  # as an editor may write it
# Callback data and deep links are limited to 64 characters, including our prefix.
Identifier = Annotated[str, StringConstraints(pattern=ID, max_length=48)]
# One of the ids of something else; which there are is known only when all files are read.
_OF_ID = {"type": "string", "pattern": ID, "maxLength": 48}
Reference = Annotated[str, WithJsonSchema(_OF_ID)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=_ONE_LINE)]
Phrasing = Annotated[Line, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Passage = Annotated[str, StringConstraints(min_length=1)]  # verbatim, so never stripped


def _as_list(value: object) -> object:
    """A single passage needs no list around it."""
    return (value,) if isinstance(value, str) else value


def _real_date(
    text: str, form: str = r"\d{4}(?:-\d\d){0,2}", like: str = "2002, 2014-07 or 2019-08-02"
) -> str:
    """Accept a day, month or year that there is."""
    if not re.fullmatch(form, text):
        padded = "-".join(part.zfill(2) for part in re.split(r"[-./ ]+", text))
        if re.fullmatch(form, padded):
            raise ValueError(f"; write {padded}: a month and a day have two digits, after a “-”")
        raise ValueError(f"; write the year first, then month and day, like {like}")
    try:
        dt.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError as error:
        raise ValueError(f": {error}; write one like {like}") from None
    return text


def _full_date(value: object) -> dt.date:
    """Accept a day that there is."""
    return dt.date.fromisoformat(_real_date(str(value), r"\d{4}-\d\d-\d\d", "2019-07-05"))


# For a text editor, 2002 is a number.
AsText = Annotated[str, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]})]
IsoDate = Annotated[AsText, AfterValidator(_real_date)]


class StrictModel(BaseModel):
    """Base of all models: immutable, and unknown keys are errors."""

    # The docstring under each key becomes its description in the JSON Schema.
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SourceFile(StrictModel):
    """source.yaml: where the article comes from."""

    model_config = ConfigDict(regex_engine="python-re")  # has lookaheads

    title: Line
    """The headline."""
    publisher: Line
    """Who published the article; shown under every answer."""
    place: Line = ""
    """The place named in the dateline, if there is one."""
    published: Annotated[dt.date, BeforeValidator(_full_date)]
    """The date of publication, like 2019-07-05."""
    language: Line
    """The language code, two letters, like en."""
    url: Line | None = None
    """Where to read the article online; leave it out unless you are sure."""
    text_type: Annotated[str, StringConstraints(pattern=_TEXT_TYPE)] = "article"
    """What the bot's fixed replies call the text, like notice, agreement or press release."""


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
    __pydantic_extra__: dict[str, tuple[Reference, ...]] = Field(init=False)

    agent: tuple[Reference, ...] = ()
    """Who does it: the one who acts."""
    patient: tuple[Reference, ...] = ()
    """Whom it is done to."""
    date: tuple[IsoDate, ...] = ()
    """Which dates it is about, like 2019-08-02 or 2018-12."""
    polarity: Literal["affirmed", "denied"] | None = None
    """affirmed if something is said to be true, denied if it is denied."""

    @property
    def names(self) -> dict[str, tuple[Reference, ...]]:
        """The ids of the names that it is about, by kind."""
        return self.__pydantic_extra__


class _Item(StrictModel):
    id: Identifier
    """Lower-case letters, digits and hyphens; never change it or use it for another entry."""
    topic: Reference
    """One of the topics at the top of the file."""
    question: Annotated[Line, StringConstraints(max_length=80)]
    """The question as shown to readers, at most 80 characters."""
    phrasings: tuple[Phrasing, ...] = Field(default=(), min_length=1)
    """How people really ask it; may also be in phrasings/ID.txt, one phrasing on each line."""
    uncut: bool = False
    """Allows passages of 45 words or more, where no clause alone would do."""
    key: Key = Key()
    """What the question is about, so that questions about something else do not get this reply."""
    related: tuple[Reference, ...] = ()
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
    voice: Reference
    """Whose claim it is: one of the voices in vocabulary.yaml; the article's own is `report`."""
    follow_ups: dict[Reference, Reference] = Field(default_factory=dict)
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
    entry: Reference
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
    follow_ups: dict[Reference, tuple[Line, ...]] = Field(default_factory=dict)
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
    "missing": "{line}“{key}: …” is missing; add it{above} ({description})",
    "string_too_short": "{what} is empty; write its text",
    "too_short": "{what} needs at least one item; begin each with “- ” on a line below it",
    "string_too_long": "{what} is too long; use at most {max_length} characters",
    "literal_error": "{what} must be {expected}",
    "tuple_type": "{what} must be a list; {listed}",
    "value_error": "'{written}' is not a date{error}",
    "model_type": "“{line}” is not enough here; write it like {example}, or delete it",
    "dict_type": "{what} needs lines like “word: text” below it, with two more spaces, without “-”",
    ID: "'{written}' is not a valid id; use lower-case letters and digits, like '{valid}'",
    _TEXT_TYPE: "'{written}' is not a type of text; write one or two words in the singular, in"
    " lower-case letters, without “the”, like notice or press release",
    _ONE_LINE: "{what} must be on a single line; remove the line break",
    "string_type": "{what} must be text in quotes{quoted}",
    "empty": "nothing follows “{line}”; write what belongs there{delete}",
    "list": "{what} must be one text, not a list; delete the brackets or hyphens in front of it",
    **dict.fromkeys(("bool_type", "bool_parsing"), "{what} must be true or false"),
    **dict.fromkeys(("int_type", "int_parsing"), "{what} must be a whole number"),
}


def without_consequences(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """The errors but for those that follow from others.

    If an item has an unknown key, the first stands for what else is unknown or missing in it.
    """
    unknown: dict[Place, ErrorDetails] = {}
    for error in errors:
        if error["type"] == "extra_forbidden":
            unknown.setdefault(error["loc"][:-1], error)

    def follows(error: ErrorDetails) -> bool:
        place = error["loc"]
        if error["type"] in {"missing", "extra_forbidden"}:
            return unknown.get(place[:-1], error) is not error
        below = (other["loc"] for other in errors if len(other["loc"]) > len(place))
        return error["type"] == "too_short" and any(one[: len(place)] == place for one in below)

    return [error for error in errors if not follows(error)]


def describe_error(error: ErrorDetails, model: type[StrictModel], file: YamlFile) -> str:
    """Say what is wrong in a file with the format `model`, and how to fix it."""
    place, kind, context = error["loc"], error["type"], error.get("ctx", {})
    keys = [str(step) for step in place if not isinstance(step, int) and step != "[key]"]
    key, line = keys[-1] if keys else "the file", file.written(place)
    written = error["input"] if place[-1:] != ("[key]",) and kind != "extra_forbidden" else key
    if isinstance(written, str) and (strange := describe_lookalikes(written)):
        return f"'{written}' {strange}"
    # A kind of names, or a misspelling of `polarity` and the like.
    is_misspelt = place[-2:-1] == ("key",) and closest(key, [*Key.model_fields]) not in {None, key}
    if kind == "extra_forbidden" or (is_misspelt and kind == "tuple_type"):
        return _describe_unknown_key(place, model, file)
    parent = _schema(place[:-1], model)
    is_item = bool(place) and isinstance(place[-1], int)
    description = above = ""
    if kind == "missing":
        description = parent["properties"][key]["description"].removesuffix(".")
        above = "".join(f" just above “{other}: …”" for other in list(written)[1:2])
        above, line = (" in the braces", "") if "{" in line else (above, "the line ")
    if written is None:
        kind = "empty"
    elif kind == "string_type" and isinstance(written, list):
        kind = "list"
    other = f"{{what}}: {error['msg'][0].lower()}{error['msg'][1:]}; see docs/editing.md"
    message = _MESSAGES.get(context.get("pattern", kind), other)
    head = "- " if is_item else f"{key}: "
    value = re.search(rf"{re.escape(head)} *(.+)", line)
    return message.format(
        key=key,
        # In a file of its own, a phrasing has no key.
        what="this phrasing"
        if is_item and place[2:3] == ("phrasings",)
        else f"{'an item of ' if is_item else ''}'{key}'",
        written=written,
        line=line,
        description=description,
        above=above,
        listed=_listed(key, head, value[1] if value else "", is_of_ids=model is AnswersFile),
        delete="" if key in parent.get("required", ()) and not is_item else ", or delete the line",
        valid="-".join(re.findall(r"[a-z0-9]+", str(written).lower())) or "closing-date",
        example=_example(place, model) if kind == "model_type" else "",
        quoted=f": {head}{in_quotes(value[1])}" if value else "",
        **context,
    )


def _listed(key: str, head: str, text: str, *, is_of_ids: bool) -> str:
    """Advice to make a list of a text: in brackets, unless it is made of sentences."""
    if not text or key in {"passages", "phrasings"}:
        return f"write each item on a line of its own below “{key}:”, after “- ”"
    between = BETWEEN_IDS if is_of_ids else "[,;/=:]"
    words = [word.strip() for word in re.split(between, text.strip("[](){}, "))]
    return f"write: {head}[{', '.join(words)}]"


def _describe_unknown_key(place: Place, model: type[StrictModel], file: YamlFile) -> str:
    """What to do about a key that does not exist, or not in this place."""
    key, parent = str(place[-1]), place[:-1]
    known = _schema(parent, model)["properties"]
    for name in known:
        if key in _schema((*parent, name), model).get("properties", ()):
            return f"'{key}' belongs into “{name}: {{…}}”; write it in its braces"
    required = _schema(parent, model).get("required", ())
    missing = [name for name in required if (*parent, name) not in file.locations]
    written = [str(at[-1]) for at in file.locations if at[:-1] == parent and at != parent]
    advice = choose(key, sorted(known))
    is_one_for_another = len(missing) == 1 and not {*written} - {*known, key}
    for name in model.model_fields:
        if not is_one_for_another and key in _schema((name, 0), model).get("properties", ()):
            mend = "move this whole item there" if missing else f"delete it, or {advice}"
            return f"“{key}: …” belongs to an item below “{name}:”; {mend}"
    if is_one_for_another and not closest(key, known):
        advice = f"did you mean '{missing[0]}', which is missing?"
    return f"unknown key '{key}' (the word before the colon); {advice}"


def _example(place: Place, model: type[StrictModel]) -> str:
    """How a value with keys of its own is written: “- id: …” or “inferred: {year: …}”."""
    keys = [f"{key}: …" for key in _schema(place, model)["properties"]][:2]
    if place and isinstance(place[-1], str):
        return f"“{place[-1]}: {{{', '.join(keys)}}}”"
    return f"“{'- ' if place else ''}{keys[0]}”, with more lines below it"


def _schema(place: Place, model: type[StrictModel]) -> dict[str, Any]:
    """The schema of what a file with the format `model` has at a place in it."""
    part = schema = model.model_json_schema()
    for step in place:
        part = part.get("items") or part.get("properties", {}).get(step, {})
        part = next(iter(part.get("anyOf", ())), part)
        if name := part.get("$ref"):
            part = schema["$defs"][name.rpartition("/")[2]]
    return part


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
