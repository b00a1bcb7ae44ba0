"""Composes the reply from the verdicts on a message."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from bot.answering.decide import ANSWER, LIKELY, SUGGEST, Candidate, Verdict
from bot.answering.message import NEGATIONS, as_written
from bot.answering.reply import ABSTAINED, UNSURE, Reply, Section, Status, Suggestion
from bot.answering.small_talk import SMALLTALK
from bot.answering.verify import Conflict
from bot.knowledge import Entry, Knowledge
from bot.language.dates import asks_about_now, find_dates, format_day, later_year
from bot.language.foreign import ENGLISH_ONLY
from bot.language.normalise import asks_yes_or_no, word_set
from bot.language.sentences import asks_openly

_MAX_SUGGESTED = 3
MAX_RELATED = 2
_DENIALS = {
    "date": "The {text_type} doesn't give that date for it. It does say:",
    "polarity": "The {text_type} puts it like this:",
    "advice": "The {text_type} gives no advice of its own. It does report:",
    "opinion": "The {text_type} gives no verdict on that. It does say:",
}
_OFFERED = "hypothesis"  # what if: the article may have a rule, or a plan, for that very case
# Of answers below this confidence, one in seven is to another question, and its yes or no untrue.
_YES_OR_NO_FROM = 0.9
# But not “No deadline is mentioned”.
_YES_OR_NO = re.compile(r"^(?:Yes|No)[,.:;]\s*(?:not according to the [\w ]+:\s*)?")
# “So nothing can be done?”, “is it safe or not?”: a yes may be understood either way; “is it out
# of danger?” asks the opposite of “is it in danger?”
_NEITHER_YES_NOR_NO = NEGATIONS | word_set("no none nobody nothing or out without against")
# Before an answer that is given again, to "says who?" or "really?".
_AGAIN = {"says": "That comes from {voice}:", "really": "That is what the {text_type} says:"}
_CLOSEST = "The closest it comes:"
_REVERSED = "In the {text_type} it is the other way round:"
_UNNAMED = "The {text_type} doesn't connect that with {asked}. It does say:"
_LEFT_OUT = "Please ask “{asked}” by itself. As for the rest:"
_CAUTION = (
    "The {text_type} was published on {day} and can't say what happened later."
    " What it said that day:"
)
_OTHER_NAME = "The {text_type} says this of {named}, not of {asked}:"


class Composer:
    """Composes an answer, a contradiction, a gap's line, suggestions or small talk."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._entries = knowledge.entries
        self._fill, self._caution = knowledge.source.fill, caution(knowledge)
        self._published = knowledge.source.published
        self._article = knowledge.article
        self._told = {date.year for date in find_dates(self._article.text)}
        names = knowledge.vocabulary.names.values()
        self._forms = {member: forms for ids in names for member, forms in ids.items()}
        self._smalltalk = {SMALLTALK + s.id: s.reply for s in knowledge.vocabulary.smalltalk}

    def opened(self, *entries: Entry) -> Reply:
        """The reply to a button or the like that names an entry, or several."""
        return self._answered(entries[0].question, entries, 1.0)

    def followed_up(
        self, text: str, cue: str | None, entries: Sequence[Entry], last: str | None
    ) -> Reply:
        """The reply to a message that is only a cue, such as "why?", after the answer `last`.

        Another answer's yes or no would seem to be about what was said last, unless one was asked
        for ("did they agree?").
        """
        reply = self.opened(*entries)
        if cue == "quote":
            reply = replace(reply, sections=tuple(map(self._quoted_in_full, reply.sections)))
        if (template := _AGAIN.get(cue or "")) and (voice := entries[0].voice):
            reply = replace(reply, lead=self._fill(template, voice=voice))
        return reply if asks_yes_or_no(text) else self._without_yes_or_no(reply, [last or ""])

    def _quoted_in_full(self, section: Section) -> Section:
        """A section with the whole sentences of its passages, each once."""
        whole = map(self._article.in_full, section.citations)
        return replace(section, citations=tuple(dict.fromkeys(whole)))

    def _without_yes_or_no(self, reply: Reply, but: Collection[str] = ()) -> Reply:
        """A reply whose answers, `but` for some, do not begin with yes or no."""
        sections = (s if s.entry in but else _stripped(s) for s in reply.sections)
        return replace(reply, sections=tuple(sections))

    def reply(
        self,
        text: str,
        verdicts: Sequence[Verdict],
        further: Sequence[str] = (),
        left_out: str = "",
        agreeing: Collection[str] = (),
    ) -> Reply:
        """The reply to a message; several verdicts answer several questions in one message.

        If they answer it, so do the `further` entries; `left_out` is a question that none of them
        answers. Only of `agreeing` entries, a yes or no answers what was asked.
        """
        first = verdicts[0]
        best = first.best
        if best is None:
            return Reply(text, "unanswered")
        if best.entry in self._smalltalk:
            if best.confidence >= ANSWER:
                section = Section(None, self._smalltalk[best.entry])
                return Reply(text, "smalltalk", None, best.confidence, sections=(section,))
            return self._unsure(text, first)
        if best.conflict and _is_denied(best):
            return self._contradicted(text, first, best, best.conflict)
        if not first.is_settled:
            return self._unsure(text, first)
        named = dict.fromkeys([*(v.best.entry for v in verdicts if v.best), *further])
        entries = [self._entries[entry] for entry in named if entry in self._entries]
        # "Is it safe or in danger?" gets one answer, not the same one with a yes and with a no.
        told = {_YES_OR_NO.sub("", entry.answer): entry for entry in reversed(entries)}
        entries = [*reversed(told.values())]
        confidence = min(v.confidence for v in verdicts)
        reply = self._answered(text, entries, confidence, self._offers(first))
        is_ambiguous = not _NEITHER_YES_NOR_NO.isdisjoint(first.message.tokens)
        is_plain = not (is_ambiguous or asks_openly(text) or confidence < _YES_OR_NO_FROM)
        reply = self._without_yes_or_no(reply, agreeing if is_plain else ())
        is_late = asks_about_now(text) or later_year(text, self._published, self._told)
        leads = [_LEFT_OUT.format(asked=left_out)] if left_out else []
        leads += [self._caution] if is_late else []
        lead = "\n\n".join(leads) or None
        return replace(reply, lead=lead) if reply.status == "answered" else reply

    def _answered(
        self,
        text: str,
        entries: Sequence[Entry],
        confidence: float,
        offers: Sequence[Suggestion] = (),
    ) -> Reply:
        answerable = [entry for entry in entries if entry.answerable]
        first = answerable[0] if answerable else entries[0]
        return Reply(
            text,
            "answered" if answerable else "unanswered",
            first.id,
            confidence,
            sections=_sections(entries),
            suggestions=() if answerable else self._nearby(first, offers),
            related=first.related[:MAX_RELATED] if answerable else (),
        )

    def _unsure(self, text: str, verdict: Verdict) -> Reply:
        """Offer the questions that may have been meant, deny a likely one, or abstain."""
        offered = self._offers(verdict)
        denied = next(filter(_is_denied, verdict.candidates), None)
        if denied and denied.conflict and not offered:
            return self._contradicted(text, verdict, denied, denied.conflict)
        status: Status = "suggested" if offered else "unanswered"
        return Reply(text, status, None, verdict.confidence, suggestions=offered)

    def _contradicted(
        self, text: str, verdict: Verdict, best: Candidate, conflict: Conflict
    ) -> Reply:
        """Say that the article does not say so, and quote what it says instead."""
        later = later_year(text, self._published, self._told)
        offer = self._suggestion(best.entry, best.confidence)
        others = [s for s in self._offers(verdict) if s.entry != best.entry]
        (section,) = _sections([self._entries[best.entry]])
        return Reply(
            text,
            "unanswered",
            None,
            best.confidence,
            lead=self._caution if later else self._denial(conflict, best.entry, text),
            sections=(_stripped(section),),  # not "It does say: No, ..."
            suggestions=(offer, *others)[:_MAX_SUGGESTED],
        )

    def _denial(self, conflict: Conflict, entry_id: str, text: str) -> str:
        """Whom or what the article says it about instead, if the entry's key tells."""
        entry, kind = self._entries[entry_id], conflict.kind
        if kind in _DENIALS:
            return self._fill(_DENIALS[kind])
        typed = as_written(conflict.asked, text)
        asked = self._name([typed], text) or f"“{typed}”"
        roles = {"agent": entry.key.agent, "patient": entry.key.patient}
        meant = {**roles, **entry.key.names}.get(kind, ())
        names = [self._name(self._forms.get(m, (m,)), entry.answer) for m in meant]
        if conflict.name in meant:
            return self._fill(_REVERSED)
        named = " and ".join(filter(None, names))
        if not named:
            return self._fill(_UNNAMED, asked=asked)
        return self._fill(_OTHER_NAME, named=named, asked=asked)

    def _name(self, forms: Sequence[str], text: str) -> str | None:
        """The name with these forms, as `text` or else the article writes it; None if neither."""
        longest = sorted(forms, key=len, reverse=True)
        pattern = re.compile(
            rf"(?<!\w)(the )?({'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE
        )
        for place in (text, self._article.text):
            found = [m for m in pattern.finditer(place) if not m[2].islower()]  # but not "us"
            if found:
                return Counter(f"the {m[2]}" if m[1] else m[2] for m in found).most_common(1)[0][0]
        return None

    def _offers(self, verdict: Verdict) -> tuple[Suggestion, ...]:
        """The questions that may be meant, the likeliest first."""
        return tuple(
            self._suggestion(candidate.entry, candidate.confidence)
            for candidate in verdict.candidates
            if candidate.confidence >= SUGGEST
            and (not candidate.conflict or candidate.conflict.kind == _OFFERED)
            and (entry := self._entries.get(candidate.entry))
            and entry.answerable
        )[:_MAX_SUGGESTED]

    def _nearby(self, gap: Entry, offers: Sequence[Suggestion]) -> tuple[Suggestion, ...]:
        """Suggestions with a gap: questions that may be meant after all, then related ones."""
        likely = [offer for offer in offers if offer.confidence >= LIKELY]
        offered = {offer.entry for offer in likely}
        related = (self._suggestion(e, 0.0) for e in gap.related if e not in offered)
        return (*likely, *related)[:_MAX_SUGGESTED]

    def _suggestion(self, entry_id: str, confidence: float) -> Suggestion:
        entry = self._entries[entry_id]
        return Suggestion(entry.id, entry.question, confidence, entry.citations)


def _is_denied(candidate: Candidate) -> bool:
    conflict = candidate.conflict
    return bool(conflict and conflict.kind != _OFFERED and candidate.confidence >= LIKELY)


def _stripped(section: Section) -> Section:
    """A section without the yes or no that it begins with."""
    said = _YES_OR_NO.sub("", section.text)
    return replace(section, text=said[0].upper() + said[1:])


def _sections(entries: Sequence[Entry]) -> tuple[Section, ...]:
    """A section for each entry; a note that several share stands below the last of them."""
    last = {entry.note: entry.id for entry in entries}
    return tuple(
        Section(
            e.id,
            e.answer,
            e.citations,
            e.note if last[e.note] == e.id else None,
            _CLOSEST if e.is_silent else "",
        )
        for e in entries
    )


def caution(knowledge: Knowledge) -> str:
    """The line above the answer to a question about the present or a later year."""
    day = format_day(knowledge.source.published)
    return knowledge.source.fill(_CAUTION, day=day)


def templates(knowledge: Knowledge) -> list[str]:
    """What may be said before an answer or instead of one, with the names left open."""
    leads = [*_DENIALS.values(), _REVERSED, _UNNAMED, _LEFT_OUT, _OTHER_NAME, *_AGAIN.values()]
    fill = partial(knowledge.source.fill, asked="{asked}", named="{named}", voice="{voice}")
    return [fill(ABSTAINED), UNSURE, ENGLISH_ONLY, caution(knowledge), *map(fill, leads)]


def dated_source(knowledge: Knowledge) -> str:
    """The publisher and the date of publication: "The Gazette, 5 July 2019"."""
    return f"{knowledge.source.publisher}, {format_day(knowledge.source.published)}"
