"""The format of the knowledge files, from which validation, messages and schemas are derived."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from bot.knowledge.files import FILES

ID, ONE_LINE = r"^[a-z0-9]+(-[a-z0-9]+)*$", r"^[^\n]*$"
# One or two words that suit "the … says" and "one …": without “a” or “the”, and no plural.
TEXT_TYPE = r"^(?!(?:an?|the) )(?:[a-z]+ )?[a-z]*(?:[a-rt-z]|[isu]s)$"
# Callback data and deep links are limited to 64 characters, including our prefix.
Identifier = Annotated[str, StringConstraints(pattern=ID, max_length=48)]
# One of the ids of something else; which there are is known only when all files are read.
_OF_ID = {"type": "string", "pattern": ID, "maxLength": 48}
Reference = Annotated[str, WithJsonSchema(_OF_ID)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=ONE_LINE)]
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
        padded = "-".join(part.zfill(2) for part in re.split(r"[-–—./ ]+", text))
        if re.fullmatch(form, padded):
            raise ValueError(
                f"; write {padded}: a month and a day have two digits, after a plain “-”"
            )
        raise ValueError(f"; write the year first, then month and day, like {like}")
    try:
        dt.date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        raise ValueError(f": the calendar has no such day; write one like {like}") from None
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
    text_type: Annotated[str, StringConstraints(pattern=TEXT_TYPE)] = "article"
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
