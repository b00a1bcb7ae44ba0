"""The article: page by page, one passage, or passages inside their paragraphs."""

import textwrap
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter

from bot.knowledge import Citation, Entry, Knowledge
from bot.knowledge.article import Span
from bot.language.dates import format_day
from bot.telegram.messages.buttons import PAGE, as_html, button, entry_rows, passage_link
from bot.telegram.messages.replies import Rendered, join_within_limit

_PAGE = 1000  # characters; a phone shows that many with little scrolling
_MAX_PARAGRAPH = 1800  # characters shown in one piece; Telegram counts some characters twice
_CONTEXT = 300  # characters shown before and after a passage in a longer paragraph
_QUESTIONS = 3  # offered below a passage
# In words too, since a screen reader does not announce bold or underlined text.
_OPENED, _CLOSED = "<i>[passage:]</i> <b><u>", "</u></b> <i>[end of passage]</i>"

Piece = tuple[int, str]  # the number of a paragraph, and all or part of its text


def source(knowledge: Knowledge, username: str) -> Rendered:
    """The article's title, publisher, date and version, and its first page."""
    data = knowledge.source
    lines = [
        f"<b>{as_html(data.title)}</b>",
        as_html(f"{data.origin}, {format_day(data.published)}"),
    ]
    if data.url:
        lines.append(as_html(data.url))
    lines.append(f"Knowledge version <code>{knowledge.version}</code>")
    first = page(knowledge, 1, username)
    assert first is not None  # noqa: S101 - every article has a first page
    return Rendered("\n\n".join(["\n".join(lines), first.html]), first.rows)


def page(knowledge: Knowledge, number: int, username: str) -> Rendered | None:
    """One page of the article, counted from 1; None if there is no such page."""
    all_pages = _pages(knowledge)
    if not 1 <= number <= len(all_pages):
        return None
    blocks = [f"<i>The article, page {number} of {len(all_pages)}</i>"]
    blocks += [
        f"{passage_link(username, paragraph)} {as_html(text)}"
        for paragraph, text in all_pages[number - 1]
    ]
    buttons = []
    if number > 1:
        buttons.append(button("◀ Previous", PAGE, number - 1))
    if number < len(all_pages):
        buttons.append(button("Next ▶", PAGE, number + 1))
    return Rendered("\n\n".join(blocks), (tuple(buttons),) if buttons else ())


def passage(knowledge: Knowledge, number: int, username: str) -> Rendered | None:
    """One paragraph by its number, with questions about it; None if there is no such paragraph."""
    paragraphs = knowledge.article.paragraphs
    if not 1 <= number <= len(paragraphs):
        return None
    source_data = knowledge.source
    head = (
        f"<i>{as_html(source_data.publisher)}, {format_day(source_data.published)},"
        f" passage {number} of {len(paragraphs)}</i>"
    )
    text, *rest = _pieces(paragraphs[number - 1].text)
    shown = as_html(f"{text} …" if rest else text)
    about = [
        entry
        for entry in knowledge.answerable_entries()
        if any(citation.paragraph == number for citation in entry.citations)
    ]
    # Entries that cite only this paragraph come first.
    about.sort(key=lambda entry: len({citation.paragraph for citation in entry.citations}))
    at = next(n for n, pieces in enumerate(_pages(knowledge), 1) if number in dict(pieces))
    rows = (*entry_rows(about[:_QUESTIONS]), (button("Read it in the article", PAGE, at),))
    link = passage_link(username, number)
    return Rendered(f"{head}\n\n{link} {shown}", rows)


def in_context(knowledge: Knowledge, entry: Entry, username: str) -> Rendered | None:
    """The paragraphs around an entry's passages, with those marked; None if it has none."""
    blocks = []
    for paragraph in knowledge.article.paragraphs:
        start, end = paragraph.start, paragraph.end
        if cited := [c for c in entry.citations if c.start < end and start < c.end]:
            link = passage_link(username, paragraph.number)
            blocks.append(f"{link} {_marked(paragraph, cited)}")
    if not blocks:
        return None
    head = f"<i>In context: {as_html(entry.question)}</i>"
    return Rendered(join_within_limit([head, *blocks]))


def _pages(knowledge: Knowledge) -> list[list[Piece]]:
    """Pages made up of whole paragraphs; a paragraph too long for one page is split."""
    pages: list[list[Piece]] = []
    room = 0
    for paragraph in knowledge.article.paragraphs:
        for piece in _pieces(paragraph.text):
            if not pages or len(piece) > room:
                pages.append([])
                room = _PAGE
            pages[-1].append((paragraph.number, piece))
            room -= len(piece)
    return pages


_pieces = partial(
    textwrap.wrap, width=_MAX_PARAGRAPH, replace_whitespace=False, break_on_hyphens=False
)


def _marked(paragraph: Span, cited: Sequence[Citation]) -> str:
    """A paragraph as HTML with what is cited marked; a long one is cut to the text near that."""
    places = range(paragraph.start, paragraph.end)
    is_cited = [any(c.start <= place < c.end for c in cited) for place in places]
    runs = [
        (marked, "".join(letter for _, letter in run))
        for marked, run in groupby(zip(is_cited, paragraph.text, strict=True), itemgetter(0))
    ]
    parts = []
    for number, (marked, text) in enumerate(runs, 1):
        if marked:
            parts.append(f"{_OPENED}{as_html(text)}{_CLOSED}")
        else:
            near = {"follows": number > 1, "precedes": number < len(runs)}
            parts.append(_unmarked(text, **near, whole=len(paragraph.text)))
    return "".join(parts)


def _unmarked(text: str, *, follows: bool, precedes: bool, whole: int) -> str:
    """Text that follows or precedes a passage, shortened if the whole paragraph is long."""
    if whole > _MAX_PARAGRAPH and len(text) > _CONTEXT * (follows + precedes):
        head = text[:_CONTEXT].rpartition(" ")[0] if follows else ""
        tail = text[-_CONTEXT:].partition(" ")[2] if precedes else ""
        text = f"{head} … {tail}"
    return as_html(text)
