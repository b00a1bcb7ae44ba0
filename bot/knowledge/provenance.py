"""Checks that the quantities, dates and names in an answer appear in the passages it cites."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Literal, Self

from bot.language.dates import MONTHS, Date, date_spans
from bot.language.english import english, everyday_messages
from bot.language.normalise import FUNCTION_WORDS, word_set
from bot.language.quantities import NOT_COUNTED, Quantity, Reading, find_quantities
from bot.language.spelling import stem

_VAGUE = word_set("dozens hundreds thousands millions billions")
_MONTH = "|".join(MONTHS)
_WORD = re.compile(r"\b(?!\w+['’]t\b)[^\W_]+|(?<=_)[^\W_]+")  # "Don't" is no name
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_INSIDE = re.compile(r"(?<=[\w,;] )[^\W\d_a-z]\w*")  # a capitalised word within a sentence
# What may stand between two words of one name: "Safety and Work Inspectorate", "Berg's".
_WITHIN_NAME = re.compile(r"(?:['’]s)?[ .-]{1,2}(?:(?:and|at|de|for|of|the|van|von) ){0,2}")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;][\"”’')]*\s+)[\"“(]*$")
# "12 to 14 April" and "April 12–14" are two dates; "9:00 to 14 April" is one.
_JOINT = r"\s*(?:–|-|to|and)\s*"
_DAYS_BEFORE = re.compile(rf"(?<![\w:.])(\d{{1,2}}){_JOINT}(?=\d{{1,2}} ({_MONTH})\b)")
_DAYS_AFTER = re.compile(rf"\b({_MONTH}) (\d{{1,2}}){_JOINT}(?=\d{{1,2}}\b(?![:.]\d))")


Kind = Literal["number", "date", "name"]
Names = Mapping[str, Mapping[str, Sequence[str]]]


def ordinary_words(texts: Iterable[str]) -> set[str]:
    """Words, and stems of words, that are no names when a sentence begins with them.

    They are those that the texts have in lower case, and English words that the texts never have
    with a capital within a sentence.
    """
    together = "\n".join(texts)
    named = {stem(word.casefold()) for word in _INSIDE.findall(together)}
    texts = chain(everyday_messages(), english().style["opening"], *english().synonyms)
    english_words = {word for text in texts for word in text.split()}
    written = set(re.findall(r"\b[a-z]+\b", together))
    stems = set(map(stem, written | english_words | FUNCTION_WORDS))
    return written | (stems - named)


def find_unsupported(
    text: str, passages: Sequence[str], names: Names, ordinary: Collection[str], *others: str
) -> dict[str, Kind]:
    """The quantities, dates and proper names in `text` that are not in any passage or other text.

    `names` groups each thing's names ("US", "United States"): a passage that has one tells all of
    them. `ordinary` words, in lower case, are not taken for names when they begin a sentence.
    """
    texts = [*passages, *others]
    evidence = [_Figures.read(written) for written in texts]
    told = words_with_other_names(" ".join(passages), names)
    told.update(_words(" ".join([*texts, *(figures.words for figures in evidence)])))
    said = _Figures.read(text)
    missing: dict[str, Kind] = dict.fromkeys(_unsupported_dates(said, evidence), "date")
    for quantity in said.quantities:
        if not any(figures.support(quantity) for figures in evidence):
            written = said.undated[quantity.start : quantity.end]
            missing[written] = "date" if _YEAR.fullmatch(written) else "number"
    return missing | dict.fromkeys(_unsupported_names(said.words, told, ordinary), "name")


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
        """The values with their units and without; those that nothing follows with all units."""
        found = {reading for quantity in self.quantities for reading in quantity.readings}
        units = {unit for _, unit in found}
        bare = {
            value for q in self.quantities if q.is_open for value, unit in q.readings if not unit
        }
        counted = {value for value, unit in found if unit not in NOT_COUNTED}
        counted |= {Fraction(date.year) for date in self.dates if date.year}
        in_any_unit = {(value, unit) for value in bare for unit in units}
        return frozenset(found | in_any_unit | {(value, "") for value in counted})

    def support(self, quantity: Quantity) -> bool:
        """Whether the text has a quantity, in its own unit if that has one."""
        likeliest = quantity.readings[0]
        return any(
            reading in self.readings
            for reading in quantity.readings
            if reading[1] or not likeliest[1]
        )


def _unsupported_dates(said: _Figures, evidence: Sequence[_Figures]) -> Iterator[str]:
    known = [date for figures in evidence for date in figures.dates]
    readings = {reading for figures in evidence for reading in figures.readings}
    for date in said.dates:
        day = replace(date, year=None)
        same_day = [
            other
            for other in known
            if day.agrees(replace(other, year=None)) and (other.day or not date.day)
        ]
        years = {other.year for other in same_day}
        if not same_day:
            yield str(day)
        elif date.year and date.year not in years:
            is_elsewhere = None in years and (Fraction(date.year), "") in readings
            yield from () if is_elsewhere else (str(date.year),)


def _unsupported_names(
    text: str, known: Collection[str], ordinary: Collection[str]
) -> Iterator[str]:
    start = end = 0  # of the last name found, which the next word may continue
    for found in _WORD.finditer(text):
        word, folded = found[0], found[0].casefold()
        is_negated = text.startswith(("'t", "’t"), found.end())  # "Don't"
        if is_negated or folded in known or folded.removesuffix("s") in known:
            continue
        starts_sentence = _SENTENCE_START.search(text[: found.start()])
        is_ordinary = starts_sentence and not {folded, stem(folded)}.isdisjoint(ordinary)
        is_name = word[0].isupper() and not is_ordinary
        if is_name or folded in _VAGUE or any(map(str.isdecimal, word)):
            if end and not _WITHIN_NAME.fullmatch(text, end, found.start()):
                yield text[start:end]
                end = 0
            start, end = start if end else found.start(), found.end()
    if end:
        yield text[start:end]


def words_with_other_names(text: str, names: Names) -> set[str]:
    """The words of a text, and those of every other name of the things that it names.

    If it has capitals, a word without one ("the observatory") names nobody.
    """
    words = _words(text)
    together = f" {' '.join(words)} "
    telling = {w.casefold() for w in _WORD.findall(text) if text.islower() or not w.islower()}
    for members in names.values():
        for variants in members.values():
            written = [_words(variant) for variant in variants]
            told = [variant for variant in written if not telling.isdisjoint(variant)]
            if any(f" {' '.join(variant)} " in together for variant in told):
                words += [word for variant in written for word in variant]
    return set(words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _blank(text: str, start: int, end: int) -> str:
    """The text with dots in place of a part, so that all else stays where it is."""
    return f"{text[:start]}{'·' * (end - start)}{text[end:]}"
