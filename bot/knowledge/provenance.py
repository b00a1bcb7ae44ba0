"""Checks that the quantities, dates and names in an answer appear in the passages it cites."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Self

from bot.language.dates import MONTHS, Date, date_spans
from bot.language.normalise import FUNCTION_WORDS, word_set
from bot.language.quantities import NOT_COUNTED, Quantity, Reading, find_quantities

_VAGUE = word_set("dozens hundreds thousands millions billions")
_MONTH = "|".join(MONTHS)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+)[\"“(]*$")
# "12 to 14 April" and "April 12–14" are two dates.
_JOINT = r"\s*(?:–|-|to|and)\s*"
_DAYS_BEFORE = re.compile(rf"\b(\d{{1,2}}){_JOINT}(?=\d{{1,2}} ({_MONTH})\b)")
_DAYS_AFTER = re.compile(rf"\b({_MONTH}) (\d{{1,2}}){_JOINT}(?=\d{{1,2}}\b)")

Names = Mapping[str, Mapping[str, Sequence[str]]]


def find_unsupported(
    text: str, support: Iterable[str], names: Names, ordinary: set[str]
) -> list[str]:
    """The quantities, dates and proper names in `text` that are not in any text of `support`.

    `names` groups each thing's names ("US", "United States"); `ordinary` holds lower-case
    words that are not taken for names when capitalised at the start of a sentence.
    """
    texts = list(support)
    evidence = [_Figures.read(written) for written in texts]
    said = _Figures.read(text)
    missing = [*_unsupported_dates(said, evidence)]
    missing += [
        said.undated[quantity.start : quantity.end]
        for quantity in said.quantities
        if not any(figures.support(quantity) for figures in evidence)
    ]
    texts += [figures.words for figures in evidence]
    return list(dict.fromkeys([*missing, *_unsupported_names(said.words, texts, names, ordinary)]))


@dataclass(frozen=True)
class _Figures:
    """What a text says in figures, and the rest of it."""

    dates: Sequence[Date]
    quantities: Sequence[Quantity]
    undated: str  # the text without its dates

    @classmethod
    def read(cls, text: str) -> Self:
        text = _DAYS_BEFORE.sub(r"\1 \2 and ", text)
        text = undated = _DAYS_AFTER.sub(r"\1 \2 and \1 ", text)
        dates = []
        for date, start, end in date_spans(text):
            # A year alone is left to be read as a number, and "12 may appeal" is no date.
            if date.month and not text[start:end].islower():
                dates.append(date)
                undated = _blank(undated, start, end)
        return cls(dates, find_quantities(undated), undated)

    @property
    def words(self) -> str:
        """The text without its dates and quantities."""
        text = self.undated
        for quantity in self.quantities:
            text = _blank(text, quantity.start, quantity.end)
        return text

    @cached_property
    def readings(self) -> frozenset[Reading]:
        """The values with their units; a number that nothing follows may have any unit nearby."""
        found = {reading for quantity in self.quantities for reading in quantity.readings}
        units = {unit for _, unit in found if unit}
        open_ = (reading for q in self.quantities if q.is_open for reading in q.readings)
        bare = {value for value, unit in open_ if not unit}
        return frozenset(found | {(value, unit) for value in bare for unit in units})

    @cached_property
    def values(self) -> frozenset[Fraction]:
        """The values of whatever unit, years included."""
        counted = {value for value, unit in self.readings if unit not in NOT_COUNTED}
        return frozenset(counted | {Fraction(date.year) for date in self.dates if date.year})

    def support(self, quantity: Quantity) -> bool:
        """Whether the text has a quantity, in its own unit if that has one."""
        return any(
            (value, unit) in self.readings if unit else value in self.values
            for value, unit in quantity.readings
            if unit or not quantity.readings[0][1]
        )


def _unsupported_dates(said: _Figures, evidence: Sequence[_Figures]) -> Iterator[str]:
    known = [date for figures in evidence for date in figures.dates]
    years = {value for figures in evidence for value in figures.values}
    for date in said.dates:
        same_day = [
            other
            for other in known
            if replace(date, year=None).agrees(replace(other, year=None))
            and (other.day or not date.day)
        ]
        name = MONTHS[(date.month or 1) - 1]
        if not same_day:
            yield f"{date.day} {name}" if date.day else name
        elif date.year and not any(
            date.year == other.year or (not other.year and date.year in years) for other in same_day
        ):
            yield str(date.year)


def _unsupported_names(
    text: str, evidence: Sequence[str], names: Names, ordinary: set[str]
) -> Iterator[str]:
    together = "\n".join(evidence)
    words = set(_WORD.findall(together.casefold()))
    words |= {part for word in words for part in re.split(r"[-'’]", word)}
    for found in _WORD.finditer(text):
        word, folded = found[0], found[0].casefold()
        if folded in words or _bare(folded) in words:
            continue
        if any(character.isdecimal() for character in word) or folded in _VAGUE:
            yield word
        elif word[0].isupper() and not _has_other_name(folded, together, names):
            starts_sentence = _SENTENCE_START.search(text[: found.start()]) is not None
            if not (starts_sentence and folded in ordinary):
                yield word


def _blank(text: str, start: int, end: int) -> str:
    """The text with dots in place of a part, so that all else stays where it is."""
    return f"{text[:start]}{'·' * (end - start)}{text[end:]}"


def _bare(word: str) -> str:
    """Strip a possessive or plural ending ("mayor's", "months")."""
    return re.sub(r"(?:['’]s|s['’]|s)$", "", word)


def names_any_of(written: str, text: str, names: Names) -> bool:
    """Whether `text` contains a word of `written`, or another name of a thing that it names."""
    words = set(_WORD.findall(written.casefold())) - FUNCTION_WORDS
    return not words.isdisjoint(_WORD.findall(text.casefold())) or any(
        _has_other_name(word, text, names) for word in words
    )


def _has_other_name(word: str, evidence: str, names: Names) -> bool:
    """Whether `evidence` contains any name of the thing that `word` names."""
    for members in names.values():
        for variants in members.values():
            if any(_bare(word) in _bare(v.casefold()).split() for v in variants) and any(
                re.search(rf"\b{re.escape(v)}\b", evidence, re.IGNORECASE) for v in variants
            ):
                return True
    return False
