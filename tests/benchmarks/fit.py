"""`python -m tests.benchmarks.fit [FILE...]`: fits the confidence and tests its calibration.

The questions come from the files below, which cover several knowledge folders, and from any further
files about the shipped article. Each candidate for a question is a sample: would answering with it
be right? The curve (`bot/answering/decide.py`) is fitted on all candidates, then scaled on those
that would be answers. It is tested on held-out questions: first an eighth of them at a time, then
one folder at a time.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.answering import Answerer
from bot.answering.decide import Signals
from bot.errors import InputError
from bot.evaluation.mutate import with_unrelated_words
from bot.evaluation.questions import Question, Span, overlap, question_files, read_questions
from bot.knowledge import Knowledge, default_folder, load_knowledge
from bot.text_layout import table
from tests.paths import BRIDGE, EXAMPLES, QUESTIONS, SMALL_FOLDERS

_DEV = QUESTIONS / "dev"
_SMALL = [BRIDGE, *EXAMPLES, *SMALL_FOLDERS]
_FOLDS = 8
_REPLACED = ", word replaced"  # phrasings about something else: "when does the bicycle end?"
_ALTERED = 200  # such phrasings per folder
_ARTIFICIAL = 0.1  # their weight, relative to questions that people wrote
# The weight of each further file, relative to the shipped folder's questions, before the confidence
# is scaled. Few questions that people ask in public have an answer, so a folder with many phrasings
# must be more cautious than a small one. With 1, small folders answer 2 % less for as many false
# answers; 3 does no more.
_FURTHER = 2
_SEED = 20190705
_RIDGE = 0.1  # shrinks weights that few samples support
_STEPS = 40  # of Newton's method; it converges within ten
_BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 1.01)

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """A candidate for a question."""

    folder: str
    question: int
    signals: Signals
    right: bool
    answerable: bool  # whether the article answers the question
    allowed: bool  # whether the verification found no conflict


def main(arguments: Sequence[str]) -> int:
    """Fit the curve; print its weights and its results on held-out questions."""
    samples = list(_samples([Path(name) for name in arguments]))
    features = np.array([[1.0, *s.signals] for s in samples])
    right = np.array([s.right for s in samples], dtype=float)
    use = np.array([s.allowed for s in samples])
    questions = np.array([s.question for s in samples])
    folders = np.array([s.folder for s in samples])
    by_people = ~np.char.endswith(folders, _REPLACED)
    sizes = dict(zip(*np.unique(folders, return_counts=True), strict=True))
    # The shipped folder, all small folders together, and each further file weigh the same.
    shares = {folder.name: 1 / len(_SMALL) for folder in _SMALL}
    weights = np.array([shares.get(f.split(",")[0], 1) / sizes[f] for f in folders])
    weights[~by_people] *= _ARTIFICIAL
    weights /= weights.mean()
    cautious = np.where(np.isin(folders, [Path(name).stem for name in arguments]), _FURTHER, 1)
    leads = np.array([s.signals.margin >= 0 for s in samples])

    def fit_on(part: Mask) -> Floats:
        curve = fit(features[part], right[part], (cautious * weights)[part])
        scores = features @ curve
        answers = leads & by_people & _firsts(scores, part, questions)
        scaled = np.column_stack((np.ones(len(scores)), scores))[answers]
        shift, slope = fit(scaled, right[answers], weights[answers])
        return np.array([slope * curve[0] + shift, *slope * curve[1:]])

    names = ("intercept", *Signals._fields)
    print(f"{len(samples)} candidates for {len({s.question for s in samples})} questions")
    fitted = zip(names, fit_on(use), strict=True)
    print(", ".join(f"{name}={weight:.2f}" for name, weight in fitted))
    order = np.random.default_rng(0).permutation(questions.max() + 1)
    for title, groups in (
        ("by question: confidence against the share that is right", order[questions] % _FOLDS),
        ("by folder: fitted on the other folders", folders),
    ):
        held = np.empty(len(samples))
        for group in np.unique(groups):
            inside = groups == group
            held[inside] = _sigmoid(features[inside] @ fit_on(use & ~inside))
        answers = leads & by_people & _firsts(held, use, questions)
        print(f"\n{title}\n{_reliability(held[answers], right[answers])}")
        print(_outcomes(samples, held))
    return 0


def _firsts(scores: Floats, part: Mask, questions: NDArray[np.int_]) -> Mask:
    """Which candidates of a part have the highest score for their question."""
    order = np.lexsort((-scores, ~part, questions))
    _, starts = np.unique(questions[order], return_index=True)
    firsts = np.zeros(len(scores), dtype=bool)
    firsts[order[starts]] = True
    return firsts & part


def fit(features: Floats, right: Floats, weights: Floats) -> Floats:
    """Logistic regression by Newton's method; the first column of `features` is all ones."""
    curve = np.zeros(features.shape[1])
    for _ in range(_STEPS):
        chance = _sigmoid(features @ curve)
        slope = features.T @ (weights * (right - chance)) - _RIDGE * curve
        bend = (features * (weights * chance * (1 - chance))[:, None]).T @ features
        curve += np.linalg.solve(bend + _RIDGE * np.eye(len(curve)), slope)
    return curve


def _reliability(confidence: Floats, right: Floats) -> str:
    rows = []
    for low, high in pairwise(_BINS):
        inside = (confidence >= low) & (confidence < high)
        if inside.any():
            label = f"{low:.1f}-{min(high, 1):.1f}"
            means = (f"{confidence[inside].mean():.2f}", f"{right[inside].mean():.2f}")
            rows.append((label, str(int(inside.sum())), *means))
    return table(("confidence", "candidates", "mean", "right"), rows)


def _outcomes(samples: Sequence[Sample], confidence: Floats) -> str:
    """Right, wrong and false answers at several thresholds, per folder."""
    best: dict[int, tuple[float, Sample]] = {}
    for sample, chance in zip(samples, confidence.tolist(), strict=True):
        if not sample.allowed:
            chance = 0.0  # noqa: PLW2901
        if chance >= best.get(sample.question, (-1.0, sample))[0]:
            best[sample.question] = (chance, sample)
    rows = []
    for folder in dict.fromkeys(sample.folder for sample in samples):
        found = [pair for pair in best.values() if pair[1].folder == folder]
        yes = sum(s.answerable for _, s in found) or 1
        no = sum(not s.answerable for _, s in found) or 1
        for threshold in (0.5, 0.6, 0.7, 0.8):
            said = [s for chance, s in found if chance >= threshold]
            counts = (
                100 * sum(s.right for s in said) / yes,
                100 * sum(s.answerable and not s.right for s in said) / yes,
                100 * sum(not s.answerable for s in said) / no,
            )
            rows.append((f"{folder} from {threshold}", *(f"{count:.1f} %" for count in counts)))
    return table(("answers", "right", "wrong", "false"), rows)


def _samples(further: Sequence[Path]) -> Iterator[Sample]:
    numbers = count()
    small = {folder: [folder / "questions/readers.yaml"] for folder in _SMALL}
    for folder, files in {default_folder(): question_files(_DEV), **small}.items():
        knowledge = load_knowledge(folder)
        answerer = Answerer(knowledge)
        asked = [(folder.name, question) for file in files for question in _read(file, knowledge)]
        if folder == default_folder():
            asked += [(file.stem, q) for file in further for q in _read(file, knowledge)]
        for name, question in asked:
            yield from _candidates(answerer, name, next(numbers), question.text, question.gold)
        source = random.Random(_SEED)
        altered = list(with_unrelated_words(knowledge))
        for probe in source.sample(altered, min(_ALTERED, len(altered))):
            name = folder.name + _REPLACED
            yield from _candidates(answerer, name, next(numbers), probe.text, [])


def _read(file: Path, knowledge: Knowledge) -> list[Question]:
    return [question for question in read_questions(file, knowledge) if not question.turns]


def _candidates(
    answerer: Answerer, folder: str, number: int, text: str, gold: Sequence[Span]
) -> Iterator[Sample]:
    best = max(answerer.verdicts(text), key=lambda verdict: verdict.confidence)
    for candidate in best.candidates:
        entry = answerer.knowledge.entries.get(candidate.entry)
        if entry and entry.answerable:
            right = overlap(entry.citations, gold)
            allowed = candidate.conflict is None
            yield Sample(folder, number, candidate.signals, right, bool(gold), allowed)


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
