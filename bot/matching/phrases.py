"""Runs of words that stand for something else: synonyms and abbreviations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

Meaning = TypeVar("Meaning")


class Found(NamedTuple, Generic[Meaning]):
    """A run of words in a message, with what it stands for."""

    start: int
    length: int
    meaning: Meaning


class PhraseTable(Generic[Meaning]):
    """Finds the longest known runs of words, from left to right, without overlaps."""

    def __init__(self, phrases: Iterable[tuple[Sequence[str], Meaning]]) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], Meaning]] = {}
        for words, meaning in phrases:
            if words:
                self._by_first.setdefault(words[0], {})[tuple(words)] = meaning
        self._lengths = {
            first: sorted({len(words) for words in table}, reverse=True)
            for first, table in self._by_first.items()
        }

    def find(self, words: Sequence[str]) -> list[Found[Meaning]]:
        """Return the runs found, in order."""
        result: list[Found[Meaning]] = []
        position = 0
        while position < len(words):
            table = self._by_first.get(words[position])
            found = table and self._at(words, position, table)
            if found:
                result.append(found)
            position += found.length if found else 1
        return result

    def _at(
        self, words: Sequence[str], position: int, table: Mapping[tuple[str, ...], Meaning]
    ) -> Found[Meaning] | None:
        for length in self._lengths[words[position]]:
            run = tuple(words[position : position + length])
            if len(run) == length and run in table:
                return Found(position, length, table[run])
        return None


def replace(words: Sequence[str], table: PhraseTable[tuple[str, ...]]) -> list[str]:
    """Write abbreviations out."""
    result: list[str] = []
    position = 0
    for found in table.find(words):
        result += words[position : found.start]
        result += found.meaning
        position = found.start + found.length
    return result + list(words[position:])
