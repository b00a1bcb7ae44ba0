"""What one question is about: ranked entries, each with a confidence and any conflict."""

import math
from dataclasses import dataclass

from bot.answering.domain import DomainVocabulary
from bot.answering.follow_ups import refers_back
from bot.answering.message import Message
from bot.answering.verify import Conflict, Verifier, has_same_roles
from bot.knowledge import Knowledge
from bot.language.normalise import has_content, tokenize
from bot.matching import Match, Matcher

SMALLTALK = "smalltalk/"  # in front of the ids of small talk, among the ids of entries
ANSWER = 0.60  # confidence from which the bot answers ...
SUGGEST = 0.10  # ... and from which it offers the question instead
VERBATIM = 0.95  # similarity of a phrasing repeated word for word, but for a slip
MAX_LEAD = 0.3  # a bigger lead says no more

# Fitted together by trying values on tests/questions/dev; all but the last two are in score.
_CANDIDATES = 5  # that are verified
_GAP_HANDICAP = 0.04  # of a gap: denying takes more than quoting
_COVERED_HANDICAP = 0.04  # more of it, if an answer covers the whole message
_COVERED = 0.95  # share of a message's content words that is all of them, but for a slip
_COVERAGE = 0.14  # for an entry that covers every word of the message
_CLOSE = 0.85  # of the best score: close enough to step in for a candidate with a conflict
_MIN_ALIKE = 0.25  # similarity below which an entry has next to nothing to do with the message
_CHATTY = 0.6  # of a message's words, for the message to be small talk


@dataclass(frozen=True, slots=True)
class Signals:
    """What the confidence is computed from, each in [0, 1]; `docs/matching.md` explains them."""

    lead: float  # in score over the best entry that cites something else, at most MAX_LEAD
    covered: float  # share of the message's content that the entry has words for
    foreign: float  # share of words from elsewhere, unless the message names somebody


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over the signals of a match; each weight is per unit of its signal.

    Fitted by `python -m bot.evaluation.calibrate` on labelled questions and on the knowledge
    itself, cross-validated by whole entries.
    """

    intercept: float
    lead: float
    covered: float
    foreign: float

    def confidence(self, signals: Signals) -> float:
        """The probability, in [0, 1], that a match with these signals is right."""
        logit = (
            self.intercept
            + self.lead * signals.lead
            + self.covered * signals.covered
            + self.foreign * signals.foreign
        )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


CALIBRATION = Calibration(intercept=-0.80, lead=5.19, covered=2.38, foreign=-13.18)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry for a question, with the probability that it is the right one."""

    entry: str
    confidence: float
    match: Match
    signals: Signals
    conflict: Conflict | None = None
    has_same_roles: bool = False  # who does it to whom, exactly as asked
    is_unlike: bool = False  # has next to nothing in common with the message


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one question is about: candidates, the best first."""

    message: Message
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The candidate that decides.

        If the first has a conflict, a close one that is sure and has none takes its place; where
        the roles are the other way round, only one about just these two, as asked.
        """
        if not self.candidates:
            return None
        first = self.candidates[0]
        if first.conflict:
            about_roles = first.conflict.kind in {"agent", "patient"}
            for candidate in self.candidates[1:]:
                close = candidate.match.score >= _CLOSE * first.match.score
                sure = not candidate.conflict and candidate.confidence >= ANSWER
                if close and sure and (candidate.has_same_roles or not about_roles):
                    return candidate
        return first

    @property
    def confidence(self) -> float:
        """The confidence of the deciding candidate; 0 if there is none."""
        return self.best.confidence if self.best else 0.0

    @property
    def is_verbatim(self) -> bool:
        """Whether the message is a phrasing of the deciding candidate, word for word."""
        return bool(self.best and self.best.match.alike >= VERBATIM)

    @property
    def is_settled(self) -> bool:
        """Whether the deciding candidate may be answered."""
        best = self.best
        return bool(best and best.confidence >= ANSWER and not (best.conflict or best.is_unlike))


class Judge:
    """Ranks the entries for one question, computes confidences, and verifies the best ones."""

    def __init__(
        self, knowledge: Knowledge, matcher: Matcher, verifier: Verifier, domain: DomainVocabulary
    ) -> None:
        self._entries = knowledge.entries
        self._matcher = matcher
        self._verifier = verifier
        self._domain = domain
        # Where the passages of each answerable entry begin.
        self.cited = {
            e.id: frozenset(c.start for c in e.citations) for e in knowledge.answerable_entries()
        }

    def read(self, text: str) -> Message:
        """Read a sentence for `judge`."""
        return self._verifier.read(text)

    def judge(
        self,
        part: str,
        before: str = "",
        sentence: Message | None = None,
        whole: Verdict | None = None,
    ) -> Verdict:
        """Judge one question.

        `before` is the sentence before it, whose names count if the part refers back to it ("...
        their reach?"). `sentence` is the one that the part was cut from: what else that is about
        counts, too ("if New START ended, *who said so*"). `whole` is the verdict on the message:
        what it swaps around, its parts do not ask either.
        """
        message = self._verifier.read(part)
        context = self._verifier.read(f"{before} {part}") if before and refers_back(part) else None
        matches = self._matches(message)
        swapped = _swapped(whole) if whole and sentence == whole.message else {}
        conflicts = {
            m.entry: swapped.get(m.entry) or self._conflict(message, m, context, sentence)
            for m in matches
        }
        # A gap about somebody else is no rival: it has nothing to say here.
        matches = [m for m in matches if not (self._is_gap(m.entry) and conflicts[m.entry])]
        fully_covered = any(m.entry in self.cited and m.covered >= _COVERED for m in matches)
        handicap = _GAP_HANDICAP + (_COVERED_HANDICAP if fully_covered else 0.0)
        matches.sort(key=lambda match: self._rank(match, handicap), reverse=True)
        content = self._names_something(message) or has_content(message.tokens)
        candidates = []
        for match in matches:
            rivals = (m.score for m in matches if m is not match and self._differs(m, match))
            signals = Signals(
                min(match.score - max(rivals, default=0.0), MAX_LEAD),
                match.covered if content else 1.0,  # "how are you" has nothing to cover
                self._foreign(context or message, match),
            )
            candidates.append(
                Candidate(
                    match.entry,
                    CALIBRATION.confidence(signals),
                    match,
                    signals,
                    conflicts[match.entry],
                    match.entry in self.cited
                    and has_same_roles(message, self._entries[match.entry]),
                    not signals.covered or match.alike < _MIN_ALIKE,
                )
            )
        return Verdict(message, tuple(candidates))

    def _matches(self, message: Message) -> list[Match]:
        """The entries that come into question."""
        matches = self._matcher.rank(message.text, limit=_CANDIDATES)
        named = self._names_something(message)
        if named or has_content(message.tokens):
            return [
                m
                for m in matches
                if not m.entry.startswith(SMALLTALK) or (not named and m.covered >= _CHATTY)
            ]
        # Nothing but "is it" and the like can only mean an entry with just these words.
        return [match for match in matches if match.alike >= VERBATIM]

    def _names_something(self, message: Message) -> bool:
        return bool(message.mentions or message.dates)  # "the US" is more than the pronoun

    def _is_gap(self, entry_id: str) -> bool:
        return entry_id in self._entries and entry_id not in self.cited

    def _foreign(self, message: Message, match: Match) -> float:
        """The share of words from elsewhere; 0 for gaps, and for messages with a name in them."""
        if message.mentions or match.entry not in self.cited:
            return 0.0
        return self._domain.out_of_domain(message.tokens, tokenize(match.phrasing))

    def _rank(self, match: Match, gap_handicap: float) -> float:
        """Of entries with similar scores, the one that covers more of the message goes first."""
        handicap = gap_handicap if self._is_gap(match.entry) else 0.0
        return match.score + _COVERAGE * match.covered - handicap

    def _conflict(
        self, message: Message, match: Match, context: Message | None, sentence: Message | None
    ) -> Conflict | None:
        entry = self._entries.get(match.entry)
        if not entry:
            return None
        verifier = self._verifier
        return (
            verifier.swapped_sides(message, entry, match.phrasing)
            or verifier.conflict(message, entry, context)
            or (verifier.sentence_conflict(message, sentence, entry) if sentence else None)
        )

    def _differs(self, one: Match, other: Match) -> bool:
        """Whether two matches rest on different passages; a gap differs from all."""
        mine, theirs = self.cited.get(one.entry), self.cited.get(other.entry)
        return not (mine and theirs and mine & theirs)


def _swapped(verdict: Verdict) -> dict[str, Conflict]:
    return {
        candidate.entry: candidate.conflict
        for candidate in verdict.candidates
        if candidate.conflict and candidate.conflict.swapped
    }
