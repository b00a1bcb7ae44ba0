"""The article: page by page, one passage, or passages inside their paragraphs."""

from bot.answering.compose import dated_source
from bot.knowledge import Entry, Knowledge, excerpts
from bot.language.dates import format_day
from bot.telegram.messages.buttons import PAGE, as_html, button, entry_rows, passage_link
from bot.telegram.messages.replies import Rendered, join_within_limit

_QUESTIONS = 3  # offered below a passage
# In words too, since a screen reader does not announce bold or underlined text.
_OPENED, _CLOSED = "<i>[passage:]</i> <b><u>", "</u></b> <i>[end of passage]</i>"


def source(knowledge: Knowledge, username: str) -> Rendered:
    """The article's title, publisher, date and version, and its first page."""
    data = knowledge.source
    lines = [f"<b>{as_html(data.title)}</b>"]
    lines.append(as_html(f"{data.origin}, {format_day(data.published)}"))
    if data.url:
        lines.append(as_html(data.url))
    lines.append(f"Knowledge version <code>{knowledge.version}</code>")
    first = page(knowledge, 1, username)
    assert first is not None  # noqa: S101 - every article has a first page
    return Rendered("\n".join(lines) + f"\n\n{first.html}", first.rows)


def page(knowledge: Knowledge, number: int, username: str) -> Rendered | None:
    """One page of the article, counted from 1; None if there is no such page."""
    pages = excerpts.pages(knowledge.article)
    if not 1 <= number <= len(pages):
        return None
    blocks = [f"<i>The {knowledge.source.text_type}, page {number} of {len(pages)}</i>"]
    blocks += [f"{passage_link(username, at)} {as_html(text)}" for at, text in pages[number - 1]]
    buttons = []
    if number > 1:
        buttons.append(button("◀ Previous", PAGE, number - 1))
    if number < len(pages):
        buttons.append(button("Next ▶", PAGE, number + 1))
    return Rendered("\n\n".join(blocks), (tuple(buttons),) if buttons else ())


def passage(knowledge: Knowledge, number: int, username: str) -> Rendered | None:
    """One paragraph by its number, with questions about it; None if there is no such paragraph."""
    paragraphs = knowledge.article.paragraphs
    if not 1 <= number <= len(paragraphs):
        return None
    head = f"<i>{as_html(dated_source(knowledge))}, paragraph {number} of {len(paragraphs)}</i>"
    text, *rest = excerpts.pieces(paragraphs[number - 1].text)
    shown = as_html(f"{text} …" if rest else text)
    about = [entry for entry in knowledge.answerable_entries() if number in _cited(entry)]
    about.sort(key=lambda entry: len(_cited(entry)))  # those that cite only this one come first
    pages = enumerate(excerpts.pages(knowledge.article), 1)
    at = next(page for page, pieces in pages if number in dict(pieces))
    read = button(f"Read it in the {knowledge.source.text_type}", PAGE, at)
    rows = (*entry_rows(about[:_QUESTIONS]), (read,))
    link = passage_link(username, number)
    return Rendered(f"{head}\n\n{link} {shown}", rows)


def _cited(entry: Entry) -> set[int]:
    return {citation.paragraph for citation in entry.citations}


def in_context(knowledge: Knowledge, entry_id: str, username: str) -> Rendered | None:
    """The paragraphs around an entry's passages, with those marked; None if there are none."""
    entry = knowledge.entries.get(entry_id)
    if not (entry and entry.citations):
        return None
    blocks = [f"<i>In context: {as_html(entry.question)}</i>"]
    for paragraph in knowledge.article.paragraphs:
        start, end = paragraph.start, paragraph.end
        if cited := [c for c in entry.citations if c.overlaps(start, end)]:
            link = passage_link(username, paragraph.number)
            parts = (
                f"{_OPENED}{as_html(text)}{_CLOSED}" if is_cited else as_html(text)
                for is_cited, text in excerpts.in_context(paragraph, cited)
            )
            blocks.append(f"{link} {''.join(parts)}")
    return Rendered(join_within_limit(blocks))
