"""Matches words to those of the phrasings: exact, by stem, misspelt, synonym or unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from sys import intern
from typing import Generic, NamedTuple, TypeVar

from bot.language.normalise import is_function_word, tokenize
from bot.language.spelling import MAX_WORD, Vocabulary, is_code, stem

Meaning = TypeVar("Meaning")


class PhraseMatch(NamedTuple, Generic[Meaning]):
    """A run of words in a message, and what it stands for."""

    start: int
    length: int
    meaning: Meaning


@dataclass(frozen=True)
class PhraseTable(Generic[Meaning]):
    """Finds the longest known runs of words, from left to right, without overlaps."""

    meanings: Mapping[tuple[str, ...], Meaning]

    @classmethod
    def of(cls, phrases: Iterable[tuple[Sequence[str], Meaning]]) -> PhraseTable[Meaning]:
        """A table of the phrases given, each with its meaning; the last of equal ones counts."""
        return cls({tuple(words): meaning for words, meaning in phrases if words})

    @cached_property
    def _lengths(self) -> dict[str, list[int]]:
        """How long the runs are that begin with a word, the longest first."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for words in self.meanings:
            found[words[0]].add(len(words))
        return {first: sorted(lengths, reverse=True) for first, lengths in found.items()}

    def find(self, words: Sequence[str]) -> list[PhraseMatch[Meaning]]:
        """The runs found, in order."""
        result: list[PhraseMatch[Meaning]] = []
        written, lengths, done = tuple(words), self._lengths, 0
        for start, word in enumerate(written):
            if word in lengths and start >= done:
                for length in lengths[word]:
                    # At the end of the text it is shorter, and perhaps a shorter run.
                    run = written[start : start + length]
                    if run in self.meanings:
                        result.append(PhraseMatch(start, len(run), self.meanings[run]))
                        done = start + len(run)
                        break
        return result


def expansions(abbreviations: Mapping[str, str]) -> PhraseTable[tuple[str, ...]]:
    """A table of abbreviations, for `expand`."""
    return PhraseTable.of((tokenize(a), tuple(tokenize(b))) for a, b in abbreviations.items())


def expand(words: Sequence[str], table: PhraseTable[tuple[str, ...]]) -> list[str]:
    """Write abbreviations out in full."""
    result: list[str] = []
    done = 0
    for start, length, meaning in table.find(words):
        result += [*words[done:start], *meaning]
        done = start + length
    return result + list(words[done:])


_MIN_JOINED = 6  # fewest letters in a compound that separate words are joined into
# How many unknown words of a message are stemmed, and how many are looked up as misspellings; this
# limits the time that a message of nonsense takes.
_MAX_STEMMED = 400
_MAX_LOOKED_UP = 48


class Token(NamedTuple):
    """A word of a message, and the stem it is likely to be a form of."""

    word: str
    stem: str | None  # None: unknown
    similarity: float  # 1 for a known word, less for a misspelt one, 0 for an unknown one
    spelt: str  # the word with its likeliest correction

    @property
    def best(self) -> str:
        """The stem, or the word itself if it is unknown."""
        return self.stem or self.word

    @property
    def is_function_word(self) -> bool:
        """Whether it gives no clue to what a message is about, as written or as corrected."""
        return is_function_word(self.word) or is_function_word(self.best)


def _unknown(word: str) -> Token:
    return Token(word, None, 0.0, word)


@lru_cache(maxsize=8192)
def _known(word: str, stemmed: str) -> Token:
    return Token(word, stemmed, 1.0, word)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as words, each with the stem it is a form of and the concepts it stands for."""

    tokens: tuple[Token, ...]
    meanings: tuple[str, ...]  # concepts or stems, in order
    concepts: tuple[tuple[str, ...], ...]  # for each token
    text: str  # the words as they are probably meant, for comparing letter by letter
    slips: Mapping[str, str]  # misspelt words, and what is probably meant

    def words_lacking_in(self, other: Reading) -> set[str]:
        """The content words of which another text has neither the stem nor a synonym."""
        terms = {token.best for token in other.tokens}.union(*other.concepts)
        return {
            token.word
            for token, concepts in zip(self.tokens, self.concepts, strict=True)
            if not token.is_function_word and terms.isdisjoint((token.best, *concepts))
        }


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages by matching their words to those of the phrasings."""

    vocabulary: Vocabulary
    abbreviations: PhraseTable[tuple[str, ...]]
    concepts: PhraseTable[tuple[str, ...]]

    @classmethod
    def learn(
        cls,
        phrasings: Iterable[str],
        synonyms: Sequence[Sequence[str]],
        abbreviations: Mapping[str, str],
    ) -> tuple[Reader, list[list[str]]]:
        """A reader, and the words of each phrasing, for `read_words`."""
        table = expansions(abbreviations)
        # Interned, a word takes its memory once.
        texts = [[*map(intern, expand(tokenize(phrasing), table))] for phrasing in phrasings]
        groups = [[expand(tokenize(term), table) for term in group] for group in synonyms]
        terms = [term for group in groups for term in group]
        # Abbreviations may be misspelt, too.
        short = [words for words in map(tokenize, abbreviations) if len(words) == 1]
        vocabulary = Vocabulary.learn(chain.from_iterable([*short, *texts, *terms]))
        concepts: dict[tuple[str, ...], tuple[str, ...]] = {}
        for number, group in enumerate(groups):
            for term in dict.fromkeys(tuple(map(stem, _join(t, vocabulary))) for t in group):
                concepts[term] = (*concepts.get(term, ()), f"#{number}")
        reader = cls(vocabulary, table, PhraseTable.of(concepts.items()))
        return reader, texts

    def read(self, text: str) -> Reading:
        """Read a message."""
        return self.read_words(expand(tokenize(text), self.abbreviations))

    def read_words(self, words: Sequence[str]) -> Reading:
        """Read the words of a message, with its abbreviations written out."""
        slips: dict[str, str] = {}
        read = tuple(self._recognise(_join(words, self.vocabulary), slips))
        stems = [token.best for token in read]
        meanings: list[str] = []
        concepts: list[tuple[str, ...]] = [()] * len(read)
        done = 0
        for start, length, names in self.concepts.find(stems):
            stop = start + length
            meanings += [*stems[done:start], names[0]]
            concepts[start:stop] = [names] * length
            done = stop
        meanings += stems[done:]
        text = " ".join([token.spelt for token in read])
        return Reading(read, tuple(meanings), tuple(concepts), text, slips)

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
            return (_unknown(word),)
        stemmed = stem(word)
        is_form = stemmed in self.vocabulary.counts
        if unknown_before > _MAX_LOOKED_UP:
            return (_known(word, stemmed) if is_form else _unknown(word),)
        if is_form and not self.vocabulary.is_misspelt(word):
            return (_known(word, stemmed),)
        meant = self.vocabulary.correct(word)
        if meant.spelt == word and (halves := self.vocabulary.split(word)):
            return tuple(_known(half, stem(half)) for half in halves)
        return (Token(word, meant.stem, meant.similarity, meant.spelt),)


def _join(words: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """Join neighbouring words that are known as one word: "non proliferation"."""
    known = vocabulary.stems
    result: list[str] = []
    joined = 0
    for first, second, third in zip(words, [*words[1:], ""], [*words[2:], "", ""], strict=False):
        if joined:
            joined -= 1
            continue
        two, three = first + second, first + second + third
        if third and three in known and _may_be_joined(three):
            result.append(three)
            joined = 2
        elif second and two in known and _may_be_joined(two):
            result.append(two)
            joined = 1
        else:
            result.append(first)
    return result


def _may_be_joined(word: str) -> bool:
    return not word.isdigit() and (len(word) >= _MIN_JOINED or is_code(word))
