"""Why an entry must not be answered, however alike the words are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conflict:
    """The kind of word in which a message and an entry differ, and the word as asked."""

    kind: str  # actor, agent, patient, treaty, missile, date, code, polarity
    asked: str
    turned: bool = False  # a phrasing with its sides exchanged: no part of it asks that either
