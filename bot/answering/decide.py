"""What one question is about: candidate entries, each with a confidence and any conflict."""

import math
from dataclasses import astuple, dataclass

from bot.answering.follow_ups import refers_back
from bot.answering.message import Message
from bot.answering.verify import Conflict, Verifier
from bot.knowledge import Knowledge
from bot.language.normalise import has_content
from bot.matching import Match, Matcher, Query

SMALLTALK = "smalltalk/"  # prefix that tells ids of small talk from ids of entries
ELSEWHERE = "elsewhere"  # the id under which messages about anything else are learned

ANSWER = 0.7  # confidence from which the bot answers ...
SUGGEST = 0.2  # ... and from which it offers the question; at 0.1 twice as many offers are useless
VERBATIM = 0.95  # likeness from which a message repeats a phrasing, give or take a slip
_CANDIDATES = 3  # answerable entries that are compared and verified
_NEARLY = 0.8  # likeness from which one word may be replaced: "when does the bicycle end?"


@dataclass(frozen=True, slots=True)
class Signals:
    """The numbers that the confidence is computed from; `docs/matching.md` explains them."""

    score: float  # of the entry
    margin: float  # of the score over the best entry that cites something else, gaps included
    gap_margin: float  # over the best gap
    elsewhere_margin: float  # over messages about anything else
    covered: float  # share of the message's content that the entry has words for, in [0, 1]
    replaced: float  # share of the content that no entry has, if the message is nearly a phrasing
    exact: float  # 1 if the message is a phrasing, else 0


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve over the signals, fitted by `python -m bot.evaluation.fit`."""

    intercept: float
    weights: Signals

    def confidence(self, signals: Signals) -> float:
        """The probability, in [0, 1], that an entry with these signals is right."""
        terms = zip(astuple(self.weights), astuple(signals), strict=True)
        logit = self.intercept + sum(weight * signal for weight, signal in terms)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


CURVE = Curve(-4.00, Signals(-2.43, 2.56, 1.41, 1.11, 2.76, -8.87, 1.28))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry for a question, with the probability that it is the right one."""

    entry: str
    confidence: float
    match: Match
    signals: Signals
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one question is about: candidates, the most probable first."""

    message: Message
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The candidate that decides.

        If the first has a conflict, a confident one without any takes its place, unless the
        conflict is about who did what to whom.
        """
        if not self.candidates:
            return None
        first = self.candidates[0]
        if first.conflict and first.conflict.kind not in {"agent", "patient"}:
            for candidate in self.candidates[1:]:
                if not candidate.conflict and candidate.confidence >= ANSWER:
                    return candidate
        return first

    @property
    def confidence(self) -> float:
        """The confidence of the deciding candidate; 0 if there is none."""
        return self.best.confidence if self.best else 0.0

    @property
    def is_verbatim(self) -> bool:
        """Whether the message is a phrasing of the deciding candidate, word for word."""
        return bool(self.best and self.best.match.likeness >= VERBATIM)

    @property
    def is_settled(self) -> bool:
        """Whether the bot may answer with the deciding candidate."""
        return bool(self.best and self.best.confidence >= ANSWER and not self.best.conflict)


class Judge:
    """Finds candidates for one question, computes their confidences, and verifies them."""

    def __init__(self, knowledge: Knowledge, matcher: Matcher, verifier: Verifier) -> None:
        self._entries = knowledge.entries
        self._matcher = matcher
        self._verifier = verifier
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

        `before` is the sentence before the part; its names count if the part refers back ("...
        their reach?"). `sentence` is the one the part was cut from; what the rest of it is about
        counts, too ("if New START ended, *who said so*"). `whole` is the verdict on the whole
        message: an entry whose two sides the message swaps is in conflict with the part, too.
        """
        message = self._verifier.read(part)
        context = self._verifier.read(f"{before} {part}") if before and refers_back(part) else None
        swapped = _swapped(whole) if whole and sentence == whole.message else {}
        candidates = []
        for match, signals in self._matches(message):
            conflict = swapped.get(match.entry) or self._conflict(message, match, context, sentence)
            if conflict and match.entry not in self.cited:
                continue  # a gap about somebody else has nothing to say here
            confidence = CURVE.confidence(signals)
            candidates.append(Candidate(match.entry, confidence, match, signals, conflict))
        candidates.sort(key=lambda candidate: -candidate.confidence)
        return Verdict(message, tuple(candidates))

    def _matches(self, message: Message) -> list[tuple[Match, Signals]]:
        """The entries to consider: some answers, a gap, a piece of small talk."""
        query = self._matcher.read(message.text)
        answers = [name for name in query.scores if name in self.cited][:_CANDIDATES]
        gaps = [n for n in query.scores if n in self._entries and n not in self.cited][:1]
        chat = [name for name in query.scores if name.startswith(SMALLTALK)][:1]
        named = bool(message.mentions or message.dates)  # then "us" is the country, not the pronoun
        if named:
            chat = []
        found = [query.match(name) for name in (*answers, *gaps, *chat)]
        if not (named or has_content(message.tokens)):
            # With nothing but words like "is it", only a phrasing with just these words will do.
            found = [match for match in found if match.likeness >= VERBATIM]
        return [(match, self._signals(match, query, gaps)) for match in found]

    def _signals(self, match: Match, query: Query, gaps: list[str]) -> Signals:
        scores = query.scores
        mine = self.cited.get(match.entry, frozenset())
        rival = next(
            (
                name
                for name in scores
                if name not in {match.entry, ELSEWHERE}
                and not mine & self.cited.get(name, frozenset())
            ),
            None,
        )
        gap = next((scores[name] for name in gaps if name != match.entry), -1.0)
        return Signals(
            match.score,
            match.score - (scores[rival] if rival else -1.0),
            match.score - gap,
            match.score - scores.get(ELSEWHERE, -1.0),
            match.covered,
            query.foreign_share(ELSEWHERE) if match.likeness >= _NEARLY else 0.0,
            float(match.is_exact),
        )

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


def _swapped(verdict: Verdict) -> dict[str, Conflict]:
    return {
        candidate.entry: candidate.conflict
        for candidate in verdict.candidates
        if candidate.conflict and candidate.conflict.swapped
    }
