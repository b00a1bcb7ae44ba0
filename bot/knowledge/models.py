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
    "why", "who", "when", "where", "how", "what-next", "more", "russia", "us", "nato", "really",
    "source",
]  # fmt: skip


def _as_text(value: object) -> object:
    """YAML reads 2002 as a number and 2019-08-02 as a date; people mean the text."""
    return str(value) if isinstance(value, int | dt.date) and not isinstance(value, bool) else value


class Content(BaseModel):
    """Base of all: unknown keys are errors, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceFile(Content):
    """source.yaml: where the article comes from."""

    title: Line
    publisher: Line
    place: Line
    published: dt.date
    language: Line
    url: Line | None = None


class Inferred(Content):
    """A year that the article leaves out, with the reason why it is this one."""

    year: int = Field(ge=1000, le=9999)
    because: Line


class Key(Content):
    """The words that decide: a message with a conflicting one is not answered directly.

    The members name those of `names` in vocabulary.yaml; dates are ISO, to their precision.
    """

    agent: tuple[Identifier, ...] = ()
    patient: tuple[Identifier, ...] = ()
    actor: tuple[Identifier, ...] = ()
    treaty: tuple[Identifier, ...] = ()
    missile: tuple[Identifier, ...] = ()
    date: tuple[Annotated[str, BeforeValidator(_as_text)], ...] = ()
    polarity: Literal["affirmed", "denied"] | None = None


class EntryItem(Content):
    """A question that the article answers."""

    id: Identifier
    topic: Identifier
    question: Annotated[Line, StringConstraints(max_length=80)]
    phrasings: tuple[Line, ...] = Field(min_length=1)
    answer: Text
    passages: tuple[Passage, ...] = Field(min_length=1)
    voice: Identifier
    inferred: Inferred | None = None
    key: Key = Key()
    related: tuple[Identifier, ...] = ()
    follow_ups: dict[FollowUp, Identifier] = Field(default_factory=dict)


class GapItem(Content):
    """A question that people ask and the article does not answer."""

    id: Identifier
    topic: Identifier
    question: Annotated[Line, StringConstraints(max_length=80)]
    phrasings: tuple[Line, ...] = Field(min_length=1)
    line: Text
    nearest: Passage | None = None
    key: Key = Key()
    related: tuple[Identifier, ...] = ()


class AnswersFile(Content):
    """answers.yaml: the entries and the known gaps."""

    topics: dict[Identifier, Line]
    entries: tuple[EntryItem, ...] = Field(min_length=1)
    gaps: tuple[GapItem, ...] = ()


class EventItem(Content):
    """A date of the timeline, as precise as the article gives it."""

    date: Annotated[str, BeforeValidator(_as_text)]
    precision: Literal["year", "month", "day"]
    label: Annotated[Line, StringConstraints(max_length=90)]
    passage: Passage
    entry: Identifier
    inferred: Inferred | None = None


class TimelineFile(Content):
    """timeline.yaml: the events in the order of their dates."""

    events: tuple[EventItem, ...]


class SmalltalkItem(Content):
    """A pleasantry and what to say to it."""

    id: Identifier
    phrasings: tuple[Line, ...] = Field(min_length=1)
    reply: Text


class VocabularyFile(Content):
    """vocabulary.yaml: which words mean the same, and which must never be mixed up."""

    synonyms: tuple[tuple[Line, ...], ...] = ()
    abbreviations: dict[Annotated[str, BeforeValidator(_as_text)], Line] = Field(
        default_factory=dict
    )
    names: dict[Identifier, dict[Identifier, tuple[Line, ...]]] = Field(default_factory=dict)
    voices: dict[Identifier, Line]
    follow_ups: dict[FollowUp, tuple[Line, ...]] = Field(default_factory=dict)
    smalltalk: tuple[SmalltalkItem, ...] = ()
