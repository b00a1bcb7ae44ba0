"""From a matching score to the chance that the answer is right."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic curve over three readings of a match.

    Fitted by `python -m bot.evaluation.calibrate` on labelled questions (cross-validated
    by whole entries); the reading of each is in `docs/matching.md`.
    """

    intercept: float
    score: float  # per unit of the matcher's score, in [0, 1]
    margin: float  # per unit of lead over the best entry that cites something else
    covered: float  # per unit of the share of the message's weight in words of the entry

    def confidence(self, score: float, margin: float, covered: float) -> float:
        """The chance, in [0, 1], that a match with these readings is right."""
        logit = self.intercept + self.score * score + self.margin * margin + self.covered * covered
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


CALIBRATION = Calibration(intercept=-1.60, score=0.59, margin=7.84, covered=3.32)
# Above ANSWER the bot answers; above SUGGEST it offers the question instead.
ANSWER = 0.5
SUGGEST = 0.15
