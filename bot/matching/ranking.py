"""The score of an entry for a message: words and letters against its phrasings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from bot.matching.functionwords import FUNCTION_STEMS
from bot.matching.index import Floats, WordIndex, apart
from bot.matching.learning import learn
from bot.matching.letters import LetterIndex
from bot.matching.reading import Reading
from bot.matching.wording import likenesses, order, ordered

CANDIDATES = 6  # entries whose phrasings are looked at one by one
COMPARED = 0.7  # of the best phrasing's likeness in words, to be compared letter by letter
PROFILE, PHRASE, WORDING, LETTERS = 0.42, 0.20, 0.13, 0.25  # parts of the score
DISORDER = 0.05  # of the score goes if all common words stand the other way round
LEARNED = 0.2  # that words may add or take which speak for an entry or against it


@dataclass(frozen=True, slots=True)
class Scores:
    """The parts of an entry's score, each in [0, 1] but for `learned`."""

    profile: float  # words against all its phrasings together
    phrase: float  # words against the best phrasing
    wording: float  # edit similarity to the best phrasing
    letters: float  # runs of letters against all its phrasings together
    order: float  # share of the common words of the best phrasing that stand in its order
    covered: float  # share of the weight of words with content that any of its phrasings has
    learned: float  # how much its words speak for this entry beside its rivals, in [-1, 1]
    exact: bool  # the message is one of its phrasings

    @property
    def total(self) -> float:
        """The raw score."""
        return min(max(self.alike + (0 if self.exact else LEARNED * self.learned), 0.0), 1.0)

    @property
    def alike(self) -> float:
        """The part of it that is likeness alone."""
        if self.exact:
            return 1.0
        alike = (
            PROFILE * self.profile
            + PHRASE * self.phrase
            + WORDING * self.wording
            + LETTERS * self.letters
        )
        return min(max(alike * (1 - DISORDER * (1 - self.order)), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry with its scores and the line most alike, by their numbers."""

    entry: int
    line: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class Query:
    """A message as a vector over the known terms, shorter than 1 by what is unknown."""

    reading: Reading
    values: Mapping[int, float]
    known: float  # share of its squared length that is known
    content: Floats  # beside `values`: the squares, as shares of all words that carry content


class Ranking:
    """Scores entries by their phrasings, the lines; the lines of an entry stand together."""

    def __init__(self, owners: Sequence[int], readings: Sequence[Reading], entries: int) -> None:
        """`owners` are the entries of the lines, ascending; readings beside them are not kept."""
        numbers = np.array(owners, dtype=np.int64)
        self._first = np.searchsorted(numbers, np.arange(entries + 1)).tolist()
        # Strings, not objects: they are many, and read again at every start.
        self._texts = [reading.text for reading in readings]
        self._ordered = [ordered(text) for text in self._texts]
        self._meanings = [" ".join(reading.meanings) for reading in readings]
        self._words = WordIndex([reading.amounts for reading in readings], numbers, entries)
        self._letters = LetterIndex(self._texts, numbers, entries)
        self._learned = learn(self._words, numbers)
        self._exact: dict[str, tuple[int, ...]] = {}
        for owner, text in zip(owners, self._texts, strict=True):
            self._exact[text] = tuple(sorted({*self._exact.get(text, ()), owner}))

    def query(self, reading: Reading) -> Query:
        """Weigh a message's terms."""
        terms, weights, unseen = self._words.terms, self._words.weights, self._words.unseen
        values: dict[int, float] = {}
        carrying: set[int] = set()
        missing = 0.0
        content = 0.0  # squared length in words that carry content, the unknown included
        for term, amount in reading.amounts.items():
            value = amount if amount <= 1 else 1 + log(amount)
            number = terms.get(term)
            if number is None:
                missing += (unseen * value) ** 2
            else:
                values[number] = weights[number] * value
                if term not in FUNCTION_STEMS:
                    carrying.add(number)
                    content += values[number] ** 2
        for term, square in reading.missing:
            number = terms.get(term)
            missing += square * (unseen if number is None else weights[number]) ** 2
        understood = sum(value**2 for value in values.values())
        norm = sqrt(understood + missing)
        content += missing
        squares = [value**2 if n in carrying else 0.0 for n, value in values.items()]
        shares = np.array(squares) / (content or 1.0)
        if not understood:
            return Query(reading, {}, 0.0, shares)
        unit = {n: value / norm for n, value in values.items()}
        return Query(reading, unit, understood / norm**2, shares)

    def rank(self, query: Query, limit: int) -> list[Ranked]:
        """Return the best entries; ties go to the lower number."""
        if not query.values:
            return []
        scores, covered = self._words.profiles(query.values, query.content)
        exact = self._exact.get(query.reading.text, ())
        found = sorted({*_best(scores, max(CANDIDATES, limit)), *exact})
        ranked = self._scored(query, found, scores, covered)
        ranked.sort(key=lambda one: (-one.scores.total, one.entry))
        return ranked[:limit]

    def score(self, query: Query, entry: int) -> Ranked | None:
        """Score one entry; None if it has no line or the message no known word."""
        if not query.values or self._first[entry] == self._first[entry + 1]:
            return None
        return self._scored(query, [entry], *self._words.profiles(query.values, query.content))[0]

    def _scored(
        self, query: Query, entries: Sequence[int], profiles: Floats, covered: Floats
    ) -> list[Ranked]:
        text = query.reading.text
        letters = self._letters.similarities(text, np.array(entries, dtype=np.int64)).tolist()
        learned = self._learned.speaks(query.values, entries)
        spans = [range(self._first[entry], self._first[entry + 1]) for entry in entries]
        lines = np.concatenate([np.arange(span.start, span.stop) for span in spans])
        counts = np.array([len(span) for span in spans])
        starts = counts.cumsum() - counts
        alike = self._words.phrases(query.values, spans)
        phrases = np.maximum.reduceat(alike, starts)
        near = (alike >= COMPARED * phrases.repeat(counts)).nonzero()[0]
        numbers = lines[near].tolist()
        likeness = likenesses(
            text, [self._texts[n] for n in numbers], [self._ordered[n] for n in numbers]
        )
        begins = near.searchsorted(starts)
        wordings = np.maximum.reduceat(likeness, begins).tolist()
        # Rounded, so that on every machine a tie is a tie and goes to the first phrasing.
        together = apart((PHRASE * alike[near] + WORDING * likeness).round(5), begins)
        exact = self._exact.get(text, ())
        weights = self._weights(query.reading)
        result = []
        for place, (entry, begin) in enumerate(zip(entries, begins.tolist(), strict=True)):
            best = numbers[begin + int(together[place].argmax())]
            scores = Scores(
                profile=float(profiles[entry]),
                phrase=float(phrases[place]),
                wording=wordings[place],
                letters=letters[place],
                order=order(query.reading.meanings, self._meanings[best].split(), weights),
                covered=float(covered[entry]),
                learned=learned[place],
                exact=entry in exact,
            )
            result.append(Ranked(entry, best, scores))
        return result

    def _weights(self, reading: Reading) -> dict[str, float]:
        terms, weights, unseen = self._words.terms, self._words.weights, self._words.unseen
        return {
            meaning: unseen if (number := terms.get(meaning)) is None else weights[number]
            for meaning in reading.meanings
        }


def _best(scores: Floats, count: int) -> list[int]:
    """Return the numbers of the best positive scores; ties go to the lower number."""
    floor = 0.0
    if len(scores) > count:
        floor = float(np.partition(scores, -count)[-count])
    candidates = np.flatnonzero(scores >= floor if floor > 0 else scores > 0)
    ranked = sorted(zip((-scores[candidates]).tolist(), candidates.tolist(), strict=True))
    return [number for _, number in ranked[:count]]
