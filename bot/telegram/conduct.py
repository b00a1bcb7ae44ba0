"""How much to say, and where: groups get less of the same decision than a private chat. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from html import escape

from telegram import Chat
from telegram.constants import ChatType

from bot.answering import Reply
from bot.answering.dates import with_distances
from bot.knowledge import Knowledge
from bot.telegram.keyboards import BAD, DELETE, GOOD, Button, Rows, opening
from bot.telegram.links import answer_url
from bot.telegram.rendering import Rendered, render
from bot.terminal import ABSTAINED

REPEATED_WITHIN = 600.0  # seconds in which a group is pointed to the answer it had
BIN = Button("Delete", data=f"{DELETE}:")  # for who asked, and for admins
_RELATED_IN_GROUPS = 2  # questions offered below an answer: everybody scrolls past them


def shown(  # noqa: PLR0913 - what a reply depends on
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
        rows = tuple(opening(s.question, s.entry) for s in reply.offers)
        return Rendered("Do you mean:", (*rows, *tools))
    if in_group and reply.status == "unanswered" and not (reply.lead and reply.sections):
        offered = tuple(opening(s.question, s.entry) for s in reply.offers[:_RELATED_IN_GROUPS])
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
    rows = opening("Show it here", entry)
    return Rendered(text, (rows, *_tools(None, deletable=True)))


def _not_known(reply: Reply, today: dt.date, username: str) -> str:
    """A line; what the article says nearby is a tap away, where only who taps sees it."""
    lines = [escape(reply.lead, quote=False)] if reply.lead else []
    for section in reply.sections:
        line = escape(with_distances(section.text, today), quote=False)
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
        row.append(BIN)
    return (tuple(row),) if row else ()
