"""Buttons, and links that open an answer, a passage or a group; does no I/O."""

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote, urlencode

from telegram import Message

from bot.knowledge import Entry, Knowledge

# Kinds of buttons. The callback data is "<kind>:<name>", at most 64 bytes.
OPEN = "e"  # name: the entry to answer with
TOPIC = "t"  # name: the topic whose questions to list
CONTEXT = "c"  # name: the entry whose passages to show inside their paragraphs
PAGE = "p"  # name: the page of the article to turn to, counted from 1
DELETE = "d"  # no name; deletes the answer for the person who asked, or an admin
GOOD, BAD = "g", "b"  # name: the entry voted for or against
SETTING = "s"  # name: the group setting to switch to


Button = dict[str, str]  # an InlineKeyboardButton of the Bot API
Rows = tuple[tuple[Button, ...], ...]


def button(label: str, kind: str, name: object = "") -> Button:
    """A button that makes the bot do something."""
    return {"text": label, "callback_data": f"{kind}:{name}"}


def url_button(label: str, url: str) -> Button:
    """A button that opens an address."""
    return {"text": label, "url": url}


def as_html(text: str) -> str:
    """Plain text as Telegram's HTML."""
    return escape(text, quote=False)


def question_row(label: str, entry: str) -> tuple[Button, ...]:
    """A row with one button that opens the answer to a question."""
    return (button(label, OPEN, entry),)


def entry_rows(entries: Iterable[Entry]) -> Rows:
    """A row for each entry's question."""
    return tuple(question_row(entry.question, entry.id) for entry in entries)


def topic_rows(knowledge: Knowledge) -> Rows:
    """The topics, two in a row."""
    topics = [button(title, TOPIC, name) for name, title in knowledge.answered_topics().items()]
    return tuple(tuple(topics[at : at + 2]) for at in range(0, len(topics), 2))


def markup(rows: Rows) -> dict[str, object] | None:
    """The keyboard as the Bot API has it; None if there are no buttons."""
    return {"inline_keyboard": rows} if rows else None


ADDED = "added"  # the payload of `/start` in a group that the bot was just added to
_PASSAGE = re.compile(r"p([1-9][0-9]{0,5})", re.ASCII)


def has_button(message: Message, kind: str, name: str | None = None) -> bool:
    """Whether a message has a button of a kind, and name if given: a client can send any data."""
    shown = message.reply_markup
    for row in shown.inline_keyboard if shown else ():
        for each in row:
            found, _, named = str(each.callback_data or "").partition(":")
            if found == kind and name in {None, named}:
                return True
    return False


def answer_url(username: str, entry: str) -> str:
    """The permalink of an answer."""
    return f"https://t.me/{username}?start={entry}"


def passage_link(username: str, number: int) -> str:
    """A passage number such as p3, as an HTML link that opens the passage."""
    return f'<a href="{answer_url(username, f"p{number}")}">p{number}</a>'


def passage_number(payload: str) -> int | None:
    """The passage number in the payload of a link; None if there is none."""
    match = _PASSAGE.fullmatch(payload)
    return int(match[1]) if match else None


def add_to_group_row(username: str) -> tuple[Button, ...]:
    """A row with the button that adds the bot to a group."""
    return (url_button("Add me to a group", f"https://t.me/{username}?startgroup={ADDED}"),)


def linked_entry(message: Message, username: str) -> str | None:
    """The entry of the first permalink in one of the bot's messages; None if it has none."""
    start = answer_url(username, "")
    for entity in message.entities or message.caption_entities:
        name = (entity.url or "").removeprefix(start)
        if entity.url and entity.url != name and not passage_number(name):
            return name
    return None


def share_button(username: str, entry: Entry) -> Button:
    """Passes the permalink of an answer on to another chat."""
    query = urlencode(
        {"url": answer_url(username, entry.id), "text": entry.question}, quote_via=quote
    )
    return url_button("Share", f"https://t.me/share/url?{query}")


def as_links(rows: Rows, username: str) -> Rows:
    """The rows for a chat that the bot is not in: buttons become links, or are left out."""
    linked = (tuple(filter(None, (_as_link(one, username) for one in row))) for row in rows)
    return tuple(filter(None, linked))


def _as_link(given: Button, username: str) -> Button | None:
    kind, _, name = given.get("callback_data", "").partition(":")
    if kind == OPEN:
        return url_button(given["text"], answer_url(username, name))
    return given if "url" in given else None
