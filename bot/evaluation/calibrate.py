"""`python -m bot.evaluation.calibrate FILE...`: fits the confidence, and says how well it holds.

Four kinds of questions are read: the labelled files; every phrasing of the knowledge asked
of a bot that lacks it and its like; every gap's phrasings asked of a bot that lacks the whole
gap, which stand for the questions that nobody has thought of; and phrasings turned to
everyday things ("when does the bicycle end"). The logistic curve has
four parameters (`bot/answering/confidence.py`). It is fitted five times on four fifths of
the entries and judged on the last fifth, so the figures are of entries it never saw.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from bot.answering import Answerer
from bot.answering.decide import Signals, Verdict
from bot.evaluation.command import gather
from bot.evaluation.mutate import FOLDS as LEFT_OUT_FOLDS
from bot.evaluation.mutate import left_out, strangers
from bot.evaluation.questions import Question, Span, overlap
from bot.knowledge import Knowledge, load_knowledge
from bot.text_layout import table

FOLDS = 5
_GAP_FOLDS = 12  # bots that each lack another twelfth of the gaps
# Real questions tell most. A question that no known gap foresees is rare: most of what
# people ask and the article lacks is a known gap, which never gets as far as this.
_ASKED, _LEFT_OUT, _UNFORESEEN, _STRANGE = 20.0, 0.25, 0.1, 2.0
_STEPS = 60  # of Newton's method; it settles within ten
_RIDGE = 1e-3  # keeps the fit finite where a fold separates cleanly
_BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.01)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One question's best known entry: its readings, and whether answering is right."""

    group: str  # the entry or gap it was made from; folds never split a group
    signals: Signals
    right: bool
    weight: float  # how often its kind comes up, beside the others


def main(arguments: Sequence[str]) -> int:
    """Fit on the shipped knowledge and the files named; print the parameters and the tables."""
    knowledge = load_knowledge()
    samples = list(_gather(knowledge, [Path(name) for name in arguments]))
    features = np.array([[1.0, *astuple(s.signals)] for s in samples])
    right = np.array([s.right for s in samples], dtype=float)
    weights = np.array([s.weight for s in samples])
    groups = sorted({s.group for s in samples})
    folds = np.array([groups.index(s.group) % FOLDS for s in samples])
    held = np.empty(len(samples))
    for fold in range(FOLDS):
        rest = folds != fold
        curve = fit(features[rest], right[rest], weights[rest])
        held[~rest] = _sigmoid(features[~rest] @ curve)
    fitted = fit(features, right, weights)
    print(f"{len(samples)} samples, {int(right.sum())} right when answered")
    names = ("intercept", *(field.name for field in fields(Signals)))
    print(", ".join(f"{name}={w:.2f}" for name, w in zip(names, fitted, strict=True)))
    print("\nheld-out confidence against the share that is right")
    print(reliability(held, right, weights))
    print("\nanswering from a confidence on: right and false among all samples")
    print(_thresholds(held, right, weights))
    return 0


def fit(features: Floats, right: Floats, weights: Floats) -> Floats:
    """Logistic regression by Newton's method; the features' first column is 1."""
    curve = np.zeros(features.shape[1])
    for _ in range(_STEPS):
        chance = _sigmoid(features @ curve)
        slope = features.T @ (weights * (right - chance)) - _RIDGE * curve
        bend = (features * (weights * chance * (1 - chance))[:, None]).T @ features
        curve += np.linalg.solve(bend + _RIDGE * np.eye(len(curve)), slope)
    return curve


def reliability(confidence: Floats, right: Floats, weights: Floats) -> str:
    """How often answers of each confidence are right, as a table."""
    rows = []
    for low, high in pairwise(_BINS):
        inside = (confidence >= low) & (confidence < high)
        if inside.any():
            rows.append(
                (
                    f"{low:.1f}-{min(high, 1):.1f}",
                    str(int(inside.sum())),
                    f"{np.average(confidence[inside], weights=weights[inside]):.2f}",
                    f"{np.average(right[inside], weights=weights[inside]):.2f}",
                )
            )
    return table(("confidence", "samples", "mean", "right"), rows)


def _thresholds(confidence: Floats, right: Floats, weights: Floats) -> str:
    hits, misses = weights * right, weights * (1 - right)
    rows = []
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        answered = confidence >= threshold
        rows.append(
            (
                f"{threshold:.1f}",
                f"{100 * hits[answered].sum() / hits.sum():.1f} %",
                f"{100 * misses[answered].sum() / misses.sum():.1f} %",
            )
        )
    return table(("from", "of the right answered", "of the others answered"), rows)


def _gather(knowledge: Knowledge, files: Sequence[Path]) -> Iterator[Sample]:
    whole = Answerer(knowledge)
    if files:
        yield from _of_questions(whole, gather(files, knowledge))
    for number in tqdm(range(LEFT_OUT_FOLDS), desc="left out", leave=False):
        answerer, probes = left_out(knowledge, number)
        for probe in probes:
            if probe.entry.answerable:
                gold = [(c.start, c.end) for c in probe.entry.citations]
                yield from _sample(answerer, probe.text, gold, probe.entry.id, _LEFT_OUT)
    for probe in strangers(knowledge):
        yield from _sample(whole, probe.text, (), probe.entry.id, _STRANGE)
    gaps = knowledge.gaps()
    for fold in tqdm(range(_GAP_FOLDS), desc="unthought of", leave=False):
        gone = {gap.id: gap for gap in gaps[fold::_GAP_FOLDS]}
        rest = {key: entry for key, entry in knowledge.entries.items() if key not in gone}
        answerer = Answerer(replace(knowledge, entries=rest))
        for gap in gone.values():
            for phrasing in gap.all_phrasings:
                yield from _sample(answerer, phrasing, (), gap.id, _UNFORESEEN)


def _of_questions(answerer: Answerer, questions: Iterable[Question]) -> Iterator[Sample]:
    for number, question in enumerate(questions):
        if not question.turns:
            yield from _sample(answerer, question.text, question.gold, f"question {number}", _ASKED)


def _sample(
    answerer: Answerer, text: str, gold: Sequence[Span], group: str, weight: float
) -> Iterator[Sample]:
    verdicts: list[Verdict] = answerer.verdicts(text)
    best = max(verdicts, key=lambda verdict: verdict.confidence).best
    entry = answerer.knowledge.entries.get(best.entry) if best else None
    if best and entry and entry.answerable and not best.conflict:
        right = overlap(entry.citations, gold)
        yield Sample(group, best.signals, right, weight)


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
