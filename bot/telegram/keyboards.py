"""Buttons below a message, and what their data means. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

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


def opening(label: str, entry: str) -> tuple[Button, ...]:
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
