"""What a question comes to: ranked entries, each with a confidence and the guard's word."""

import math
from dataclasses import dataclass

from bot.answering.domain import HomeWords
from bot.answering.follow_ups import leans
from bot.answering.message import Asked
from bot.answering.verify import Conflict, Guard, fits
from bot.knowledge import Knowledge
from bot.language.normalise import carries_content, tokens
from bot.matching import Match, Matcher

LEAD = 0.3  # a lead beyond this says no more


@dataclass(frozen=True, slots=True)
class Readings:
    """What the confidence is read from, each in [0, 1]; `docs/matching.md` explains them."""

    lead: float  # in score over the best entry that cites something else, at most LEAD
    covered: float  # share of the message's weight in words of the entry
    foreign: float  # share of words that no entry knows, where the message names nobody


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over the readings of a match; each weight is per unit of its reading.

    Fitted by `python -m bot.evaluation.calibrate` on labelled questions and on the knowledge
    itself, cross-validated by whole entries.
    """

    intercept: float
    lead: float
    covered: float
    foreign: float

    def confidence(self, readings: Readings) -> float:
        """The chance, in [0, 1], that a match with these readings is right."""
        logit = (
            self.intercept
            + self.lead * readings.lead
            + self.covered * readings.covered
            + self.foreign * readings.foreign
        )
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


CALIBRATION = Calibration(intercept=-0.80, lead=5.19, covered=2.38, foreign=-13.18)
# Above ANSWER the bot answers; above SUGGEST it offers the question instead.
ANSWER = 0.60
SUGGEST = 0.10


SMALLTALK = "smalltalk/"  # before the id of a pleasantry, among the ids of entries
_LOOKED_AT = 5  # candidates of one question that the guard may see
_CLOSE = 0.85  # of the best score: near enough to step in for a candidate in conflict
_AHEAD = 0.04  # in score, of a gap before an entry that answers
_TOLD = 0.04  # more of it, where an answer explains the whole message
_ALL = 0.95  # of a message's words with content: all but a slip
_EXPLAINED = 0.14  # in score, for an entry that has a counterpart to every word of the message
# Likeness under which a gap, an answer has next to nothing in common with a message.
_FAINT_GAP, _FAINT = 0.25, 0.2
_CHATTY = 0.6  # of a message's words at least, for a pleasantry to be all that it is
VERBATIM = 0.95  # score of a phrasing repeated word for word, but for a slip


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry for a question, with the chance that it is the right one."""

    entry: str
    confidence: float
    match: Match
    readings: Readings
    conflict: Conflict | None = None
    turned: bool = False  # whether it is about who did it to whom, and that as asked
    faint: bool = False  # whether the message has next to nothing in common with it


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one question comes to: candidates, the best first, the guard's word on each."""

    asked: Asked
    candidates: tuple[Candidate, ...]

    @property
    def part(self) -> str:
        """The question as it was put."""
        return self.asked.text

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
    def verbatim(self) -> bool:
        """Whether the message is a phrasing of the deciding candidate, word for word."""
        return bool(self.best and self.best.match.alike >= VERBATIM)

    @property
    def settled(self) -> bool:
        """Whether the deciding candidate may be answered as it is."""
        best = self.best
        return bool(best and best.confidence >= ANSWER and not (best.conflict or best.faint))


class Judge:
    """Ranks the entries for one question, calibrates, and lets the guard look at the best."""

    def __init__(
        self, knowledge: Knowledge, matcher: Matcher, guard: Guard, home: HomeWords
    ) -> None:
        self._entries = knowledge.entries
        self._matcher = matcher
        self._guard = guard
        self._home = home
        self._gaps = frozenset(entry.id for entry in knowledge.gaps())
        # Where the passages of each answered entry begin.
        self.cited = {e.id: frozenset(c.start for c in e.citations) for e in knowledge.answered()}

    def read(self, text: str) -> Asked:
        """Read a sentence for `judge`."""
        return self._guard.read(text)

    def judge(
        self,
        part: str,
        before: str = "",
        beside: Asked | None = None,
        whole: Verdict | None = None,
    ) -> Verdict:
        """Judge one question.

        A part that leans on the one before it ("... their reach?") is about its names too. So it
        is about what else the sentence `beside` it speaks of: "if New START ended, *who said so*".
        What a message of one sentence turns around as a `whole`, its parts do not ask.
        """
        asked = self._guard.read(part)
        sentence = whole if whole and beside and whole.part == beside.text else None
        barred = {
            one.entry: one.conflict
            for one in (sentence.candidates if sentence else ())
            if one.conflict and one.conflict.turned
        }
        leaning = self._guard.read(f"{before} {part}") if before and leans(part) else None
        matches = self._matcher.rank(part, limit=_LOOKED_AT)
        named = bool(asked.mentions or asked.dates)  # "the US" is more than the pronoun
        with_content = named or carries_content(asked.tokens)
        if with_content:
            matches = [
                m
                for m in matches
                if not m.entry.startswith(SMALLTALK) or (not named and m.covered >= _CHATTY)
            ]
        else:
            # Nothing but "is it" and the like: only who says just that can mean it.
            matches = [match for match in matches if match.alike >= VERBATIM]
        conflicts = {
            m.entry: barred.get(m.entry) or self._conflict(asked, m, leaning, beside)
            for m in matches
        }
        # A gap that means somebody else is no rival: it has nothing to say here.
        matches = [m for m in matches if m.entry not in self._gaps or not conflicts[m.entry]]
        told_all = any(m.entry in self.cited and m.covered >= _ALL for m in matches)
        behind = _AHEAD + (_TOLD if told_all else 0.0)
        matches.sort(key=lambda match: self._rank(match, behind), reverse=True)
        told = leaning or asked
        candidates = []
        for match in matches:
            rivals = (m.score for m in matches if m is not match and self._differs(m, match))
            readings = Readings(
                min(match.score - max(rivals, default=0.0), LEAD),
                # "hi" and "how are you" have no word that could be left uncovered.
                match.covered if with_content else 1.0,
                self._foreign(told, match),
            )
            candidates.append(
                Candidate(
                    match.entry,
                    CALIBRATION.confidence(readings),
                    match,
                    readings,
                    conflicts[match.entry],
                    match.entry in self.cited and fits(asked, self._entries[match.entry]),
                    not readings.covered or match.alike < self._faint(match),
                )
            )
        return Verdict(asked, tuple(candidates))

    def _faint(self, match: Match) -> float:
        return _FAINT_GAP if match.entry in self._gaps else _FAINT

    def _foreign(self, told: Asked, match: Match) -> float:
        """The share of words from elsewhere; a gap's words are its own, and a name anchors."""
        if told.mentions or match.entry not in self.cited:
            return 0.0
        return self._home.foreign(told.tokens, tokens(match.phrasing))

    def _rank(self, match: Match, behind: float) -> float:
        """Of entries alike in score the one that explains more of the message goes first.

        To say that the article is silent takes more than to quote it: a gap starts `behind`.
        """
        handicap = behind if match.entry in self._gaps else 0.0
        return match.score + _EXPLAINED * match.covered - handicap

    def _conflict(
        self, asked: Asked, match: Match, context: Asked | None, beside: Asked | None
    ) -> Conflict | None:
        entry = self._entries.get(match.entry)
        if not entry:
            return None
        return (
            self._guard.turned(asked, entry, match.phrasing)
            or self._guard.conflict(asked, entry, context)
            or (self._guard.beside(asked, beside, entry) if beside else None)
        )

    def _differs(self, one: Match, other: Match) -> bool:
        """Whether two matches rest on different passages; a gap differs from all."""
        mine, theirs = self.cited.get(one.entry), self.cited.get(other.entry)
        return not (mine and theirs and mine & theirs)
