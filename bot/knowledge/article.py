"""The article as text with places: paragraphs, sentences, and citations found in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

# A sentence ends at . ! or ? (and a closing quote) before white space and a capital, an
# opening quote or a slash; an agency's dateline ("/TASS/.") so becomes pieces of its own.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’']?\s+(?=[\"“‘'/]?[A-Z/])")

_ENDS = 24  # characters looked at beyond what is like a misquotation


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim run of the article: `quote == article.text[start:end]`."""

    quote: str
    passage: str  # "p8": the number of the paragraph that the run starts in
    paragraph: int  # counted from 1, the headline being the first
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """A numbered run of the article; offsets count characters."""

    number: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """The article, verbatim, with its paragraphs and sentences."""

    text: str
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]

    @classmethod
    def parse(cls, text: str) -> Article:
        """Split at blank lines into paragraphs, and these into sentences."""
        paragraphs = tuple(
            Span(number, match.start(), match.end(), match.group())
            for number, match in enumerate(re.finditer(r"\S[^\n]*(?:\n(?!\s*\n)[^\n]+)*", text), 1)
        )
        sentences = [
            (paragraph.start + start, paragraph.start + end)
            for paragraph in paragraphs
            for start, end in _sentence_bounds(paragraph.text)
        ]
        return cls(
            text,
            paragraphs,
            tuple(
                Span(n, start, end, text[start:end]) for n, (start, end) in enumerate(sentences, 1)
            ),
        )

    def cite(self, quote: str) -> Citation | None:
        """Find a verbatim run; None if the article does not hold it."""
        start = self.text.find(quote) if quote else -1
        if start < 0:
            return None
        paragraph = max(
            (p for p in self.paragraphs if p.start <= start), key=lambda p: p.start, default=None
        )
        number = paragraph.number if paragraph else 1
        return Citation(quote, f"p{number}", number, start, start + len(quote))

    def nearest(self, quote: str) -> str:
        """The run of the article most like `quote`, for a message about a misquotation."""
        found = fuzz.partial_ratio_alignment(quote, self.text)
        if found is None:
            return ""
        # The alignment is as long as the quote; where words were left out, its ends are off.
        around = self.text[max(0, found.dest_start - _ENDS) : found.dest_end + _ENDS]
        steps = list(Levenshtein.opcodes(quote, around))
        start = steps[0].dest_end if steps[0].tag == "insert" else 0
        end = steps[-1].dest_start if steps[-1].tag == "insert" else len(around)
        return around[start:end]


def _sentence_bounds(paragraph: str) -> list[tuple[int, int]]:
    bounds = []
    start = 0
    for end in _SENTENCE_END.finditer(paragraph):
        bounds.append((start, end.start() + len(end.group().rstrip())))
        start = end.end()
    return [*bounds, (start, len(paragraph))]
