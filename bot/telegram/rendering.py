"""Replies as Telegram's HTML with buttons, within its limits. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import escape

from telegram.constants import MessageLimit

from bot.answering import Reply, Section
from bot.answering.dates import with_distances
from bot.knowledge import Citation, Knowledge
from bot.telegram.keyboards import Rows, opening
from bot.terminal import ABSTAINED, source_line, topics_line

_LONG_QUOTE = 220  # characters; a longer passage is folded until it is tapped


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it is sent: HTML and rows of buttons."""

    html: str
    rows: Rows = ()


def render(reply: Reply, knowledge: Knowledge, today: dt.date) -> Rendered:
    """The reply for a chat: answer, passage, source line; suggestions and related as buttons."""
    blocks = [escape(reply.lead, quote=False)] if reply.lead else []
    blocks += [_section(section, knowledge, today) for section in reply.sections]
    if not reply.sections and not reply.lead:
        unsure = reply.status == "suggested"
        blocks.append("I am not sure what you mean. Perhaps:" if unsure else ABSTAINED)
    if reply.status == "unanswered" and not reply.suggestions:
        blocks.append(escape(topics_line(knowledge), quote=False))
    rows = [opening(s.question, s.entry) for s in reply.suggestions]
    rows += [
        opening(knowledge.entries[entry].question, entry)
        for entry in reply.related
        if entry in knowledge.entries and reply.status == "answered"
    ]
    return Rendered(fit(blocks), tuple(rows))


def quote(citation: Citation) -> str:
    """A passage, word for word, in a blockquote; long ones are folded."""
    folded = " expandable" if len(citation.quote) > _LONG_QUOTE else ""
    return f"<blockquote{folded}>{escape(citation.quote, quote=False)}</blockquote>"


def fit(blocks: list[str]) -> str:
    """Join whole blocks as long as Telegram takes them; counted with the markup, to be safe."""
    kept: list[str] = []
    length = 0
    for block in blocks:
        length += len(block.encode("utf-16-le")) // 2 + 2
        if length > MessageLimit.MAX_TEXT_LENGTH and kept:
            break
        kept.append(block)
    return "\n\n".join(kept)


def _section(section: Section, knowledge: Knowledge, today: dt.date) -> str:
    lines = [escape(with_distances(section.text, today), quote=False)]
    if section.note:
        lines.append(f"<i>{escape(section.note, quote=False)}</i>")
    if section.citations:
        entry = knowledge.entries.get(section.entry or "")
        if entry is not None and not entry.known:
            lines.append("The closest it comes:")
        quotes = "".join(quote(citation) for citation in section.citations)
        voice = f"Voice: {section.voice}. " if section.voice else ""
        source = source_line(knowledge, section.citations, today)
        lines.append(f"{quotes}<i>{escape(voice + source, quote=False)}</i>")
    return "\n".join(lines)
