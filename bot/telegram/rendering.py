"""Replies as Telegram's HTML with buttons, within its limits. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from html import escape, unescape

from telegram.constants import MessageLimit

from bot.answering import Reply, Section
from bot.answering.dates import with_distances
from bot.knowledge import Citation, Knowledge
from bot.telegram.keyboards import Rows, opening
from bot.telegram.links import answer_buttons, answer_link, passage_link
from bot.terminal import ABSTAINED, dated_source, topics_line

_LONG_QUOTE = 220  # characters; a longer passage is folded until it is tapped
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it is sent: HTML and rows of buttons."""

    html: str
    rows: Rows = ()


def render(reply: Reply, knowledge: Knowledge, today: dt.date, username: str) -> Rendered:
    """The reply for a chat: answer, passage, source line; suggestions and related as buttons.

    `username` is the bot's, for the links to passages and answers.
    """
    blocks = [escape(reply.lead, quote=False)] if reply.lead else []
    blocks += [_section(section, knowledge, today, username) for section in reply.sections]
    if not reply.sections and not reply.lead:
        unsure = reply.status == "suggested"
        blocks.append("I am not sure what you mean. Perhaps:" if unsure else ABSTAINED)
    if reply.status == "unanswered" and not reply.suggestions:
        blocks.append(escape(topics_line(knowledge), quote=False))
    rows = [opening(s.question, s.entry) for s in reply.offers]
    rows += [
        opening(knowledge.entries[entry].question, entry)
        for entry in reply.related
        if entry in knowledge.entries and reply.status == "answered"
    ]
    entries = [knowledge.entries[s.entry] for s in reply.sections if s.entry]
    for number, entry in enumerate(entries, 1):
        rows.append(answer_buttons(username, entry, number if len(entries) > 1 else None))
    return Rendered(fit(blocks), tuple(row for row in rows if row))


def quote(citation: Citation) -> str:
    """A passage, word for word, in a blockquote; long ones are folded."""
    folded = " expandable" if len(citation.quote) > _LONG_QUOTE else ""
    return f"<blockquote{folded}>{escape(citation.quote, quote=False)}</blockquote>"


def fit(blocks: list[str]) -> str:
    """Join whole blocks as long as Telegram takes them; markup does not count."""
    kept: list[str] = []
    length = 0
    for block in blocks:
        length += len(unescape(_TAG.sub("", block)).encode("utf-16-le")) // 2 + 2
        if length > MessageLimit.MAX_TEXT_LENGTH and kept:
            break
        kept.append(block)
    return "\n\n".join(kept)


def _section(section: Section, knowledge: Knowledge, today: dt.date, username: str) -> str:
    lines = [escape(with_distances(section.text, today), quote=False)]
    if section.note:
        lines.append(f"<i>{escape(section.note, quote=False)}</i>")
    if section.citations:
        entry = knowledge.entries.get(section.entry or "")
        closest = entry is not None and not entry.known
        # In words: a screen reader does not tell where a blockquote begins.
        lines.append("The closest it comes:" if closest else "The article:")
        lines += [quote(citation) for citation in section.citations]
        voice = f"Voice: {section.voice}. " if section.voice else ""
        source = escape(voice + dated_source(knowledge, today), quote=False)
        links = dict.fromkeys(passage_link(username, c.paragraph) for c in section.citations)
        own = [answer_link(username, section.entry)] if section.entry else []
        lines.append(f"<i>{', '.join([source, *links, *own])}</i>")
    return "\n".join(lines)
