"""The bot's reply, before a channel renders it, and the conversation it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from bot.knowledge import Citation

Status = Literal["answered", "suggested", "unanswered", "smalltalk"]
_MAX_SHOWN = 12  # entries remembered, so that "more" does not repeat them


ABSTAINED = "I couldn't find that in the {text_type}."
UNSURE = "I'm not sure what you mean. Perhaps one of these:"


@dataclass(frozen=True, slots=True)
class Section:
    """One answered question: the entry's text, and the passages it rests on."""

    entry: str | None
    text: str
    citations: tuple[Citation, ...] = ()
    note: str | None = None  # why the year must be the one it says
    heading: str = ""  # of the passages, if they are not what was asked for


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question the bot can answer, offered instead of a guess."""

    entry: str
    question: str
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """The whole decision on one message.

    There is one section per answered question, three at most. A known gap's section cites the
    nearest passage. `lead` comes first: a caution about later events, a contradiction, whose claim
    it is, or which question is left out. `question` is the message written out in full, if it was
    short for a question: "and ABM?".
    """

    text: str
    status: Status
    entry: str | None = None
    confidence: float = 0.0
    lead: str | None = None
    sections: tuple[Section, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    related: tuple[str, ...] = ()
    question: str = ""
    text_type: str = "article"  # in which it found nothing

    @property
    def answer(self) -> str:
        """The reply as plain text, without quotes and buttons."""
        notes = [f"{s.text}\n({s.note})" if s.note else s.text for s in self.sections]
        said = "\n\n".join(part for part in (self.lead, *notes) if part)
        other = UNSURE if self.status == "suggested" else ABSTAINED
        return said or other.format(text_type=self.text_type)

    @property
    def found_nothing(self) -> bool:
        """Whether it knows nothing about the question, not even that the article is silent."""
        return not (self.sections or self.suggestions)

    @property
    def offers(self) -> tuple[Suggestion, ...]:
        """The suggestions whose answers the reply does not already show."""
        shown = {section.entry for section in self.sections}
        return tuple(s for s in self.suggestions if s.entry not in shown)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The passages of all sections, each once, in order."""
        return tuple(dict.fromkeys(c for s in self.sections for c in s.citations))


@dataclass(frozen=True, slots=True)
class Conversation:
    """The context that one person's next message may refer to; immutable.

    `text` is the last question that was answered; `asked` is the last one if it was not. `shown`
    holds the entries answered so far, the latest last; `offered` holds those behind the buttons or
    numbers shown with the latest reply.
    """

    text: str = ""
    shown: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    asked: str = ""

    @property
    def last(self) -> str:
        """The last question, answered or not."""
        return self.asked or self.text

    @property
    def entry(self) -> str | None:
        """The entry answered last."""
        return self.shown[-1] if self.shown else None

    def after(self, reply: Reply) -> Conversation:
        """The context after a reply; small talk changes nothing."""
        if reply.status == "smalltalk":
            return self
        asked = reply.question or reply.text
        offered = (*(s.entry for s in reply.offers), *reply.related)
        entries = [s.entry for s in reply.sections if s.entry]
        if not entries:
            return replace(self, offered=offered, asked=asked)
        if reply.entry == self.entry:  # an answer repeated with another stays the subject
            entries.sort(key=lambda entry: entry == self.entry)
        return Conversation(asked, (*self.shown, *entries)[-_MAX_SHOWN:], offered)
