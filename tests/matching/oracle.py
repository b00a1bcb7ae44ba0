"""The score as its definition says, in plain Python: slow, and obviously right."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from math import log, sqrt

from hypothesis import assume
from rapidfuzz import fuzz

from bot.matching.reading import Reader, Reading

Vector = dict[str, float]


def weight(frequency: float, entries: int) -> float:
    """Square root of the logarithm of how rare a term is among entries."""
    return sqrt(log(1 + (entries - frequency + 0.5) / (frequency + 0.5)))


def unit(vector: Vector) -> Vector:
    """Scale to length 1."""
    norm = sqrt(sum(value**2 for value in vector.values()))
    return {term: value / norm for term, value in vector.items()} if norm else vector


def dot(one: Vector, other: Mapping[str, float]) -> float:
    """Sum of products over the common terms."""
    return sum(value * other.get(term, 0.0) for term, value in one.items())


def profile(phrases: Sequence[Vector]) -> Vector:
    """Unit sum of unit vectors, evened out."""
    total: Counter[str] = Counter()
    for phrase in phrases:
        for term, value in phrase.items():
            total[term] += value  # type: ignore[assignment]
    return unit({term: value**0.75 for term, value in total.items()})


def damped(amount: float) -> float:
    """Twice is 1.7 times."""
    return amount if amount <= 1 else 1 + log(amount)


def runs(text: str) -> set[str]:
    """Return the runs of four letters."""
    framed = f" {text} ".ljust(4)
    return {framed[start : start + 4] for start in range(len(framed) - 3)}


def disorder(asked: Reading, phrasing: Reading, weights: Mapping[str, float]) -> float:
    """Weighted share of common words' pairs that stand the other way round."""
    common = [m for m in dict.fromkeys(asked.meanings) if m in phrasing.meanings]
    turned = total = 0.0
    for one, other in combinations(common, 2):
        total += weights[one] * weights[other]
        if phrasing.meanings.index(one) > phrasing.meanings.index(other):
            turned += weights[one] * weights[other]
    return turned / total if total else 0.0


def speaking(phrases: Mapping[str, Sequence[Vector]]) -> dict[str, Vector]:
    """How much each term speaks for an entry: passive-aggressive, averaged."""
    names = sorted(phrases)
    lessons = [(name, v) for name in names if len(phrases[name]) > 1 for v in phrases[name]]
    weights: dict[str, Counter[str]] = {name: Counter() for name in names}
    summed: dict[str, Counter[str]] = {name: Counter() for name in names}
    order, shuffled, step = list(range(len(lessons))), random.Random(20190705), 0
    for _ in range(3 if len(names) > 1 else 0):
        shuffled.shuffle(order)
        for number in order:
            step += 1
            name, values = lessons[number]
            rivals = [other for other in names if other != name]
            reached = {n: round(dot(values, weights[n]), 6) for n in names}
            rival = max(rivals, key=lambda other: reached[other])
            loss = 1 - reached[name] + reached[rival]
            for entry, sign in ((name, 1), (rival, -1)):
                for term, value in values.items():
                    change = sign * min(0.3, max(loss, 0.0) / 2) * value
                    weights[entry][term] += change  # type: ignore[assignment]
                    summed[entry][term] += step * change  # type: ignore[assignment]
    return {n: {t: w - summed[n][t] / step for t, w in weights[n].items()} for n in names}


def scores(
    entries: Mapping[str, Sequence[str]], synonyms: Sequence[Sequence[str]], text: str
) -> dict[str, float]:
    """Score every entry for a message."""
    reader = Reader([p for name in entries for p in entries[name]], synonyms, {})
    lines = {
        name: [r for p in sorted(entries[name]) if (r := reader.read(p)).amounts]
        for name in entries
    }
    asked = reader.read(text)
    terms = Counter(t for rs in lines.values() for t in {t for r in rs for t in r.amounts})
    letters = Counter(t for rs in lines.values() for t in {t for r in rs for t in runs(r.text)})

    def worth(term: str) -> float:
        return weight(terms.get(term, 0.5), len(entries))

    def spelt(reading: Reading) -> Vector:
        return unit({t: weight(letters.get(t, 0.5), len(entries)) for t in runs(reading.text)})

    query = {t: worth(t) * damped(a) for t, a in asked.amounts.items()}
    missing = sum(square * worth(term) ** 2 for term, square in asked.missing)
    length = sqrt(sum(value**2 for value in query.values()) + missing)
    query = {t: v / length for t, v in query.items()} if length else {}
    vectors = {
        name: [unit({t: worth(t) * damped(a) for t, a in r.amounts.items()}) for r in readings]
        for name, readings in lines.items()
    }
    speaks = speaking(vectors)
    result = {}
    for name, readings in lines.items():
        phrases = vectors[name]
        if not readings or not dot(query, profile(phrases)):
            continue
        every = [dot(query, phrase) for phrase in phrases]
        # In single precision one that is all but as near as it must be may be looked at or not.
        assume(not any(abs(a - 0.7 * max(every)) < 2e-6 for a in every))
        near = [n for n, a in enumerate(every) if a > 0.7 * max(every)]
        alike = [every[n] for n in near]
        wordings = [likeness(asked.text, readings[n].text) for n in near]
        together = [0.20 * a + 0.13 * w for a, w in zip(alike, wordings, strict=True)]
        # In single precision either of two that are all but alike may be the best.
        assume(not any(0 < max(together) - value < 2e-5 for value in together))
        best = readings[near[together.index(max(together))]]
        score = (
            0.42 * dot(query, profile(phrases))
            + 0.20 * max(alike)
            + 0.13 * max(wordings)
            + 0.25 * dot(spelt(asked), profile([spelt(r) for r in readings]))
        )
        score *= 1 - 0.05 * disorder(asked, best, {m: worth(m) for m in asked.meanings})
        score += 0.2 * min(max(dot(query, speaks[name]), -1.0), 1.0)
        exact = asked.text in {r.text for r in readings}
        result[name] = 1.0 if exact else min(max(score, 0.0), 1.0)
    return result


def likeness(one: str, other: str) -> float:
    """Edit similarity, half of it with the words sorted."""
    in_order = (" ".join(sorted(text.split())) for text in (one, other))
    return (fuzz.ratio(one, other) + fuzz.ratio(*in_order)) / 200
