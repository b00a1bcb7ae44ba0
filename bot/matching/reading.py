"""How one text is understood: each word exact, by stem, mistyped or unknown; concepts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from bot.matching.phrases import PhraseTable, replace
from bot.matching.text import MAX_WORD, stem, tokens
from bot.matching.vocabulary import Neighbours, Vocabulary

SYNONYM = 0.75  # what a synonym is worth beside the word itself
_OWN = sqrt(1 - SYNONYM)
_SHARED = sqrt(SYNONYM)
MAX_STEMMED = 400  # unknown words of one message that are stemmed
MAX_LOOKED_UP = 48  # and that are looked up as misspellings


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a message and the stems it may stand for, the best first."""

    word: str
    stems: Neighbours  # empty: unknown

    @property
    def best(self) -> str:
        """Return the stem it is taken for, or the word itself."""
        return self.stems[0][0] if self.stems else self.word

    @property
    def similarity(self) -> float:
        """1 for a known word, 0 for an unknown one."""
        return self.stems[0][1] if self.stems else 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as words, and as amounts of terms: stems, and concepts that synonyms share."""

    tokens: tuple[Token, ...]
    amounts: Mapping[str, float]
    missing: tuple[tuple[str, float], ...]  # term and the square of the amount not understood


class Reader:
    """Reads messages against the words of the phrasings."""

    def __init__(
        self,
        phrasings: Iterable[str],
        synonyms: Sequence[Sequence[str]],
        abbreviations: Mapping[str, str],
    ) -> None:
        self._abbreviations = PhraseTable(
            (tokens(short), tuple(tokens(long))) for short, long in abbreviations.items()
        )
        texts = [self.words(phrasing) for phrasing in phrasings]
        groups = [[self.words(term) for term in group] for group in synonyms]
        self.vocabulary = Vocabulary(
            word
            for words in (*texts, *(term for group in groups for term in group))
            for word in words
        )
        concepts: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for number, group in enumerate(groups):
            for term in {tuple(map(stem, self.vocabulary.join(words))) for words in group}:
                concepts[term].append(f"#{number}")
        self._concepts = PhraseTable(concepts.items())
        self._single = {term[0]: names for term, names in concepts.items() if len(term) == 1}

    def words(self, text: str) -> list[str]:
        """Return the text's words, abbreviations written out."""
        return replace(tokens(text), self._abbreviations)

    def read(self, text: str) -> Reading:
        """Understand a message."""
        read = tuple(self._tokens(self.vocabulary.join(self.words(text))))
        amounts: defaultdict[str, float] = defaultdict(float)
        covered = [1.0] * len(read)
        for found in self._concepts.find([token.best for token in read]):
            run = range(found.start, found.start + found.length)
            similarity = min(read[position].similarity for position in run)
            for position in run:
                covered[position] = _OWN
            for concept in found.meaning:
                amounts[concept] += _SHARED / sqrt(len(found.meaning)) * similarity
        missing: list[tuple[str, float]] = []
        for token, share in zip(read, covered, strict=True):
            for stemmed, similarity in token.stems:
                amounts[stemmed] += share * similarity
            if token.similarity < 1:
                missing.append((token.best, share**2 * (1 - token.similarity**2)))
        return Reading(read, amounts, tuple(missing))

    def _tokens(self, words: Sequence[str]) -> Iterable[Token]:
        cache: dict[str, tuple[Token, ...]] = {}
        looked_up = 0
        for word in words:
            if word not in cache:
                if len(cache) < MAX_STEMMED and self.vocabulary.known(word):
                    cache[word] = (Token(word, ((stem(word), 1.0),)),)
                else:
                    looked_up += 1
                    cache[word] = self._guess(word, fuzzy=looked_up <= MAX_LOOKED_UP)
            yield from cache[word]

    def _guess(self, word: str, *, fuzzy: bool) -> tuple[Token, ...]:
        if not fuzzy or len(word) > MAX_WORD:
            return (Token(word, ()),)
        if halves := self.vocabulary.split(word):
            return tuple(Token(half, ((stem(half), 1.0),)) for half in halves)
        return (Token(word, self.vocabulary.neighbours(word)),)
