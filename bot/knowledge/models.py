"""The files of a knowledge folder, key by key, as an editor writes them.

The models are the format's only definition: loading, the messages about faults and
the JSON Schemas for editors all come from them.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

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
