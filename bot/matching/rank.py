"""The score of an entry for a message: words and letters against its phrasings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, log, sqrt

import numpy as np
from rapidfuzz import fuzz, process

from bot.language.normalise import FUNCTION_STEMS
from bot.language.reader import Reading
from bot.matching.index import Floats, Integers, LetterIndex, WordIndex, apart
from bot.matching.train import learn


class Texts:
    """Many short texts kept as one string, which takes half the memory of a string each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._all = "".join(texts)
        ends = np.cumsum([len(text) for text in texts], dtype=np.int32)
        self._starts = np.concatenate((np.zeros(1, np.int32), ends))

    def __getitem__(self, number: int) -> str:
        """Return one text."""
        return self._all[self._starts[number] : self._starts[number + 1]]

    def take(self, numbers: Integers) -> list[str]:
        """Return some texts."""
        starts, stops = self._starts[numbers].tolist(), self._starts[numbers + 1].tolist()
        return [self._all[start:stop] for start, stop in zip(starts, stops, strict=True)]


def ordered(text: str) -> str:
    """Return the words of a text in alphabetical order."""
    return " ".join(sorted(text.split()))


def likenesses(text: str, others: Sequence[str], sorted_others: Sequence[str]) -> Floats:
    """Edit similarities, half as written and half with the words sorted; in [0, 1]."""
    written = process.cdist([text], others, scorer=fuzz.ratio, dtype=np.float64)[0]
    in_order = process.cdist([ordered(text)], sorted_others, scorer=fuzz.ratio, dtype=np.float64)[0]
    return np.asarray((written + in_order) / 200, dtype=np.float64)


def order(asked: Mapping[str, float], phrasing: Sequence[str]) -> float:
    """Share of the pairs of common words that stand in the same order; 1 if there is no pair.

    `asked` gives the message's words in their order, with their weights. A pair counts as much as
    its words weigh together: their product. A word said twice stands where it is said first.
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


CANDIDATES = 5  # entries whose phrasings are looked at: those of which the words tell most
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
    terms: Integers
    values: Floats  # beside `terms`
    known: float  # share of its squared length that is known
    content: Floats  # beside `terms`: the squares, as shares of all words that carry content


@dataclass(frozen=True, slots=True)
class _Told:
    """What the words of a message tell of all entries at once; each (E,), as in `Scores`."""

    profiles: Floats
    covered: Floats
    learned: Floats


class Ranking:
    """Scores entries by their phrasings, the lines; the lines of an entry stand together."""

    def __init__(self, owners: Sequence[int], readings: Sequence[Reading], entries: int) -> None:
        """`owners` are the entries of the lines, ascending; readings beside them are not kept."""
        numbers = np.array(owners, dtype=np.int64)
        self._first = np.searchsorted(numbers, np.arange(entries + 1))
        texts = [reading.text for reading in readings]
        self._texts = np.array(texts, dtype=object)
        self._ordered = Texts([ordered(text) for text in texts])
        self._meanings = Texts([" ".join(reading.meanings) for reading in readings])
        self._words = WordIndex([reading.amounts for reading in readings], numbers, entries)
        self._letters = LetterIndex(texts, numbers, entries)
        self._learned = learn(self._words, numbers)
        self._exact: dict[str, tuple[int, ...]] = {}
        alone = [(entry,) for entry in range(entries)]
        for owner, text in zip(owners, texts, strict=True):
            before = self._exact.get(text)
            self._exact[text] = tuple(sorted({*before, owner})) if before else alone[owner]

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
        understood = sum([value**2 for value in values])
        content = sum(carried) + missing  # of the words that carry any, the unknown included
        square = understood + missing
        return Query(
            reading,
            np.array(numbers, np.int64),
            np.array(values) / (sqrt(square) or 1.0),
            understood / (square or 1.0),
            np.array(carried) / (content or 1.0),
        )

    def rank(self, query: Query, limit: int) -> list[Ranked]:
        """Return the best entries; ties go to the lower number."""
        if not len(query.terms):
            return []
        told = self._told(query)
        likely = np.where(told.profiles > 0, PROFILE * told.profiles + LEARNED * told.learned, -inf)
        exact = self._exact.get(query.reading.text, ())
        found = sorted({*_best(likely, max(CANDIDATES, limit)), *exact})
        ranked = self._scored(query, found, told)
        ranked.sort(key=lambda one: (-one.scores.total, one.entry))
        return ranked[:limit]

    def score(self, query: Query, entry: int) -> Ranked | None:
        """Score one entry; None if it has no line or the message no known word."""
        if not len(query.terms) or self._first[entry] == self._first[entry + 1]:
            return None
        return self._scored(query, [entry], self._told(query))[0]

    def _told(self, query: Query) -> _Told:
        profiles, covered = self._words.profiles(query.terms, query.values, query.content)
        learned = self._learned.products(query.terms, query.values).clip(-1.0, 1.0)
        return _Told(profiles, covered, learned)

    def _scored(self, query: Query, entries: Sequence[int], told: _Told) -> list[Ranked]:
        text = query.reading.text
        words = self._words.spread(query.terms, query.values)
        letters = self._letters.similarities(text, entries)
        numbers = np.array(entries, np.int64)
        firsts, stops = self._first[numbers], self._first[numbers + 1]
        counts = stops - firsts
        starts = counts.cumsum() - counts
        alike = self._words.phrases(words, firsts, stops)
        phrases = np.maximum.reduceat(alike, starts)
        near = (alike >= (COMPARED * phrases).repeat(counts)).nonzero()[0]
        begins = near.searchsorted(starts)
        lines = near + (firsts - starts).repeat(counts)[near]
        likeness = likenesses(text, self._texts[lines].tolist(), self._ordered.take(lines))
        wordings = np.maximum.reduceat(likeness, begins).tolist()
        # Rounded, so that on every machine a tie is a tie and goes to the first phrasing.
        together = apart((PHRASE * alike[near] + WORDING * likeness).round(5), begins)
        exact = self._exact.get(text, ())
        terms, weights = self._words.terms, self._words.weights
        asked = {meaning: weights[terms.get(meaning, -1)] for meaning in query.reading.meanings}
        result = []
        for place, (entry, begin) in enumerate(zip(entries, begins.tolist(), strict=True)):
            best = int(lines[begin + int(together[place].argmax())])
            scores = Scores(
                profile=float(told.profiles[entry]),
                phrase=float(phrases[place]),
                wording=wordings[place],
                letters=letters[place],
                order=order(asked, self._meanings[best].split()),
                covered=float(told.covered[entry]),
                learned=float(told.learned[entry]),
                exact=entry in exact,
            )
            result.append(Ranked(entry, best, scores))
        return result


def _best(likely: Floats, count: int) -> list[int]:
    """Return the numbers of the greatest but -inf; ties go to the lower number."""
    floor = float(np.partition(likely, -count)[-count]) if len(likely) > count else -inf
    candidates = ((likely >= floor) & (likely > -inf)).nonzero()[0]
    order = (-likely[candidates]).argsort(kind="stable")
    best: list[int] = candidates[order[:count]].tolist()
    return best
