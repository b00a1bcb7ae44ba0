"""The article, split into paragraphs and sentences, and citations located in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from bot.language.dates import date_spans
from bot.language.sentences import sentence_bounds

_DATELINE = re.compile(r"([^\W\d_a-z][^\Wa-z]*(?: [^\Wa-z]+)*), ([^/(–—\n]*)")
_OWN_LINE = re.compile(r"(?:([^\W\d_a-z][^\d,\n]*), )?([^\n]+)")
# Headings: a line of its own, without a mark at its end, and "2. Paying." before more text.
_UNMARKED = re.compile(r"\w.*\w\s*")
_RUN_IN = re.compile(r"\d[\d.]*\s+(?:[^\s.]+ ){0,4}[^\s.]+\. +\S")
_MARGIN = 24  # extra characters compared at each end of a misquotation's closest match


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quotation: `quote == article.text[start:end]`."""

    quote: str
    passage: str  # the paragraph that the quote starts in, as readers and scripts see it: "p8"
    paragraph: int  # its number, counted from 1; the headline is 1
    start: int
    end: int

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares a character with a stretch of the article."""
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Span:
    """A numbered paragraph or sentence; offsets are in characters."""

    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """The verbatim article with its paragraphs and sentences."""

    text: str
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]

    @classmethod
    def parse(cls, text: str) -> Article:
        """Split a text at blank lines into paragraphs, and their lines into sentences."""
        paragraphs = tuple(
            Span(number, match.start(), match.end(), match.group())
            for number, match in enumerate(re.finditer(r"\S[^\n]*(?:\n(?!\s*\n)[^\n]+)*", text), 1)
        )
        bounds = [
            (line.start() + start, line.start() + end)
            for line in re.finditer(r"\S[^\n]*", text)
            for start, end in sentence_bounds(line.group())
        ]
        sentences = (Span(n, *ends, text[slice(*ends)]) for n, ends in enumerate(bounds, 1))
        return cls(text, paragraphs, tuple(sentences))

    def prose(self) -> list[Span]:
        """The sentences that are neither headings nor a dateline."""
        return [
            sentence
            for sentence in self.sentences
            if not _UNMARKED.fullmatch(sentence.text)
            and not _is_dated_place(sentence.text)
            and not _RUN_IN.match(self.text, sentence.start)
        ]

    def dateline(self) -> tuple[str, str]:
        """The place and what follows in a dateline ("BRUSSELS, July 5."); "" without one.

        On a line of its own it needs no capitals, nor a place: "Brussels, 5 July 2019".
        """
        for paragraph in self.paragraphs[:3]:
            if found := _DATELINE.match(paragraph.text):
                return found[1].title(), found[2]
            found = _OWN_LINE.fullmatch(paragraph.text)
            if found and any(
                date.day and (start, end) == (0, len(found[2]))
                for date, start, end in date_spans(found[2])
            ):
                return found[1] or "", found[2]
        return "", ""

    def cite(self, quote: str) -> Citation | None:
        """Locate a verbatim quote; None if the article does not contain it."""
        start = self.text.find(quote) if quote else -1
        if start < 0:
            return None
        number = max(1, sum(paragraph.start <= start for paragraph in self.paragraphs))
        return Citation(quote, f"p{number}", number, start, start + len(quote))

    def in_full(self, citation: Citation) -> Citation:
        """The sentences that a citation is a part of, or itself if it is a part of none."""
        around = [s for s in self.sentences if citation.overlaps(s.start, s.end)]
        if not around:
            return citation
        start, end = around[0].start, around[-1].end
        return replace(citation, quote=self.text[start:end], start=start, end=end)

    def nearest(self, quote: str) -> str:
        """The part of the article most similar to `quote`, to show beside a misquotation."""
        found = fuzz.partial_ratio_alignment(quote, self.text)
        if found is None:
            return ""
        # The alignment is as long as the quote, so its ends are off if words were left out.
        around = self.text[max(0, found.dest_start - _MARGIN) : found.dest_end + _MARGIN]
        steps = list(Levenshtein.opcodes(quote, around))
        start = steps[0].dest_end if steps[0].tag == "insert" else 0
        end = steps[-1].dest_start if steps[-1].tag == "insert" else len(around)
        parts = (self.text[found.dest_start : found.dest_end], around[start:end])
        return max(parts, key=lambda part: fuzz.ratio(quote, part))


def _is_dated_place(text: str) -> bool:
    """Whether a sentence is a date and no more than names: "Brussels, 5 July 2019."."""
    return any(
        all(word[0].isupper() for word in re.findall(r"\w+", text[:start] + text[end:]))
        for date, start, end in date_spans(text)
        if date.day and date.year
    )
