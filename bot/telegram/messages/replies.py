"""Replies as Telegram messages; groups get shorter ones than private chats."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from html import unescape

from telegram import Chat
from telegram.constants import ChatType, MessageLimit

from bot.answering import Reply, Section
from bot.answering.compose import dated_source, topics_line
from bot.knowledge import Citation, Knowledge
from bot.language.dates import add_distances
from bot.telegram.messages import buttons
from bot.telegram.messages.buttons import Button, Rows, answer_url, as_html, question_row

_LONG_QUOTE = 220  # characters; longer passages are folded until tapped
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it is sent: HTML and rows of buttons."""

    html: str
    rows: Rows = ()


def render(reply: Reply, knowledge: Knowledge, today: dt.date, username: str) -> Rendered:
    """The whole reply: answer, passage, source line; suggested and related questions as buttons.

    `username` is the bot's, for links to passages and answers.
    """
    blocks = [as_html(reply.lead)] if reply.lead else []
    blocks += [_section(section, knowledge, today, username) for section in reply.sections]
    if not blocks:
        blocks.append(as_html(reply.answer))
    if reply.status == "unanswered" and not reply.suggestions:
        blocks.append(as_html(topics_line(knowledge)))
    rows = [question_row(s.question, s.entry) for s in reply.offers]
    rows += [
        question_row(knowledge.entries[entry].question, entry)
        for entry in reply.related
        if entry in knowledge.entries and reply.status == "answered"
    ]
    entries = [knowledge.entries[s.entry] for s in reply.sections if s.entry]
    for number, entry in enumerate(entries, 1):
        rows.append(buttons.answer_row(username, entry, number if len(entries) > 1 else None))
    return Rendered(join_within_limit(blocks), tuple(row for row in rows if row))


def blockquote(citation: Citation) -> str:
    """A passage, word for word, as a blockquote; long ones are folded."""
    folded = " expandable" if len(citation.quote) > _LONG_QUOTE else ""
    return f"<blockquote{folded}>{as_html(citation.quote)}</blockquote>"


def text_length(html: str) -> int:
    """The length that Telegram limits: of the text without markup, in UTF-16 units."""
    return len(unescape(_TAG.sub("", html)).encode("utf-16-le")) // 2


def join_within_limit(blocks: list[str]) -> str:
    """As many whole blocks as fit into one Telegram message; markup does not count."""
    fitting: list[str] = []
    length = 0
    for block in blocks:
        length += text_length(block) + 2
        if length > MessageLimit.MAX_TEXT_LENGTH and fitting:
            break
        fitting.append(block)
    return "\n\n".join(fitting)


def _section(section: Section, knowledge: Knowledge, today: dt.date, username: str) -> str:
    lines = [as_html(add_distances(section.text, today))]
    if section.note:
        lines.append(f"<i>{as_html(section.note)}</i>")
    if section.citations:
        entry = knowledge.entries.get(section.entry or "")
        closest = entry is not None and not entry.answerable
        # In words, since a screen reader does not announce a blockquote.
        lines.append("The closest it comes:" if closest else "The article:")
        lines += [blockquote(citation) for citation in section.citations]
        voice = f"According to {section.voice} · " if section.voice else ""
        source = as_html(voice + dated_source(knowledge, today))
        links = dict.fromkeys(
            buttons.passage_link(username, c.paragraph) for c in section.citations
        )
        permalink = [buttons.answer_link(username, section.entry)] if section.entry else []
        lines.append(f"<i>{', '.join([source, *links, *permalink])}</i>")
    return "\n".join(lines)


REPEATED_WITHIN = 600.0  # seconds; a group that asks again gets a link to the earlier answer
DELETE_BUTTON = Button("Delete", data=f"{buttons.DELETE}:")  # for the asker, and for admins
_RELATED_IN_GROUPS = 2  # few, since everybody has to scroll past them


def reply_message(  # noqa: PLR0913 - everything a reply depends on
    reply: Reply,
    knowledge: Knowledge,
    today: dt.date,
    username: str,
    *,
    in_group: bool,
    votes: bool,
) -> Rendered:
    """A reply as it is sent in a chat, with the buttons to vote on it and delete it."""
    tools = _tools(reply.entry if votes else None, deletable=in_group)
    offered = [question_row(s.question, s.entry) for s in reply.offers]
    if in_group and reply.status == "suggested":
        return Rendered("Did you mean:", (*offered, *tools))
    if in_group and reply.status == "unanswered" and not (reply.lead and reply.sections):
        text = _unanswered(reply, today, username)
        return Rendered(text, (*offered[:_RELATED_IN_GROUPS], *tools))
    if in_group:
        reply = replace(reply, related=reply.related[:_RELATED_IN_GROUPS])
    full = render(reply, knowledge, today, username)
    return Rendered(full.html, (*full.rows, *tools))


def link_to_earlier(chat: Chat, answer_id: int, question: str, entry: str) -> Rendered | None:
    """One line that links to an earlier answer; None if messages in the chat have no links."""
    if chat.username:
        url = f"https://t.me/{chat.username}/{answer_id}"
    elif chat.type == ChatType.SUPERGROUP:
        url = f"https://t.me/c/{str(chat.id).removeprefix('-100')}/{answer_id}"
    else:
        return None
    text = f'<a href="{url}">Answered a moment ago</a>: {as_html(question)}'
    return Rendered(text, (question_row("Show it here", entry), (DELETE_BUTTON,)))


def _unanswered(reply: Reply, today: dt.date, username: str) -> str:
    """One line; the closest passage is a link, so that only those who tap it see it."""
    lines = [as_html(reply.lead)] if reply.lead else []
    for section in reply.sections:
        line = as_html(add_distances(section.text, today))
        if section.citations and section.entry:
            line += f' <a href="{answer_url(username, section.entry)}">The closest passage</a>'
        lines.append(line)
    return "\n".join(lines) or f"{as_html(reply.answer)} /topics shows what it covers."


def _tools(voted_on: str | None, *, deletable: bool) -> Rows:
    """The last row: the vote buttons, with words for screen readers, and Delete."""
    votes = (("👍 Right", buttons.GOOD), ("👎 Wrong", buttons.BAD)) if voted_on else ()
    row = [Button(label, data=f"{kind}:{voted_on}") for label, kind in votes]
    row += [DELETE_BUTTON] if deletable else []
    return (tuple(row),) if row else ()
