"""The score of an entry for a message: the message's words against the entry's phrasings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, log, sqrt

import numpy as np
from rapidfuzz import fuzz, process

from bot.language.normalise import FUNCTION_STEMS
from bot.language.reader import Reading
from bot.matching.index import Floats, Integers, WordIndex, split_at
from bot.matching.train import learn

MAX_CANDIDATES = 5  # entries whose single phrasings are compared: the best ones by words
_NEARLY_BEST = 0.7  # of the best phrasing's likeness in words, to be compared letter by letter
# The parts of the score; they add up to 1.
_PROFILE, _PHRASE, _WORDING = 0.56, 0.27, 0.17
_DISORDER = 0.05  # share of the score lost if all common words are in reverse order
_LEARNED = 0.2  # the most that learned weights add to the score or take from it


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts of an entry's score, each in [0, 1] except `learned`."""

    profile: float  # words against all its phrasings together
    phrase: float  # words against the best phrasing
    wording: float  # edit similarity to the best phrasing
    order: float  # share of the words shared with the best phrasing that are in the same order
    covered: float  # share of the weight of content words that any of its phrasings has
    learned: float  # what the learned weights say for this entry, in [-1, 1]
    exact: bool  # the message is one of its phrasings

    @property
    def total(self) -> float:
        """The raw score, in [0, 1]."""
        learned = 0 if self.exact else _LEARNED * self.learned
        return min(max(self.alike + learned, 0.0), 1.0)

    @property
    def alike(self) -> float:
        """The part of the score that is likeness alone."""
        if self.exact:
            return 1.0
        alike = _PROFILE * self.profile + _PHRASE * self.phrase + _WORDING * self.wording
        return min(max(alike * (1 - _DISORDER * (1 - self.order)), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry with its scores and its best phrasing, by their numbers."""

    entry: int
    line: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class Query:
    """A message as a vector over the known terms; shorter than 1 by what is unknown."""

    reading: Reading
    terms: Integers
    values: Floats  # of each term
    content: Floats  # of each term: its square, as a share of all content words


@dataclass(frozen=True, slots=True)
class _Totals:
    """What the words of a message say of all entries at once; each (E,), as in `Scores`."""

    profiles: Floats
    covered: Floats
    learned: Floats


class Ranking:
    """Scores entries by their phrasings ("lines"); the lines of an entry are next to each other."""

    def __init__(self, owners: Sequence[int], readings: Sequence[Reading], entries: int) -> None:
        """`owners` are the entries of the lines, ascending; `readings` are the lines as read."""
        numbers = np.array(owners, dtype=np.int64)
        self._first = np.searchsorted(numbers, np.arange(entries + 1))
        texts = [reading.text for reading in readings]
        self._texts = np.array(texts, dtype=object)
        self._sorted_texts = PackedTexts([_words_sorted(text) for text in texts])
        self._meanings = PackedTexts([" ".join(reading.meanings) for reading in readings])
        self._words = WordIndex([reading.amounts for reading in readings], numbers, entries)
        self._learned = learn(self._words, numbers)
        self._exact: dict[str, tuple[int, ...]] = {}
        for owner, text in zip(owners, texts, strict=True):
            self._exact[text] = tuple(sorted({*self._exact.get(text, ()), owner}))

    def query(self, reading: Reading) -> Query:
        """Weigh a message's terms."""
        terms, weights = self._words.terms, self._words.weights
        numbers: list[int] = []
        values: list[float] = []
        carried: list[float] = []
        missing = 0.0
        for term, amount in reading.amounts.items():
            value = amount if amount <= 1 else 1 + log(amount)
            number = terms.get(term, -1)
            value *= weights[number]
            if number < 0:
                missing += value**2
                continue
            numbers.append(number)
            values.append(value)
            carried.append(0.0 if term in FUNCTION_STEMS else value**2)
        for term, square in reading.missing:
            missing += square * weights[terms.get(term, -1)] ** 2
        length = sqrt(sum([value**2 for value in values]) + missing) or 1.0
        content = sum(carried) + missing or 1.0
        return Query(
            reading,
            np.array(numbers, np.int64),
            np.array(values) / length,
            np.array(carried) / content,
        )

    def rank(self, query: Query, limit: int) -> list[Ranked]:
        """The best entries; ties go to the lower number."""
        if not len(query.terms):
            return []
        totals = self._totals(query)
        by_words = _PROFILE * totals.profiles + _LEARNED * totals.learned
        likely = np.where(totals.profiles > 0, by_words, -inf)
        exact = self._exact.get(query.reading.text, ())
        found = sorted({*_best(likely, max(MAX_CANDIDATES, limit)), *exact})
        ranked = self._scored(query, found, totals)
        ranked.sort(key=lambda one: (-one.scores.total, one.entry))
        return ranked[:limit]

    def score(self, query: Query, entry: int) -> Ranked | None:
        """Score one entry; None if it has no line or the message no known word."""
        if not len(query.terms) or self._first[entry] == self._first[entry + 1]:
            return None
        return self._scored(query, [entry], self._totals(query))[0]

    def _totals(self, query: Query) -> _Totals:
        profiles, covered = self._words.profiles(query.terms, query.values, query.content)
        learned = self._learned.products(query.terms, query.values).clip(-1.0, 1.0)
        return _Totals(profiles, covered, learned)

    def _scored(self, query: Query, entries: Sequence[int], totals: _Totals) -> list[Ranked]:
        text = query.reading.text
        words = self._words.spread(query.terms, query.values)
        numbers = np.array(entries, np.int64)
        firsts, stops = self._first[numbers], self._first[numbers + 1]
        counts = stops - firsts
        starts = counts.cumsum() - counts
        alike = self._words.phrases(words, firsts, stops)
        phrases = np.maximum.reduceat(alike, starts)
        near = (alike >= (_NEARLY_BEST * phrases).repeat(counts)).nonzero()[0]
        begins = near.searchsorted(starts)
        lines = near + (firsts - starts).repeat(counts)[near]
        similarity = _similarities(
            text, self._texts[lines].tolist(), self._sorted_texts.take(lines)
        )
        wordings = np.maximum.reduceat(similarity, begins).tolist()
        # Rounded, so that a tie is a tie on every machine and goes to the first phrasing.
        together = split_at((_PHRASE * alike[near] + _WORDING * similarity).round(5), begins)
        exact = self._exact.get(text, ())
        terms, weights = self._words.terms, self._words.weights
        asked = {meaning: weights[terms.get(meaning, -1)] for meaning in query.reading.meanings}
        result = []
        for place, (entry, begin) in enumerate(zip(entries, begins.tolist(), strict=True)):
            best = int(lines[begin + int(together[place].argmax())])
            scores = Scores(
                profile=float(totals.profiles[entry]),
                phrase=float(phrases[place]),
                wording=wordings[place],
                order=same_order(asked, self._meanings[best].split()),
                covered=float(totals.covered[entry]),
                learned=float(totals.learned[entry]),
                exact=entry in exact,
            )
            result.append(Ranked(entry, best, scores))
        return result


class PackedTexts:
    """Many short texts in one string, which takes half the memory of a string each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._all = "".join(texts)
        ends = np.cumsum([len(text) for text in texts], dtype=np.int32)
        self._starts = np.concatenate((np.zeros(1, np.int32), ends))

    def __getitem__(self, number: int) -> str:
        """One text."""
        return self._all[self._starts[number] : self._starts[number + 1]]

    def take(self, numbers: Integers) -> list[str]:
        """Several texts."""
        starts, stops = self._starts[numbers].tolist(), self._starts[numbers + 1].tolist()
        return [self._all[start:stop] for start, stop in zip(starts, stops, strict=True)]


def same_order(asked: Mapping[str, float], phrasing: Sequence[str]) -> float:
    """The share of pairs of common words that are in the same order; 1 if there is no pair.

    `asked` gives the message's words in order, with their weights. A pair counts as much as the
    product of its weights. A repeated word counts where it comes first.
    """
    places = dict(zip(reversed(phrasing), range(len(phrasing))[::-1], strict=True))
    common = [(places[word], weight) for word, weight in asked.items() if word in places]
    if common == sorted(common):
        return 1.0
    same = total = 0.0
    for number, (place, weight) in enumerate(common):
        for other_place, other_weight in common[number + 1 :]:
            both = weight * other_weight
            total += both
            if place < other_place:
                same += both
    return same / total if total else 1.0


def _similarities(text: str, others: Sequence[str], sorted_others: Sequence[str]) -> Floats:
    """Edit similarities in [0, 1]: half as written, half with the words sorted."""
    written = process.cdist([text], others, scorer=fuzz.ratio, dtype=np.float64)[0]
    by_words = process.cdist(
        [_words_sorted(text)], sorted_others, scorer=fuzz.ratio, dtype=np.float64
    )[0]
    return np.asarray((written + by_words) / 200, dtype=np.float64)


def _words_sorted(text: str) -> str:
    return " ".join(sorted(text.split()))


def _best(likely: Floats, count: int) -> list[int]:
    """The numbers of the greatest values except -inf; ties go to the lower number."""
    floor = float(np.partition(likely, -count)[-count]) if len(likely) > count else -inf
    candidates = ((likely >= floor) & (likely > -inf)).nonzero()[0]
    order = (-likely[candidates]).argsort(kind="stable")
    best: list[int] = candidates[order[:count]].tolist()
    return best
