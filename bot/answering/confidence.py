"""From a matching score to the chance that the answer is right."""

from __future__ import annotations

import math
from dataclasses import dataclass

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
