"""Which words count as the same: stems, slips of the finger, compounds written apart."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import Stemmer  # type: ignore[import-not-found]
from cachetools import LRUCache
from rapidfuzz import process
from rapidfuzz.distance import OSA

Neighbours = tuple[tuple[str, float], ...]  # (stem, similarity), the best first

# Optimal string alignment similarities, in [0, 1].
MAX_WORD = 32  # letters; longer runs are no words and never worth a look-up
ONE_SLIP = 0.8  # of a long word: one letter dropped, doubled, swapped or hit beside its key
CUTOFF = 0.65  # optimal string alignment similarity under which two words are strangers
SHORTEST = 4  # letters; in shorter words one slip makes another word
KEPT = 2  # stems that one mistyped word may stand for
RARE = 0.2  # in similarity, off for a word that stands once; less, the more often it does
_EXTRACTED = 10  # words looked at for them: several share a stem
_PART = 3  # letters of the shorter half of a compound
_REMEMBERED = 4096  # look-ups; people repeat each other's slips
_JOINED = 6  # letters of a compound that two words may be joined to


_stemmer = Stemmer.Stemmer("english")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Porter2 stem; codes and numbers are their own stems."""
    if len(word) > MAX_WORD or is_code(word):
        return word
    return str(_stemmer.stemWord(word))


def is_code(word: str) -> bool:
    """Whether the word holds a digit: such a word is right or wrong, never nearly right."""
    return any(character.isdigit() for character in word)


def closest(text: str, choices: Iterable[str], cutoff: float = ONE_SLIP) -> str | None:
    """The choice most like a text, by optimal string alignment; None if all are below `cutoff`."""
    found = process.extractOne(
        text, choices, scorer=OSA.normalized_similarity, score_cutoff=cutoff, processor=None
    )
    return found[0] if found else None


class Vocabulary:
    """Known words with an index of their letter pairs, so that a look-up reads no list."""

    def __init__(self, words: Iterable[str]) -> None:
        counts = Counter(words)
        self.stems = {word: stem(word) for word in sorted(counts)}
        self._counts: Counter[str] = Counter()
        for word, stemmed in self.stems.items():
            self._counts[stemmed] += counts[word]
        self._known_stems = frozenset(self.stems.values())
        self._compounds = frozenset(filter(_may_be_joined, self.stems))
        self._fuzzy = np.array(list(filter(_may_be_mistyped, self.stems)), dtype=object)
        pairs: defaultdict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self._fuzzy):
            for pair in _pairs(word):
                pairs[pair].append(number)
        self._pairs = {pair: np.array(ids, dtype=np.int64) for pair, ids in pairs.items()}
        self._looked_up: LRUCache[str, Neighbours] = LRUCache(_REMEMBERED)

    def knows_stem(self, stemmed: str) -> bool:
        """Whether some form of the stem stands in the phrasings."""
        return stemmed in self._known_stems

    def join(self, words: Sequence[str]) -> list[str]:
        """Join neighbours that the phrasings write as one word: "non proliferation"."""
        result: list[str] = []
        joined = 0
        for first, second, third in zip(
            words, [*words[1:], ""], [*words[2:], "", ""], strict=False
        ):
            if joined:
                joined -= 1
            elif third and first + second + third in self._compounds:
                result.append(first + second + third)
                joined = 2
            elif second and first + second in self._compounds:
                result.append(first + second)
                joined = 1
            else:
                result.append(first)
        return result

    def split(self, word: str) -> tuple[str, str] | None:
        """Return the two known words that an unknown compound is made of."""
        if is_code(word) or len(word) > MAX_WORD:
            return None
        halves = ((word[:cut], word[cut:]) for cut in range(_PART, len(word) - _PART + 1))
        known = [pair for pair in halves if pair[0] in self.stems and pair[1] in self.stems]
        # The most even cut: the fewest accidents.
        return min(known, key=lambda pair: abs(len(pair[0]) - len(pair[1])), default=None)

    def neighbours(self, word: str) -> Neighbours:
        """Return the known stems that an unknown word may be a misspelling of."""
        found = self._looked_up.get(word)
        if found is None:
            found = self._looked_up[word] = self._look_up(word)
        return found

    def _look_up(self, word: str) -> Neighbours:
        if not _may_be_mistyped(word):
            return ()
        found = [ids for pair in _pairs(word) if (ids := self._pairs.get(pair)) is not None]
        if not found:
            return ()
        shared = np.bincount(np.concatenate(found), minlength=len(self._fuzzy))
        near = (shared >= max(2, -(-3 * (len(word) + 1) // 10))).nonzero()[0]
        found_stems: dict[str, float] = {}
        for near_word, similarity, _ in process.extract(
            word,
            self._fuzzy.take(near).tolist(),
            scorer=OSA.normalized_similarity,
            processor=None,
            score_cutoff=CUTOFF,
            limit=_EXTRACTED,
        ):
            found_stems.setdefault(self.stems[near_word], similarity)
        return tuple(sorted(found_stems.items(), key=self._likely, reverse=True)[:KEPT])

    def _likely(self, neighbour: tuple[str, float]) -> float:
        """A slip is more likely one of a word that people use often."""
        stemmed, similarity = neighbour
        return similarity - RARE / (1 + self._counts[stemmed])


def _may_be_mistyped(word: str) -> bool:
    return SHORTEST <= len(word) <= MAX_WORD and not is_code(word)


def _may_be_joined(word: str) -> bool:
    return not word.isdigit() and (len(word) >= _JOINED or is_code(word))


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}
