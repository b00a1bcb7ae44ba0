"""The one way to a reply: the terminal, chats, groups and inline queries all come here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering import asof
from bot.answering.asked import Asked
from bot.answering.cleaning import question_text
from bot.answering.confidence import ANSWER, CALIBRATION, LEAD, SUGGEST, Readings
from bot.answering.conversation import Conversation, leans, without_opening
from bot.answering.followups import FollowUps
from bot.answering.guard import Conflict, Guard
from bot.answering.reply import Reply, Section, Suggestion
from bot.answering.segments import asking, segments
from bot.answering.strangers import HomeWords, words_of
from bot.knowledge import Entry, Knowledge
from bot.matching import Match, Matcher
from bot.matching.functionwords import carries_content

_SMALLTALK = "smalltalk/"
_LOOKED_AT = 6  # candidates of one question that the guard may see
_SUGGESTED = 3
_RELATED = 3
_CLOSE = 0.85  # of the best score: near enough to step in for a candidate in conflict
_AHEAD = 0.02  # in score, of a gap before an entry that answers
_EXPLAINED = 0.08  # in score, for an entry that has a counterpart to every word of the message
_CHATTY = 0.6  # of a message's words at least, for a pleasantry to be all that it is
_VERBATIM = 0.95  # score of a phrasing repeated word for word, but for a slip
_FULLY = 0.8  # of a message's words: an answer with so many leaves no part unanswered
_SURE_ALONE = 0.8  # above it a message needs no help from the one before


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry for a question, with the chance that it is the right one."""

    entry: str
    confidence: float
    match: Match
    readings: Readings
    conflict: Conflict | None = None
    turned: bool = False  # whether it is about who did it to whom, and that as asked


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one question comes to: candidates, the best first, the guard's word on each."""

    part: str
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The candidate that decides: the best one, or a sure one that fits better.

        A candidate in conflict gives way to the next that is sure and free of conflict; one with
        the roles turned around only to an entry about just these two, the way they are asked.
        """
        if not self.candidates:
            return None
        first = self.candidates[0]
        turned = first.conflict and first.conflict.kind in {"agent", "patient"}
        if first.conflict:
            for candidate in self.candidates[1:]:
                close = candidate.match.score >= _CLOSE * first.match.score
                sure = not candidate.conflict and candidate.confidence >= ANSWER
                if close and sure and (candidate.turned or not turned):
                    return candidate
        return first

    @property
    def confidence(self) -> float:
        """The confidence of the deciding candidate; 0 if there is none."""
        return self.best.confidence if self.best else 0.0

    @property
    def settled(self) -> bool:
        """Whether the deciding candidate may be answered as it is."""
        return bool(self.best and not self.best.conflict and self.best.confidence >= ANSWER)


class Answerer:
    """Answers, suggests, abstains or chats; the same words always get the same reply."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        answered = words_of(knowledge.answered())
        self._guard = Guard(knowledge, answered | words_of(knowledge.gaps()))
        self._home = HomeWords(knowledge, answered)
        self._follow_ups = FollowUps(knowledge, self._guard)
        vocabulary = knowledge.vocabulary
        self._smalltalk = {_SMALLTALK + item.id: item for item in vocabulary.smalltalk}
        phrasings = {entry.id: entry.wordings for entry in knowledge.entries.values()}
        phrasings |= {key: item.phrasings for key, item in self._smalltalk.items()}
        self.matcher = Matcher(
            phrasings, synonyms=vocabulary.synonyms, abbreviations=vocabulary.abbreviations
        )
        self._gaps = frozenset(entry.id for entry in knowledge.gaps())
        self._cited = {
            entry.id: frozenset(c.start for c in entry.citations)
            for entry in knowledge.entries.values()
            if entry.known
        }

    def answer(self, text: str, conversation: Conversation | None = None) -> Reply:
        """Decide on one message; with a conversation, in the light of what came before."""
        alone = self._alone(text)
        if conversation is None or not conversation.entry:
            return alone
        question = question_text(text)
        linked = self._follow_ups.linked(question, conversation)
        if linked:
            opened = self.open(linked)
            return replace(opened, text=text) if opened else alone
        if alone.status == "smalltalk":
            return alone
        return self._leaning(text, question, alone, conversation) if leans(question) else alone

    def _leaning(self, text: str, question: str, alone: Reply, conversation: Conversation) -> Reply:
        """Decide on a message that may go on from the one before; `alone` if it does not."""
        sure = alone.status == "answered" or alone.entry is not None
        if sure and alone.confidence >= _SURE_ALONE:
            return alone
        # "And when is it over?" is a whole question behind its "and".
        bare = self._alone(without_opening(question))
        if bare.status == "answered" and bare.confidence >= _SURE_ALONE:
            return replace(bare, text=text)
        for standalone in self._follow_ups.standalone(question, conversation):
            reply = self._alone(standalone)
            if reply.entry and reply.confidence > alone.confidence:
                return replace(reply, text=text)
        return alone

    def _alone(self, text: str) -> Reply:
        """Decide on one message that stands by itself."""
        whole, *parts = self.verdicts(text)
        if not parts:
            return self._reply(text, [whole])
        chosen = set(asking([v.part for v in parts]))
        questions = [v for v in parts if v.part in chosen]
        settled = _distinct([v for v in questions if v.settled])
        if len(settled) > 1 and not self._covers(whole, settled):
            return self._reply(text, settled[:2])
        if self._tells_all(whole):
            return self._reply(text, [whole])
        best = max([whole, *questions], key=lambda v: (v.settled, v.confidence))
        return self._reply(text, [best])

    def _tells_all(self, verdict: Verdict) -> bool:
        best = verdict.best
        known = best is not None and best.entry in self._cited
        return known and verdict.settled and bool(best and best.readings.covered >= _FULLY)

    def verdicts(self, text: str) -> list[Verdict]:
        """Judge a message as a whole, then each part of it that may be a question."""
        question = question_text(text)
        parts = segments(question)
        return [
            self.judge(question),
            *(self.judge(part, before) for part, before in zip(parts, ("", *parts), strict=False)),
        ]

    def open(self, entry_id: str) -> Reply | None:
        """The reply of an entry that was named, not asked for: a button, a link."""
        entry = self.knowledge.entries.get(entry_id)
        if entry is None:
            return None
        return Reply(
            entry.question,
            "answered" if entry.known else "unanswered",
            entry.id,
            1.0,
            sections=(_section(entry),),
            suggestions=() if entry.known else self._nearby(entry),
            related=entry.related[:_RELATED],
        )

    def judge(self, part: str, before: str = "") -> Verdict:
        """Rank one question, calibrate, and let the guard look at the best.

        A part that leans on the one before it ("... their reach?") is about its names too.
        """
        asked = self._guard.read(part)
        leaning = self._guard.read(f"{before} {part}") if before and leans(part) else None
        matches = self.matcher.rank(part, limit=_LOOKED_AT)
        with_content = carries_content(asked.tokens)
        if with_content:
            chat = [m for m in matches if m.entry in self._smalltalk and m.covered < _CHATTY]
            matches = [match for match in matches if match not in chat]
        else:
            # Nothing but "is it" and the like: only who says just that can mean it.
            matches = [match for match in matches if match.score >= _VERBATIM]
        conflicts = {match.entry: self._conflict(asked, match.entry, leaning) for match in matches}
        # A gap that means somebody else is no rival: it has nothing to say here.
        matches = [m for m in matches if m.entry in self._cited or not conflicts[m.entry]]
        matches.sort(key=self._rank, reverse=True)
        told = leaning or asked
        foreign = 0.0 if told.mentions else self._home.foreign(told.tokens)
        candidates = []
        for match in matches:
            rival = max(
                (m.score for m in matches if m is not match and self._differs(m, match)),
                default=0.0,
            )
            readings = Readings(
                min(match.score - rival, LEAD),
                # "hi" and "how are you" have no word that could be left uncovered.
                match.covered if with_content else 1.0,
                foreign if match.entry in self._cited else 0.0,  # a gap's words are its own
            )
            confidence = CALIBRATION.confidence(readings)
            conflict = conflicts[match.entry]
            entry = self.knowledge.entries.get(match.entry)
            turned = bool(entry and entry.known and self._guard.fits(asked, entry))
            candidates.append(Candidate(match.entry, confidence, match, readings, conflict, turned))
        return Verdict(part, tuple(candidates))

    def _rank(self, match: Match) -> float:
        """Of entries alike in score the one that explains more of the message goes first.

        To say that the article is silent takes more than to quote it: a gap must be ahead.
        """
        behind = _AHEAD if match.entry in self._gaps else 0.0
        return match.score + _EXPLAINED * match.covered - behind

    def _conflict(self, asked: Asked, entry_id: str, context: Asked | None) -> Conflict | None:
        entry = self.knowledge.entries.get(entry_id)
        return self._guard.conflict(asked, entry, context) if entry else None

    def _differs(self, one: Match, other: Match) -> bool:
        """Whether two matches rest on different passages; a gap differs from all."""
        mine, theirs = self._cited.get(one.entry), self._cited.get(other.entry)
        return not (mine and theirs and mine & theirs)

    def _covers(self, whole: Verdict, parts: Sequence[Verdict]) -> bool:
        """Whether the message as one question already has the passages of all parts."""
        if not (whole.settled and whole.best):
            return False
        cited = self._cited.get(whole.best.entry, frozenset())
        return all(v.best and cited & self._cited.get(v.best.entry, frozenset()) for v in parts)

    def _reply(self, text: str, verdicts: Sequence[Verdict]) -> Reply:
        """Turn the verdicts on a message into what is said."""
        best = verdicts[0].best
        if best is None:
            return Reply(text, "unanswered")
        if best.entry in self._smalltalk:
            if best.confidence >= ANSWER:
                section = Section(None, self._smalltalk[best.entry].reply)
                return Reply(text, "smalltalk", None, best.confidence, sections=(section,))
            return self._unsure(text, verdicts[0])
        if best.conflict and best.confidence >= SUGGEST:
            return self._contradicted(text, best, best.conflict)
        if not verdicts[0].settled:
            return self._unsure(text, verdicts[0])
        entries = [
            self.knowledge.entries[v.best.entry]
            for v in verdicts
            if v.best and v.best.entry in self.knowledge.entries
        ]
        return self._answered(text, entries, min(v.confidence for v in verdicts))

    def _answered(self, text: str, entries: Sequence[Entry], confidence: float) -> Reply:
        known = [entry for entry in entries if entry.known]
        first = known[0] if known else entries[0]
        published = self.knowledge.source.published
        dated = asof.asks_about_now(text) or asof.later_year(text, published)
        return Reply(
            text,
            "answered" if known else "unanswered",
            first.id,
            confidence,
            lead=asof.caution(published) if dated and known else None,
            sections=tuple(_section(entry) for entry in entries),
            suggestions=() if known else self._nearby(first),
            related=first.related[:_RELATED] if known else (),
        )

    def _unsure(self, text: str, verdict: Verdict) -> Reply:
        """Offer what may be meant, or abstain; a gap that leads may be the honest word."""
        offered = [
            self._suggestion(candidate.entry, candidate.confidence)
            for candidate in verdict.candidates
            if candidate.confidence >= SUGGEST
            and not candidate.conflict
            and candidate.entry in self._cited
        ][:_SUGGESTED]
        return Reply(
            text,
            "suggested" if offered else "unanswered",
            None,
            verdict.confidence,
            suggestions=tuple(offered),
        )

    def _contradicted(self, text: str, best: Candidate, conflict: Conflict) -> Reply:
        """Say what the article does not say, and show what it says instead."""
        published = self.knowledge.source.published
        later = asof.later_year(text, published)
        lead = asof.caution(published) if later else _denial(conflict, text)
        offer = self._suggestion(best.entry, best.confidence)
        return Reply(
            text,
            "unanswered",
            None,
            best.confidence,
            lead=lead,
            sections=(_section(self.knowledge.entries[best.entry]),),
            suggestions=(offer,),
        )

    def _nearby(self, gap: Entry) -> tuple[Suggestion, ...]:
        return tuple(self._suggestion(entry, 0.0) for entry in gap.related[:_SUGGESTED])

    def _suggestion(self, entry_id: str, confidence: float) -> Suggestion:
        entry = self.knowledge.entries[entry_id]
        return Suggestion(entry.id, entry.question, confidence, entry.citations)


def _section(entry: Entry) -> Section:
    return Section(entry.id, entry.answer, entry.voice, entry.citations, entry.note)


def _distinct(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts with different entries, pleasantries left out, known answers first."""
    seen: dict[str, Verdict] = {}
    for verdict in verdicts:
        if verdict.best and not verdict.best.entry.startswith(_SMALLTALK):
            seen.setdefault(verdict.best.entry, verdict)
    return list(seen.values())


def _denial(conflict: Conflict, text: str) -> str:
    match conflict.kind:
        case "date":
            return "The article gives no such thing for that date. It does say:"
        case "polarity":
            return "The article doesn't answer that with the “not” in it. It does say:"
        case _:
            at = text.casefold().find(conflict.asked)
            asked = text[at : at + len(conflict.asked)] if at >= 0 else conflict.asked.title()
            return f"The article doesn't say that of “{asked}”. It does say:"
