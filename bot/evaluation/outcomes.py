"""Compares replies with labels: right, wrong, suggested, missed, false, quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answering import Reply
from bot.evaluation.questions import Question, Span
from bot.knowledge import Citation

Outcome = Literal["right", "wrong", "suggested", "missed", "false", "quiet"]


@dataclass(frozen=True, slots=True)
class Result:
    """A question with its reply and what that was worth."""

    question: Question
    reply: Reply
    outcome: Outcome


def outcome(reply: Reply, gold: Sequence[Span]) -> Outcome:
    """Judge one reply; `gold` empty means that the article does not answer."""
    answered = reply.status == "answered"
    if not gold:
        return "false" if answered else "quiet"
    if answered:
        return "right" if overlap(reply.citations, gold) else "wrong"
    offered = [citation for s in reply.suggestions for citation in s.citations]
    return "suggested" if overlap(offered, gold) else "missed"


def overlap(citations: Iterable[Citation], gold: Sequence[Span]) -> bool:
    """Whether any citation shares text with a gold sentence."""
    return any(c.start < end and start < c.end for c in citations for start, end in gold)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of outcomes, and the shares that decide."""

    counts: Counter[str]

    @classmethod
    def of(cls, results: Iterable[Result]) -> Tally:
        """Count the outcomes of some results."""
        return cls(Counter(result.outcome for result in results))

    @property
    def answerable(self) -> int:
        """How many questions the article answers."""
        return sum(self.counts[name] for name in ("right", "wrong", "suggested", "missed"))

    @property
    def unanswerable(self) -> int:
        """How many it does not."""
        return self.counts["false"] + self.counts["quiet"]

    def share(self, *names: Outcome) -> float:
        """The share of some outcomes among the questions they apply to, in [0, 1]."""
        of = self.unanswerable if names[0] in {"false", "quiet"} else self.answerable
        return sum(self.counts[name] for name in names) / of if of else 0.0
