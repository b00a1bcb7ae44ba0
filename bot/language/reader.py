"""Matches words to those of the phrasings: exact, by stem, misspelt, synonym or unknown."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from bot.language.normalise import tokenize
from bot.language.spelling import MAX_WORD, Neighbours, Vocabulary, is_code, stem

Meaning = TypeVar("Meaning")


class PhraseTable(Generic[Meaning]):
    """Finds the longest known runs of words, from left to right, without overlaps."""

    def __init__(self, phrases: Iterable[tuple[Sequence[str], Meaning]]) -> None:
        self._phrases = {tuple(words): meaning for words, meaning in phrases if words}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for words in self._phrases:
            lengths[words[0]].add(len(words))
        self._lengths = {first: sorted(some, reverse=True) for first, some in lengths.items()}

    def find(self, words: Sequence[str]) -> Iterator[tuple[int, int, Meaning]]:
        """The start and end of each run, and what it stands for."""
        at = 0
        while at < len(words):
            run: tuple[str, ...] = ()
            for length in self._lengths.get(words[at], ()):
                run = tuple(words[at : at + length])
                if run in self._phrases:
                    break
                run = ()
            if run:
                yield at, at + len(run), self._phrases[run]
            at += len(run) or 1


def expand(words: Sequence[str], table: PhraseTable[tuple[str, ...]]) -> list[str]:
    """Write abbreviations out in full."""
    result: list[str] = []
    done = 0
    for start, stop, meaning in table.find(words):
        result += [*words[done:start], *meaning]
        done = stop
    return result + list(words[done:])


_MIN_JOINED = 6  # fewest letters in a compound that separate words are joined into
# How many unknown words of a message are stemmed, and how many are looked up as misspellings; this
# limits the time that a message of nonsense takes.
_MAX_STEMMED = 400
_MAX_LOOKED_UP = 48


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a message and the stems it may be a form of, best first."""

    word: str
    stems: Neighbours  # empty: unknown
    spelt: str  # the word with its likeliest correction

    @property
    def best(self) -> str:
        """The likeliest stem, or the word itself if it is unknown."""
        return self.stems[0][0] if self.stems else self.word

    @property
    def similarity(self) -> float:
        """1 for a known word, less for a misspelt one, 0 for an unknown one."""
        return self.stems[0][1] if self.stems else 0.0


@lru_cache(maxsize=8192)
def _known(word: str, stemmed: str) -> Token:
    return Token(word, ((stemmed, 1.0),), word)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as words, each with the stems it may be a form of and the concepts it stands for."""

    tokens: tuple[Token, ...]
    meanings: tuple[str, ...]  # concepts or stems, in order
    concepts: tuple[tuple[str, ...], ...]  # for each token
    text: str  # the words as they are probably meant, for comparing letter by letter
    slips: Mapping[str, str]  # misspelt words, and what is probably meant


class Reader:
    """Reads messages by matching their words to those of the phrasings."""

    def __init__(
        self,
        phrasings: Iterable[str],
        synonyms: Sequence[Sequence[str]],
        abbreviations: Mapping[str, str],
    ) -> None:
        pairs = [(tokenize(short), tuple(tokenize(long))) for short, long in abbreviations.items()]
        self._abbreviations = PhraseTable(pairs)
        short = [words for words, _ in pairs if len(words) == 1]  # these may be misspelt, too
        self._texts = [self._words(phrasing) for phrasing in phrasings]
        groups = [[self._words(term) for term in group] for group in synonyms]
        self.vocabulary = Vocabulary(
            word
            for words in (*short, *self._texts, *(term for group in groups for term in group))
            for word in words
        )
        self._compounds = frozenset(filter(_may_be_joined, self.vocabulary.stems))
        concepts: dict[tuple[str, ...], tuple[str, ...]] = {}
        for number, group in enumerate(groups):
            for term in {tuple(map(stem, self._join(words))) for words in group}:
                concepts[term] = (*concepts.get(term, ()), f"#{number}")
        self._concepts = PhraseTable(concepts.items())

    def phrasings(self) -> Iterator[Reading]:
        """Read the phrasings, in order. Works only once, because it discards their texts."""
        texts, self._texts = self._texts, []
        return map(self._read, texts)

    def read(self, text: str) -> Reading:
        """Read a message."""
        return self._read(self._words(text))

    def _words(self, text: str) -> list[str]:
        return expand(tokenize(text), self._abbreviations)

    def _read(self, words: Sequence[str]) -> Reading:
        slips: dict[str, str] = {}
        read = tuple(self._recognise(self._join(words), slips))
        stems = [token.best for token in read]
        meanings: list[str] = []
        concepts: list[tuple[str, ...]] = [()] * len(read)
        done = 0
        for start, stop, names in self._concepts.find(stems):
            meanings += [*stems[done:start], names[0]]
            concepts[start:stop] = [names] * (stop - start)
            done = stop
        meanings += stems[done:]
        text = " ".join([token.spelt for token in read])
        return Reading(read, tuple(meanings), tuple(concepts), text, slips)

    def _join(self, words: Sequence[str]) -> list[str]:
        """Join neighbouring words that are known as one word: "non proliferation"."""
        result: list[str] = []
        at = 0
        while at < len(words):
            step = next((n for n in (3, 2) if "".join(words[at : at + n]) in self._compounds), 1)
            result.append("".join(words[at : at + step]))
            at += step
        return result

    def _recognise(self, words: Sequence[str], slips: dict[str, str]) -> Iterator[Token]:
        known = self.vocabulary.stems
        unknown: dict[str, tuple[Token, ...]] = {}
        for word in words:
            if stemmed := known.get(word):
                yield _known(word, stemmed)
                continue
            if word not in unknown:
                found = unknown[word] = self._guess(word, len(unknown))
                meant = " ".join([token.spelt for token in found])
                if meant != word:
                    slips[word] = meant
            yield from unknown[word]

    def _guess(self, word: str, unknown_before: int) -> tuple[Token, ...]:
        """Read a word that does not appear in this form in any phrasing."""
        if len(word) > MAX_WORD or unknown_before > _MAX_STEMMED:
            return (Token(word, (), word),)
        stemmed = stem(word)
        if self.vocabulary.knows_stem(stemmed):
            return (_known(word, stemmed),)
        if unknown_before > _MAX_LOOKED_UP:
            return (Token(word, (), word),)
        spelt, stems = self.vocabulary.neighbours(word)
        if spelt == word and (halves := self.vocabulary.split(word)):
            return tuple(_known(half, stem(half)) for half in halves)
        return (Token(word, stems, spelt),)


def _may_be_joined(word: str) -> bool:
    return not word.isdigit() and (len(word) >= _MIN_JOINED or is_code(word))
