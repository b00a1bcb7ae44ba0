"""Replies as Telegram messages; groups get shorter ones than private chats."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape

from telegram import Message
from telegram.constants import MessageLimit

from bot.answering import Reply, Section
from bot.answering.compose import dated_source
from bot.knowledge import Citation, Entry, Knowledge
from bot.telegram.messages import buttons
from bot.telegram.messages.buttons import Button, Rows, answer_url, as_html, button, passage_link

_BELOW_ANSWER = 2  # questions, so that the buttons stay few
_MAX_QUOTES_IN_GROUPS = 2
_LONG_QUOTE = 220  # characters; longer passages are folded until tapped
REPEATED_WITHIN = 600.0  # seconds; a group that asks again gets a link to the earlier answer
DELETE_BUTTON = button("Delete", buttons.DELETE)  # for the asker, and for admins
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it is sent: HTML and rows of buttons."""

    html: str
    rows: Rows = ()


def render(
    reply: Reply,
    knowledge: Knowledge,
    username: str,
    *,
    in_group: bool = False,
    votes: bool = False,
) -> Rendered:
    """A reply as it is sent in a chat: answer, passage and source; what to do next as buttons.

    `username` is the bot's, for links to passages and answers. In groups, everybody has to scroll
    past a reply: it is shorter, and has one row of buttons unless they are the reply.
    """
    entries = [knowledge.entries[s.entry] for s in reply.sections if s.entry]
    tools = _tools(reply, entries, username, in_group=in_group, votes=votes)
    if in_group and reply.status == "unanswered" and not (reply.lead and entries):
        return Rendered(_in_one_line(reply, entries, username), (tools,))
    blocks = [as_html(reply.lead)] if reply.lead else []
    blocks += [_section(s, knowledge, username, in_group=in_group) for s in reply.sections]
    rows = _questions(reply, knowledge) if not in_group or reply.status == "suggested" else ()
    html = join_within_limit(blocks or [as_html(reply.answer)])
    return Rendered(html, (*rows, tools) if tools else rows)


def _questions(reply: Reply, knowledge: Knowledge) -> Rows:
    """A row for each question to go on with; the topics if there is none."""
    if reply.found_nothing:
        return buttons.topic_rows(knowledge)
    offers = [buttons.question_row(s.question, s.entry) for s in reply.offers]
    related = buttons.entry_rows(knowledge.entries[entry] for entry in reply.related)
    return (*(offers if reply.status == "suggested" else offers[:_BELOW_ANSWER]), *related)


def _tools(
    reply: Reply, entries: Sequence[Entry], username: str, *, in_group: bool, votes: bool
) -> tuple[Button, ...]:
    """The row below an answer: its passages in context, sharing, voting and deleting."""
    cited = [entry for entry in entries if entry.citations]
    is_one = len(entries) == 1
    row = [
        button("Context" if is_one else f"Context ({number})", buttons.CONTEXT, entry.id)
        for number, entry in enumerate(cited, 1)
    ]
    if is_one and cited and not in_group:
        row.append(buttons.share_button(username, cited[0]))
    if votes and reply.entry:
        row += [button("👍", buttons.GOOD, reply.entry), button("👎", buttons.BAD, reply.entry)]
    return (*row, DELETE_BUTTON) if in_group else tuple(row)


def _in_one_line(reply: Reply, entries: Sequence[Entry], username: str) -> str:
    """What the article doesn't say; its passage is a link, for those who want to see it."""
    if reply.found_nothing:
        return as_html(reply.lead or f"{reply.answer} /topics shows what it covers.")
    lines = []
    for entry in entries:
        line = as_html(entry.answer)
        if entry.citations:
            label = "The closest passage" if entry.is_silent else "The passage"
            line += f' <a href="{answer_url(username, entry.id)}">{label}</a>'
        lines.append(line)
    return "\n".join(lines)


def _blockquotes(citations: Sequence[Citation], *, in_group: bool) -> list[str]:
    """The passages, long ones folded; in groups, many are one, so that a screen holds the reply."""
    quotes = [citation.quote for citation in citations]
    if in_group and len(quotes) > _MAX_QUOTES_IN_GROUPS:
        quotes = ["\n".join(quotes)]
    tags = ["blockquote expandable" if len(q) > _LONG_QUOTE else "blockquote" for q in quotes]
    return [f"<{tag}>{as_html(q)}</blockquote>" for tag, q in zip(tags, quotes, strict=True)]


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


def _section(section: Section, knowledge: Knowledge, username: str, *, in_group: bool) -> str:
    lines = [as_html(section.text)]
    if section.note:
        lines.append(f"<i>({as_html(section.note)})</i>")
    if section.citations:
        if section.heading:
            lines.append(section.heading)
        lines += _blockquotes(section.citations, in_group=in_group)
        # The words of a link make sense when a screen reader reads them on their own.
        permalink = f'<a href="{answer_url(username, section.entry or "")}">link to this answer</a>'
        links = dict.fromkeys(passage_link(username, c.paragraph) for c in section.citations)
        source, url = as_html(dated_source(knowledge)), knowledge.source.url
        if url:
            source = f'<a href="{escape(url)}">{source}</a>'
        lines.append(f"<i>{', '.join([source, *links, permalink])}</i>")
    return "\n".join(lines)


def link_to_earlier(answer: Message, entry: Entry) -> Rendered | None:
    """One line that links to an earlier answer; None if messages in the chat have no links."""
    if answer.link is None:
        return None
    text = f'<a href="{answer.link}">Answered a moment ago</a>: {as_html(entry.question)}'
    return Rendered(text, (buttons.question_row("Show it here", entry.id), (DELETE_BUTTON,)))
