"""Links that lead to the bot: to an answer, to a passage, into a group. Pure."""

import json
import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.knowledge import Entry

# What a press does; its data is "<kind>:<name>", at most 64 bytes.
OPEN = "e"  # name: the entry to answer with
TOPIC = "t"  # the topic whose questions to list
CONTEXT = "c"  # the entry whose passages to show inside their paragraphs
PAGE = "p"  # the page of the article to turn to, counted from 1
DELETE = "d"  # without a name; who asked or an admin may delete the answer
GOOD, BAD = "g", "b"  # the entry voted for or against
SETTING = "s"  # the setting of a group to switch


@dataclass(frozen=True, slots=True)
class Button:
    """One button; either `data` or `url` says what it does."""

    label: str
    data: str | None = None
    url: str | None = None


Rows = tuple[tuple[Button, ...], ...]


def open_row(label: str, entry: str) -> tuple[Button, ...]:
    """A row of its own: a button with a question that opens its answer."""
    return (Button(label, data=f"{OPEN}:{entry}"),)


def markup(rows: Rows) -> InlineKeyboardMarkup | None:
    """The keyboard as Telegram takes it; None without buttons."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(
                    button.label,
                    callback_data=button.data,
                    url=button.url,
                )
                for button in row
            ]
            for row in rows
        ]
    )


def markup_json(rows: Rows) -> str | None:
    """The same as the Bot API's JSON."""
    if not rows:
        return None
    return json.dumps({"inline_keyboard": [[_plain(button) for button in row] for row in rows]})


def _plain(button: Button) -> dict[str, str]:
    made = {"text": button.label, "callback_data": button.data, "url": button.url}
    return {name: value for name, value in made.items() if value is not None}


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


def as_links(rows: Rows, username: str) -> Rows:
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
