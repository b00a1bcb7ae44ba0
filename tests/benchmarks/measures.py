"""Accuracy and time of one way to rank."""

import time
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.data import Task
from tests.benchmarks.peers import Ranker

FALSE_ANSWERS = 0.05  # share of unanswerable questions that get one


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of the answerable questions."""

    top1: float
    top3: float
    right: float  # best and above the score that FALSE_ANSWERS of the unanswerable reach


@dataclass(frozen=True, slots=True)
class Speed:
    """Microseconds a message."""

    median: float
    p99: float


def accuracy(ranker: Ranker, task: Task) -> Accuracy:
    """Ask everything once."""
    false = sorted((_score(ranker, text) for text in task.unanswerable), reverse=True)
    threshold = false[int(len(false) * FALSE_ANSWERS)]
    first = third = right = 0
    for text, entry in task.questions:
        ranked = ranker.rank(text)[:3]
        if ranked and ranked[0][0] == entry:
            first += 1
            right += ranked[0][1] > threshold
        third += entry in {name for name, _ in ranked}
    count = len(task.questions)
    return Accuracy(first / count, third / count, right / count)


def _score(ranker: Ranker, text: str) -> float:
    ranked = ranker.rank(text)
    return ranked[0][1] if ranked else 0.0


def speed(ranker: Ranker, texts: list[str], budget: float, repeats: int = 1) -> Speed:
    """Time messages one by one, until the texts or the budget (seconds) are used up.

    Of several times for one message the median counts: a pause of the machine is none of its.
    """
    ranker.rank(texts[0])
    times: list[float] = []
    for text in texts:
        taken = []
        for _ in range(repeats):
            start = time.perf_counter()
            ranker.rank(text)
            taken.append(time.perf_counter() - start)
        times.append(float(np.median(taken)))
        if sum(times) * repeats > budget:
            break
    micro = np.array(times) * 1e6
    return Speed(float(np.median(micro)), float(np.percentile(micro, 99)))
