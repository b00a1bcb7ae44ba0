"""Finds candidate entries for one question, each with a confidence and any conflict."""

import math
import operator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from bot.answering.message import PRONOUNS, Message
from bot.answering.verify import Conflict, Verifier
from bot.knowledge import Knowledge
from bot.language.normalise import has_content
from bot.matching import Index, Query

SMALLTALK = "smalltalk/"  # prefix that tells ids of small talk from ids of entries
ELSEWHERE = "elsewhere"  # the id under which messages about anything else are learned

ANSWER = 0.7  # at this confidence or more the bot answers (docs/matching.md has the trade-off)
SUGGEST = 0.12  # at this it offers the question; at 0.07 a third more offers are useless
_LEAD = 0.08  # least margin of an answer; closer is a tie, and 0.1 costs right answers
_CANDIDATES = 3  # answerable entries that are compared and verified: as many as are offered
# Least likeness to a phrasing with one word replaced: "when does the bicycle end?". At 0.9, far
# more such messages are answered; at 0.7, fewer real questions are.
_NEARLY = 0.8


class Signals(NamedTuple):
    """The numbers that the confidence is computed from; `docs/matching.md` explains them."""

    margin: float  # of the score over the best entry that cites something else, gaps included
    elsewhere_margin: float  # over messages about anything else
    covered: float  # share of the whole message's content that the entry has words for, in [0, 1]
    replaced: float  # share of the content that no entry has, if the message is nearly a phrasing
    density: float  # logarithm of the number of phrasings per entry: with few, little is covered


_EXACT = Signals(1.0, 1.0, 1.0, 0.0, 0.0)  # of a message that is a phrasing, word for word
# A logistic curve over the signals, fitted by `python -m tests.benchmarks.fit`.
INTERCEPT, WEIGHTS = -2.29, Signals(1.93, 1.17, 3.13, -5.13, -0.18)


def _probability(signals: Signals) -> float:
    """The probability, in [0, 1], that an entry with these signals is right."""
    logit = INTERCEPT + sum(map(operator.mul, WEIGHTS, signals))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry for a question, with the probability that it is the right one."""

    entry: str
    confidence: float
    signals: Signals
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one question: candidates, the most probable first."""

    message: Message
    query: Query
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate | None:
        """The deciding candidate, if there is one."""
        return self.candidates[0] if self.candidates else None

    @property
    def confidence(self) -> float:
        """The confidence of the deciding candidate; 0 if there is none."""
        return self.best.confidence if self.best else 0.0

    @property
    def is_settled(self) -> bool:
        """Whether the bot may answer with the deciding candidate, which no other entry rivals."""
        best = self.best
        return bool(
            best
            and not best.conflict
            and best.confidence >= ANSWER
            and best.signals.margin >= _LEAD
        )

    @property
    def is_smalltalk(self) -> bool:
        """Whether it is small talk rather than a question about the article."""
        return bool(self.best and self.best.entry.startswith(SMALLTALK))


class Judge:
    """Finds candidates for one question, computes their confidences, and verifies them."""

    def __init__(self, knowledge: Knowledge, index: Index, verifier: Verifier) -> None:
        self._entries = knowledge.entries
        self._index = index
        self._verifier = verifier
        # Where the passages of each answerable entry begin.
        self.cited = {
            e.id: frozenset(c.start for c in e.citations) for e in knowledge.answerable_entries()
        }
        self._gaps = knowledge.entries.keys() - self.cited.keys()
        phrasings = sum(1 + len(entry.phrasings) for entry in self._entries.values())
        self._density = math.log(phrasings / len(self._entries))

    def read(self, text: str) -> Message:
        """Read a sentence for `judge`."""
        return self._verifier.read(text)

    def judge(
        self, part: str, sentence: Message | None = None, whole: Verdict | None = None
    ) -> Verdict:
        """Judge one question; a message that is word for word a phrasing gets that entry.

        For a part of a message, `sentence` is the one it was cut from; `whole`, the verdict on the
        whole message, decides its coverage and which entries are rejected for swapped sides or, if
        the part refers back, for any conflict.
        """
        message, query = self._verifier.read(part), self._index.read(part)
        around = sentence or message
        if query.exact and not whole:
            exact = query.exact
            found = () if exact == ELSEWHERE else (Candidate(exact, 1.0, _EXACT),)
            return Verdict(message, query, found)
        # "People keep saying START. What does it stand for?": the part is about the name before it.
        refers_back = not message.mentions and not (PRONOUNS | {"her"}).isdisjoint(message.tokens)
        inherited = {
            candidate.entry: candidate.conflict
            for candidate in (whole.candidates if whole else ())
            if candidate.conflict and (candidate.conflict.swapped or refers_back)
        }
        candidates = []
        foreign = query.foreign_share(ELSEWHERE)
        for name in self._likely(message, query):
            candidate = self._candidate(name, query, whole.query if whole else query, foreign)
            if not candidate.signals.covered:
                continue  # it has none of the content words
            conflict = inherited.get(name)
            if not conflict and (entry := self._entries.get(name)):
                conflict = self._verifier.swapped_sides(message, entry, query)
                conflict = conflict or self._verifier.conflict(message, entry, around)
            if not conflict or name in self.cited:
                candidates.append(replace(candidate, conflict=conflict) if conflict else candidate)
            # Otherwise it is a gap about somebody else, which does not apply here.
        candidates.sort(key=lambda one: -one.confidence)
        if candidates and candidates[0].conflict:
            # "What is A accused of by B?" is most like an entry about the opposite.
            candidates.sort(key=lambda one: not self._has_its_roles(message, one))
        return Verdict(message, query, tuple(candidates))

    def _has_its_roles(self, message: Message, candidate: Candidate) -> bool:
        """Whether the entry may be answered, and the message names both sides, in its roles."""
        entry, roles = self._entries.get(candidate.entry), message.roles
        if not entry or candidate.conflict or candidate.confidence < ANSWER:
            return False
        if not (roles.agent and roles.patient):
            return False
        key = entry.key
        return not (roles.agent.isdisjoint(key.agent) and roles.patient.isdisjoint(key.patient))

    def _likely(self, message: Message, query: Query) -> list[str]:
        """The entries to consider: some answers, a gap, a piece of small talk."""
        answers = [*islice(filter(self.cited.__contains__, query.scores), _CANDIDATES)]
        gaps = [*islice(filter(self._gaps.__contains__, query.scores), 1)]
        chat = [*islice((name for name in query.scores if name.startswith(SMALLTALK)), 1)]
        if message.mentions or message.dates:  # a name is content, even "us"
            return [*answers, *gaps]
        # Words like "is it" alone are a question only if they are a phrasing, word for word.
        return [*answers, *gaps, *chat] if has_content(message.tokens) else []

    def _candidate(self, name: str, query: Query, message: Query, foreign: float) -> Candidate:
        """An entry for a question, a share of which is `foreign`; it is a part of `message`."""
        scores, mine = query.scores, self.cited.get(name, frozenset())
        rivals = (n for n in scores if n not in {name, ELSEWHERE})
        rival = next((n for n in rivals if not mine & self.cited.get(n, frozenset())), "")
        signals = Signals(
            scores[name] - scores.get(rival, -1.0),
            scores[name] - scores.get(ELSEWHERE, -1.0),
            message.covered(name),
            foreign if foreign and query.closest(name)[1] >= _NEARLY else 0.0,
            self._density,
        )
        return Candidate(name, _probability(signals), signals)
