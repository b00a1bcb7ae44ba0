"""Ranks entries by how much a message asks what their phrasings ask."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from rapidfuzz import fuzz

from bot.matching.index import Index
from bot.matching.reading import Reader, Reading

CANDIDATES = 5  # entries whose phrasings are looked at one by one
PROFILE, PHRASE, WORDING = 0.65, 0.15, 0.20  # parts of the score


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a message may ask for.

    `confidence` and `score` are in [0, 1]; `known` is the share of the message's weight
    that is known vocabulary; `phrasing` is the entry's phrasing most alike.
    """

    entry: str
    confidence: float
    phrasing: str
    score: float
    known: float


class Matcher:
    """Entries with their phrasings, read once, ranked for each message."""

    def __init__(
        self,
        entries: Mapping[str, Sequence[str]],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        abbreviations: Mapping[str, str] | None = None,
        calibrate: Callable[[float], float] | None = None,
    ) -> None:
        self._calibrate = calibrate
        self._names = sorted(entries)
        pairs = [
            (owner, phrasing)
            for owner, name in enumerate(self._names)
            for phrasing in sorted(set(entries[name]))
        ]
        self._reader = Reader((text for _, text in pairs), synonyms, abbreviations or {})
        readings = [self._reader.read(text) for _, text in pairs]
        kept = [number for number, reading in enumerate(readings) if reading.amounts]
        owners = [pairs[number][0] for number in kept]
        self._phrasings = [pairs[number][1] for number in kept]
        self._texts = [_text(readings[number]) for number in kept]
        self._sorted = [_sorted(text) for text in self._texts]
        self._index = Index([readings[number].amounts for number in kept], owners, len(self._names))
        self._exact: dict[str, set[int]] = {}
        for owner, text in zip(owners, self._texts, strict=True):
            self._exact.setdefault(text, set()).add(owner)

    def rank(self, text: str, *, limit: int = 3) -> list[Match]:
        """Return the best entries for a message; none if it has no known word."""
        reading = self._reader.read(text)
        query, known = self._vector(reading)
        if not query:
            return []
        profiles = self._index.profiles(query)
        found = _best(profiles, max(CANDIDATES, limit))
        spelled = _text(reading)
        exact = self._exact.get(spelled, set())
        matches = [
            self._match(entry, query, spelled, float(profiles[entry]), known, entry in exact)
            for entry in sorted({*found, *exact})
        ]
        matches.sort(key=lambda match: (-match.score, match.entry))
        return matches[:limit]

    def _match(
        self,
        entry: int,
        query: Mapping[int, float],
        spelled: str,
        profile: float,
        known: float,
        exact: bool,
    ) -> Match:
        numbers = self._index.phrasings_of(entry)
        phrases = self._index.phrases(query, entry)
        in_order = _sorted(spelled)
        wordings = [
            (fuzz.ratio(in_order, self._sorted[n]) + fuzz.ratio(spelled, self._texts[n])) / 200
            for n in numbers
        ]
        best = int(np.argmax(phrases + wordings))
        score = PROFILE * profile + PHRASE * float(phrases.max()) + WORDING * max(wordings)
        score = 1.0 if exact else min(max(score, 0.0), 1.0)
        confidence = self._calibrate(score) if self._calibrate else score
        return Match(self._names[entry], confidence, self._phrasings[numbers[best]], score, known)

    def _vector(self, reading: Reading) -> tuple[dict[int, float], float]:
        """Return the unit query vector of the known terms, and the share of weight they are."""
        index = self._index
        query: dict[int, float] = {}
        missing = 0.0
        unseen = float(index.weight(0.5))
        for term, amount in reading.amounts.items():
            value = amount if amount <= 1 else 1 + log(amount)
            if (number := index.terms.get(term)) is None:
                missing += (unseen * value) ** 2
            else:
                query[number] = float(index.weights[number]) * value
        for term, square in reading.missing:
            number = index.terms.get(term)
            missing += square * (unseen if number is None else float(index.weights[number])) ** 2
        understood = sum(value**2 for value in query.values())
        norm = sqrt(understood + missing)
        if not norm:
            return {}, 0.0
        return {n: value / norm for n, value in query.items()}, understood / norm**2


def _text(reading: Reading) -> str:
    return " ".join(token.word for token in reading.tokens)


def _sorted(text: str) -> str:
    return " ".join(sorted(text.split()))


def _best(scores: np.ndarray, count: int) -> list[int]:
    """Return the numbers of the best positive scores; ties go to the lower number."""
    if len(scores) > count:
        floor = np.partition(scores, -count)[-count]
        candidates = np.flatnonzero(scores >= max(floor, np.finfo(float).tiny))
    else:
        candidates = np.flatnonzero(scores > 0)
    order = np.lexsort((candidates, -scores[candidates]))
    return [int(number) for number in candidates[order[:count]]]
