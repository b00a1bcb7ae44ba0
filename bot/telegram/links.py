"""Links that lead to the bot: to an answer, to a passage, into a group. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from telegram import Message

from bot.knowledge import Entry
from bot.telegram.keyboards import CONTEXT, OPEN, Button, Rows

# What `/start` carries in a group that the bot was just added to.
ADDED = "added"
_PASSAGE = re.compile(r"p([1-9][0-9]{0,5})", re.ASCII)


def answer_url(username: str, entry: str) -> str:
    """The permalink of an answer."""
    return f"https://t.me/{username}?start={entry}"


def passage_link(username: str, number: int) -> str:
    """The number of a passage, as HTML that opens it: p3."""
    return f'<a href="{answer_url(username, f"p{number}")}">p{number}</a>'


def passage_number(payload: str) -> int | None:
    """The number of the passage that a link's payload names; None if it names none."""
    found = _PASSAGE.fullmatch(payload)
    return int(found[1]) if found else None


def group_button(username: str) -> tuple[Button, ...]:
    """A row with the way into a group."""
    url = f"https://t.me/{username}?startgroup={ADDED}"
    return (Button("Add me to a group", url=url),)


def answer_link(username: str, entry: str) -> str:
    """The permalink as HTML, in words that make sense when they are read aloud alone."""
    return f'<a href="{answer_url(username, entry)}">link to this answer</a>'


def shown_entry(message: Message, username: str) -> str | None:
    """The entry whose permalink a message of ours carries; the first of several."""
    start = answer_url(username, "")
    entities = message.entities or message.caption_entities
    for entity in entities:
        name = (entity.url or "").removeprefix(start)
        if entity.url and entity.url != name and not passage_number(name):
            return name
    return None


def answer_buttons(username: str, entry: Entry, number: int | None = None) -> tuple[Button, ...]:
    """The row below an answer: its passages in context, and its permalink to pass on.

    Empty where there is no passage: that the article is about something else is nothing to share.
    `number` tells several answers of one message apart.
    """
    if not entry.citations:
        return ()
    which = "" if number is None else f" ({number})"
    given = urlencode(
        {"url": answer_url(username, entry.id), "text": entry.question}, quote_via=quote
    )
    share = Button(f"Share{which}", url=f"https://t.me/share/url?{given}")
    return (Button(f"In context{which}", data=f"{CONTEXT}:{entry.id}"), share)


def elsewhere(rows: Rows, username: str) -> Rows:
    """The rows for a chat that the bot is not in: presses become links, or are left out."""
    kept = []
    for row in rows:
        buttons = []
        for button in row:
            kind, _, name = (button.data or "").partition(":")
            if button.url:
                buttons.append(button)
            elif kind == OPEN:
                buttons.append(Button(button.label, url=answer_url(username, name)))
        if buttons:
            kept.append(tuple(buttons))
    return tuple(kept)
