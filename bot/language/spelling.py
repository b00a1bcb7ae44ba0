"""Decides which words count as the same: stems, misspellings, compounds written as two words."""

from __future__ import annotations

import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import groupby
from math import log
from typing import NamedTuple

import numpy as np
import Stemmer  # type: ignore[import-not-found]
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

MAX_WORD = 32  # letters; longer runs are not words, and are never looked up
# Optimal string alignment similarities, in [0, 1].
ONE_SLIP = 0.8  # a long word with one letter dropped, doubled, swapped or replaced
_STRETCHED = 0.9  # only repeated letters differ: "wheeeen", "misile"
_MISSPELT = 0.65  # below this, two words are different words; 0.7 misses some misspellings
# The likelihood that a known word was meant is its similarity plus these.
_COMMON = 0.03  # for each e-fold in how often the word occurs; 0.06 is as good
_SAME_START = 0.1  # 0.2 is as good
_SURE = 1.0  # likelihood at which no other word can have been meant
_SHORT = 3  # letters; in such words only some slips are recognised, in shorter ones none
_MAX_WORDS = 10  # similar words that are compared; with 3, the likeliest is not always among them
_MIN_HALF = 3  # letters of the shorter half of a compound
_MAX_CACHED = 4096  # look-ups; people repeat each other's misspellings

_stemmer = Stemmer.Stemmer("english", 0)  # without its own cache: `stem` has one


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Porter2 stem, if more than a letter is left of the word; codes are their own stems."""
    if len(word) > MAX_WORD or is_code(word):
        return word
    found = str(_stemmer.stemWord(word))
    return found if len(found) > 1 else word  # else "aed" would be "a"


def is_code(word: str) -> bool:
    """Whether a word has a digit in it: such a word is never corrected."""
    return any(character.isdigit() for character in word)


def closest(text: str, choices: Iterable[str], cutoff: float = ONE_SLIP) -> str | None:
    """The choice most similar to a text; None if none reaches `cutoff`."""
    found = process.extractOne(
        text, choices, scorer=OSA.normalized_similarity, score_cutoff=cutoff, processor=None
    )
    return found[0] if found else None


class Correction(NamedTuple):
    """What an unknown word is likely to be."""

    spelt: str  # the word that was meant, if that is beyond doubt, or else the word itself
    stem: str | None  # of the likeliest known word; None if none is similar
    similarity: float  # of that word, in [0, 1]


@dataclass(frozen=True)
class Vocabulary:
    """Known words, indexed by letter pairs, so that a look-up need not scan them all."""

    stems: Mapping[str, str]  # by word, in alphabetical order
    counts: Mapping[str, int]  # how often each stem occurs
    pairs: Mapping[str, NDArray[np.int32]]  # of letters -> the numbers of words that have them

    @classmethod
    def learn(cls, words: Iterable[str]) -> Vocabulary:
        """The vocabulary of some texts, given all of their words."""
        occurrences = Counter(words)
        stems = {word: stem(word) for word in sorted(occurrences)}
        counts: Counter[str] = Counter()
        pairs: defaultdict[str, list[int]] = defaultdict(list)
        for number, (word, stemmed) in enumerate(stems.items()):
            counts[stemmed] += occurrences[word]
            if _SHORT < len(word) <= MAX_WORD and not is_code(word):  # it may be misspelt
                for pair in _pairs(word):
                    pairs[pair].append(number)
        return cls(stems, counts, {pair: np.array(ids, np.int32) for pair, ids in pairs.items()})

    @cached_property
    def _words(self) -> list[str]:
        return [*self.stems]

    @cached_property
    def _by_count(self) -> list[str]:
        """The words, the commonest last."""
        return sorted(self.stems, key=lambda word: self.counts[self.stems[word]])

    @cached_property
    def _unstretched(self) -> dict[str, str]:
        return {_unstretched(word): word for word in self._by_count}  # the commonest wins

    @cached_property
    def _longer(self) -> dict[str, list[str]]:
        """The words of four letters, by their first and last one."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._by_count:
            if len(word) == _SHORT + 1:
                found[word[0] + word[-1]].append(word)
        return found

    def split(self, word: str) -> tuple[str, str] | None:
        """The two known words that an unknown word is made of."""
        if is_code(word) or len(word) > MAX_WORD:
            return None
        halves = ((word[:cut], word[cut:]) for cut in range(_MIN_HALF, len(word) - _MIN_HALF + 1))
        known = [pair for pair in halves if pair[0] in self.stems and pair[1] in self.stems]
        # The most even split is the least likely to be an accident.
        return min(known, key=lambda pair: abs(len(pair[0]) - len(pair[1])), default=None)

    @cached_property
    def correct(self) -> Callable[[str], Correction]:
        """Tells what an unknown word is likely to be."""
        # By a weak reference, so that replaced knowledge is freed at once.
        return lru_cache(_MAX_CACHED)(partial(Vocabulary._correct, weakref.proxy(self)))

    def _correct(self, word: str) -> Correction:
        similar = self._look_up(word)
        # A common word is misspelt more often; the first letter is rarely wrong.
        likely = {
            near: _likelihood(similarity, self.counts[self.stems[near]])
            + _SAME_START * (near[0] == word[0])
            for near, similarity in similar.items()
        }
        if not likely:
            return Correction(word, None, 0.0)
        best = max(likely, key=likely.__getitem__)
        is_slip = OSA.distance(word, best) <= 1 or _unstretched(word) == _unstretched(best)
        spelt = best if likely[best] >= _SURE and is_slip else word
        return Correction(spelt, self.stems[best], (1 + similar[best]) / 2)

    def is_misspelt(self, form: str) -> bool:
        """Whether a form of a rare word is another word misspelt: "meating", which is no meat.

        A letter more or less, unless it is doubled, is no misspelling: "drowned" is not "downed".
        """
        meant = self.correct(form)
        is_slip = len(form) == len(meant.spelt) or _unstretched(form) == _unstretched(meant.spelt)
        if meant.spelt == form or not is_slip:
            return False
        misspelt = _likelihood(2 * meant.similarity - 1, self.counts[self.stems[meant.spelt]])
        return misspelt > _likelihood(1.0, self.counts[stem(form)])

    def _look_up(self, word: str) -> dict[str, float]:
        """Known words similar to an unknown one, each with its similarity."""
        if is_code(word) or not _SHORT <= len(word) <= MAX_WORD:
            return {}
        similar = self._slips_of_three(word) if len(word) == _SHORT else self._similar(word)
        stretched = self._unstretched.get(_unstretched(word))
        return similar | ({stretched: _STRETCHED} if stretched else {})

    def _similar(self, word: str) -> dict[str, float]:
        found = [ids for pair in _pairs(word) if (ids := self.pairs.get(pair)) is not None]
        if not found:
            return {}
        shared = np.bincount(np.concatenate(found), minlength=len(self.stems))
        near = (shared >= max(2, -(-3 * (len(word) + 1) // 10))).nonzero()[0]
        similar = process.extract(
            word,
            [self._words[number] for number in near.tolist()],
            scorer=OSA.normalized_similarity,
            processor=None,
            score_cutoff=_MISSPELT,
            limit=_MAX_WORDS,
        )
        return {near_word: similarity for near_word, similarity, _ in similar}

    def _slips_of_three(self, word: str) -> dict[str, float]:
        """Known words that three letters may be: "teh" with two swapped, "wth" with one dropped."""
        first, second, third = list(word)
        longer = [w for w in self._longer.get(first + third, ()) if second in w[1:3]]
        swapped = [w for w in (second + first + third, first + third + second) if w in self.stems]
        return dict.fromkeys([*longer, *swapped], ONE_SLIP)


def _likelihood(similarity: float, count: int) -> float:
    """How likely it is that a word was meant."""
    return similarity + _COMMON * log(1 + count)


def _unstretched(word: str) -> str:
    """The word with every repeated letter once: "wheeeen" and "when" give the same."""
    return "".join(letter for letter, _ in groupby(word))


def _pairs(word: str) -> Iterable[str]:
    framed = f"^{word}$"
    return dict.fromkeys(framed[i : i + 2] for i in range(len(framed) - 1))
