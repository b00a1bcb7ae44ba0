"""Measures the accuracy and speed of a ranker."""

import time
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.data import Task
from tests.benchmarks.peers import Ranker

FALSE_ANSWERS = 0.05  # share of unanswerable questions that get an answer


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of the answerable questions."""

    top1: float
    top3: float
    correct: float  # top-1, and above the threshold that lets FALSE_ANSWERS through


@dataclass(frozen=True, slots=True)
class Speed:
    """Microseconds per message."""

    median: float
    p99: float


def accuracy(ranker: Ranker, task: Task) -> Accuracy:
    """Ask every question once."""
    false_scores = sorted((_score(ranker, text) for text in task.unanswerable), reverse=True)
    threshold = false_scores[int(len(false_scores) * FALSE_ANSWERS)]
    top1 = top3 = correct = 0
    for text, entry in task.questions:
        ranked = ranker.rank(text)[:3]
        if ranked and ranked[0][0] == entry:
            top1 += 1
            correct += ranked[0][1] > threshold
        top3 += entry in {name for name, _ in ranked}
    count = len(task.questions)
    return Accuracy(top1 / count, top3 / count, correct / count)


def _score(ranker: Ranker, text: str) -> float:
    ranked = ranker.rank(text)
    return ranked[0][1] if ranked else 0.0


def speed(ranker: Ranker, texts: list[str], budget: float, repeats: int = 1) -> Speed:
    """Time messages one by one until the budget (in seconds) is spent.

    With `repeats`, the median time of each message counts, so that one pause does not matter.
    """
    ranker.rank(texts[0])
    times: list[float] = []
    for text in texts:
        repeated = []
        for _ in range(repeats):
            ranker.rank("")  # so that no ranker remembers the message
            start = time.perf_counter()
            ranker.rank(text)
            repeated.append(time.perf_counter() - start)
        times.append(float(np.median(repeated)))
        if sum(times) * repeats > budget:
            break
    micro = np.array(times) * 1e6
    return Speed(float(np.median(micro)), float(np.percentile(micro, 99)))
