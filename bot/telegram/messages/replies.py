"""How much to say, and where: groups get less of the same decision than a private chat. Pure."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from html import escape, unescape

from telegram import Chat
from telegram.constants import ChatType, MessageLimit

from bot.answering import Reply, Section
from bot.answering.compose import ABSTAINED, dated_source, topics_line
from bot.knowledge import Citation, Knowledge
from bot.language.dates import add_distances
from bot.telegram.messages.buttons import (
    BAD,
    DELETE,
    GOOD,
    Button,
    Rows,
    answer_buttons,
    answer_link,
    answer_url,
    open_row,
    passage_link,
)

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
    rows = [open_row(s.question, s.entry) for s in reply.offers]
    rows += [
        open_row(knowledge.entries[entry].question, entry)
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
    lines = [escape(add_distances(section.text, today), quote=False)]
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


REPEATED_WITHIN = 600.0  # seconds in which a group is pointed to the answer it had
DELETE_BUTTON = Button("Delete", data=f"{DELETE}:")  # for who asked, and for admins
_RELATED_IN_GROUPS = 2  # questions offered below an answer: everybody scrolls past them


def reply_message(  # noqa: PLR0913 - what a reply depends on
    reply: Reply,
    knowledge: Knowledge,
    today: dt.date,
    username: str,
    *,
    in_group: bool,
    votes: bool,
) -> Rendered:
    """A reply as it is sent in a chat, with the buttons to judge it and to take it back."""
    tools = _tools(reply.entry if votes else None, deletable=in_group)
    if in_group and reply.status == "suggested":
        rows = tuple(open_row(s.question, s.entry) for s in reply.offers)
        return Rendered("Do you mean:", (*rows, *tools))
    if in_group and reply.status == "unanswered" and not (reply.lead and reply.sections):
        offered = tuple(open_row(s.question, s.entry) for s in reply.offers[:_RELATED_IN_GROUPS])
        return Rendered(_not_known(reply, today, username), (*offered, *tools))
    if in_group:
        reply = replace(reply, related=reply.related[:_RELATED_IN_GROUPS])
    full = render(reply, knowledge, today, username)
    return Rendered(full.html, (*full.rows, *tools))


def pointer(chat: Chat, answer_id: int, question: str, entry: str) -> Rendered | None:
    """One line that leads to an earlier answer; None where messages have no links."""
    if chat.username:
        url = f"https://t.me/{chat.username}/{answer_id}"
    elif chat.type == ChatType.SUPERGROUP:
        url = f"https://t.me/c/{str(chat.id).removeprefix('-100')}/{answer_id}"
    else:
        return None
    text = f'<a href="{url}">Answered a moment ago</a>: {escape(question, quote=False)}'
    rows = open_row("Show it here", entry)
    return Rendered(text, (rows, *_tools(None, deletable=True)))


def _not_known(reply: Reply, today: dt.date, username: str) -> str:
    """A line; what the article says nearby is a tap away, where only who taps sees it."""
    lines = [escape(reply.lead, quote=False)] if reply.lead else []
    for section in reply.sections:
        line = escape(add_distances(section.text, today), quote=False)
        if section.citations and section.entry:
            line += f' <a href="{answer_url(username, section.entry)}">The closest passage</a>'
        lines.append(line)
    return "\n".join(lines) or f"{ABSTAINED} /topics shows what it is about."


def _tools(voted_on: str | None, *, deletable: bool) -> Rows:
    """The last row: two thumbs, in words for screen readers too, and the bin."""
    row = []
    if voted_on:
        row += [
            Button("👍 Right", data=f"{GOOD}:{voted_on}"),
            Button("👎 Wrong", data=f"{BAD}:{voted_on}"),
        ]
    if deletable:
        row.append(DELETE_BUTTON)
    return (tuple(row),) if row else ()
