"""Decides which words count as the same: stems, misspellings, compounds written as two words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import Stemmer  # type: ignore[import-not-found]
from cachetools import LRUCache
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

Neighbours = tuple[tuple[str, float], ...]  # (stem, similarity), best first

MAX_WORD = 32  # letters; longer runs are not words, and are never looked up
# Optimal string alignment similarities, in [0, 1].
ONE_SLIP = 0.8  # a long word with one letter dropped, doubled, swapped or replaced
_MISSPELT = 0.65  # below this, two words are different words
_RARE = 0.2  # subtracted from the similarity, divided by 1 + how often the word occurs
_MIN_MISSPELT = 4  # letters; in shorter words one slip makes another word
_MAX_STEMS = 2  # that one misspelt word may stand for
_MAX_WORDS = 10  # similar words looked at to find them; several may share a stem
_MIN_HALF = 3  # letters of the shorter half of a compound
_MAX_CACHED = 4096  # look-ups; people repeat each other's misspellings

_stemmer = Stemmer.Stemmer("english", 0)  # without its own cache: `stem` has one


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Porter2 stem; codes and numbers are their own stems."""
    if len(word) > MAX_WORD or is_code(word):
        return word
    return str(_stemmer.stemWord(word))


def is_code(word: str) -> bool:
    """Whether a word has a digit in it: such a word is never corrected."""
    return any(character.isdigit() for character in word)


def closest(text: str, choices: Iterable[str], cutoff: float = ONE_SLIP) -> str | None:
    """The choice most similar to a text; None if none reaches `cutoff`."""
    found = process.extractOne(
        text, choices, scorer=OSA.normalized_similarity, score_cutoff=cutoff, processor=None
    )
    return found[0] if found else None


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
            for pair in _pairs(word) if _may_be_misspelt(word) else ():
                pairs[pair].append(number)
        return cls(stems, counts, {pair: np.array(ids, np.int32) for pair, ids in pairs.items()})

    @cached_property
    def _looked_up(self) -> LRUCache[str, Neighbours]:
        return LRUCache(_MAX_CACHED)

    def knows_stem(self, stemmed: str) -> bool:
        """Whether some known word has this stem."""
        return stemmed in self.counts

    def split(self, word: str) -> tuple[str, str] | None:
        """The two known words that an unknown word is made of."""
        if is_code(word) or len(word) > MAX_WORD:
            return None
        halves = ((word[:cut], word[cut:]) for cut in range(_MIN_HALF, len(word) - _MIN_HALF + 1))
        known = [pair for pair in halves if pair[0] in self.stems and pair[1] in self.stems]
        # The most even split is the least likely to be an accident.
        return min(known, key=lambda pair: abs(len(pair[0]) - len(pair[1])), default=None)

    def neighbours(self, word: str) -> Neighbours:
        """The known stems that an unknown word may be a misspelling of."""
        found = self._looked_up.get(word)
        if found is None:
            found = self._looked_up[word] = self._look_up(word)
        return found

    def _look_up(self, word: str) -> Neighbours:
        if len(word) == _MIN_MISSPELT - 1:  # only swapped letters, as in "teh"
            swapped = sorted({word[1] + word[0] + word[2], word[0] + word[2] + word[1]})
            return tuple((self.stems[known], ONE_SLIP) for known in swapped if known in self.stems)
        if not _may_be_misspelt(word):
            return ()
        found = [ids for pair in _pairs(word) if (ids := self.pairs.get(pair)) is not None]
        if not found:
            return ()
        shared = np.bincount(np.concatenate(found), minlength=len(self.stems))
        words = [*self.stems]
        near = (shared >= max(2, -(-3 * (len(word) + 1) // 10))).nonzero()[0]
        found_stems: dict[str, float] = {}
        for near_word, similarity, _ in process.extract(
            word,
            [words[number] for number in near.tolist()],
            scorer=OSA.normalized_similarity,
            processor=None,
            score_cutoff=_MISSPELT,
            limit=_MAX_WORDS,
        ):
            found_stems.setdefault(self.stems[near_word], similarity)
        return tuple(sorted(found_stems.items(), key=self._likely, reverse=True)[:_MAX_STEMS])

    def _likely(self, neighbour: tuple[str, float]) -> float:
        """How likely a neighbour was to be meant: frequent words are misspelt more often."""
        stemmed, similarity = neighbour
        return similarity - _RARE / (1 + self.counts[stemmed])


def _may_be_misspelt(word: str) -> bool:
    return _MIN_MISSPELT <= len(word) <= MAX_WORD and not is_code(word)


def _pairs(word: str) -> Iterable[str]:
    framed = f"^{word}$"
    return dict.fromkeys(framed[i : i + 2] for i in range(len(framed) - 1))
