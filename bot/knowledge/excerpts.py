"""Parts of the article to read: its pages, and what surrounds a passage."""

import textwrap
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter

from bot.knowledge.article import Article, Citation, Span

_PAGE = 1000  # characters; a phone shows that many with little scrolling
_MAX_PARAGRAPH = 1800  # characters shown in one piece; Telegram counts some characters twice
_CONTEXT = 300  # characters shown before and after a passage in a longer paragraph

Piece = tuple[int, str]  # the number of a paragraph, and all or part of its text
# A paragraph's text, or several parts of it if it is long.
pieces = partial(
    textwrap.wrap, width=_MAX_PARAGRAPH, replace_whitespace=False, break_on_hyphens=False
)


def pages(article: Article) -> list[list[Piece]]:
    """Pages made up of whole paragraphs; a paragraph too long for one page is split."""
    made: list[list[Piece]] = []
    room = 0
    for paragraph in article.paragraphs:
        for piece in pieces(paragraph.text):
            if not made or len(piece) > room:
                made.append([])
                room = _PAGE
            made[-1].append((paragraph.number, piece))
            room -= len(piece)
    return made


def in_context(paragraph: Span, citations: Sequence[Citation]) -> list[tuple[bool, str]]:
    """A paragraph in parts that are cited or not; a long one is cut to the text near the former."""
    places = range(paragraph.start, paragraph.end)
    is_cited = [any(c.start <= place < c.end for c in citations) for place in places]
    runs = [
        (cited, "".join(letter for _, letter in run))
        for cited, run in groupby(zip(is_cited, paragraph.text, strict=True), itemgetter(0))
    ]
    is_long = len(paragraph.text) > _MAX_PARAGRAPH
    return [
        (cited, text)
        if cited or not is_long
        else (False, _shortened(text, follows=at > 0, precedes=at + 1 < len(runs)))
        for at, (cited, text) in enumerate(runs)
    ]


def _shortened(text: str, *, follows: bool, precedes: bool) -> str:
    """The ends of a text that are next to what it follows or precedes."""
    if len(text) <= _CONTEXT * (follows + precedes):
        return text
    head = text[:_CONTEXT].rpartition(" ")[0] if follows else ""
    tail = text[-_CONTEXT:].partition(" ")[2] if precedes else ""
    return f"{head} … {tail}"
