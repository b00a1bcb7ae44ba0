"""The texts of commands, greetings and notices; their words are in `texts.toml`."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from telegram import User
from telegram.constants import MessageLimit

from bot.answering.compose import dated_source
from bot.knowledge import Event, Knowledge
from bot.language.dates import format_day
from bot.store.database import QUESTION_RETENTION_DAYS, RETENTION
from bot.store.questions import MAX_CHARACTERS
from bot.telegram.addressing import OVERHEARD_INTERVAL
from bot.telegram.messages import buttons
from bot.telegram.messages.buttons import as_html, entry_rows
from bot.telegram.messages.replies import Rendered, text_length
from bot.telegram.session import CONVERSATION_TTL
from bot.timeline import dateline, event_date, footnotes, is_expected

_TEXTS: dict[str, Any] = tomllib.loads(
    (files("bot.telegram.messages") / "texts.toml").read_text("utf-8")
)
COMMANDS: dict[str, str] = _TEXTS["commands"]
MENUS: dict[str, list[str]] = _TEXTS["menus"]
ASKED, OVERHEAR = "asked", "clear"  # the two modes of a group
_EXAMPLES = 3
_MAX_ECHO = 60  # characters of the person's own words to repeat


def text(name: str, /, **values: object) -> str:
    """A text with its paragraphs unwrapped and its values filled in."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", _TEXTS[name].strip()).format(**values)


def timeline_caption(knowledge: Knowledge, events: Sequence[Event], username: str) -> str:
    """The events with links to their passages, as HTML; if not all fit, a line says so."""
    lines, marks = [], footnotes(events)
    for event in events:
        where = buttons.passage_link(username, event.citation.paragraph)
        about = f"expected, {where}" if is_expected(event, knowledge.source.published) else where
        date = f"{event_date(event)}{marks.get(event.note or '', '')}"
        lines.append(f"<b>{date}</b> {as_html(event.label)} ({about})")
    for count in range(len(events), 0, -1):
        notes = footnotes(events[:count]).items()
        blocks = [
            f"<i>{as_html(dateline(knowledge))}</i>",
            "\n".join([*lines[:count], *([text("cut")] if count < len(events) else [])]),
            "\n".join(f"<i>{mark} {as_html(note)}</i>" for note, mark in notes),
        ]
        caption = "\n\n".join(filter(None, blocks))
        if text_length(caption) <= MessageLimit.CAPTION_LENGTH:
            return caption
    return text("cut")


def start(knowledge: Knowledge, username: str) -> Rendered:
    """The welcome: what the bot knows, and three questions to start with."""
    rows = (*entry_rows(knowledge.examples(_EXAMPLES)), buttons.add_to_group_row(username))
    return Rendered(text("start", **_article(knowledge)), rows)


def _article(knowledge: Knowledge) -> dict[str, str]:
    """The title of the article, its publisher and date, and what to call it."""
    return {
        "title": as_html(knowledge.source.title),
        "published": as_html(dated_source(knowledge)),
        "text_type": knowledge.source.text_type,
    }


def help_(knowledge: Knowledge, bot: User) -> Rendered:
    """How to ask: in private, in groups and, if the bot's owner allows it, in any other chat."""
    ways = {"help_inline": bot.supports_inline_queries, "help_guest": bot.supports_guest_queries}
    fill = knowledge.source.fill
    commands = "\n".join(f"/{name} - {as_html(fill(what))}" for name, what in COMMANDS.items())
    values = {"name": f"@{as_html(bot.username or '')}", "commands": commands}
    names = ["help", *(name for name, is_on in ways.items() if is_on)]
    html = "\n\n".join(text(name, **values) for name in names)
    return Rendered(html, (buttons.add_to_group_row(bot.username or ""),))


def no_matching_event(knowledge: Knowledge, words: str) -> Rendered:
    """The reply when the words after `/timeline` match no event."""
    years = list(dict.fromkeys(event.date[:4] for event in knowledge.events))
    hint = f" Its events are from {', '.join(years)}." if years else ""
    values = {**_article(knowledge), "words": as_html(words[:_MAX_ECHO]), "hint": hint}
    return Rendered(text("no_matching_event", **values))


def topics(knowledge: Knowledge) -> Rendered:
    """The topics as buttons."""
    return Rendered(text("topics"), buttons.topic_rows(knowledge))


def topic(knowledge: Knowledge, name: str) -> Rendered:
    """The questions of one topic as buttons."""
    questions = [entry for entry in knowledge.answerable_entries() if entry.topic == name]
    return Rendered(f"<b>{as_html(knowledge.topics[name])}</b>", entry_rows(questions))


def privacy(*, keeps_questions: bool) -> Rendered:
    """What is stored about people; the figures are the constants that the code uses."""
    html = text("privacy", minutes=CONVERSATION_TTL // 60, hours=RETENTION // 3600)
    if keeps_questions:
        values = {"days": QUESTION_RETENTION_DAYS, "characters": MAX_CHARACTERS}
        html += "\n\n" + text("privacy_questions", hours=RETENTION // 3600, **values)
    return Rendered(f"{html}\n\n{text('privacy_forget')}")


def settings(knowledge: Knowledge, *, overhears: bool, sees_all: bool) -> Rendered:
    """A group's current setting, and the two buttons that change it."""
    labels, now = _TEXTS["modes"], OVERHEAR if overhears else ASKED
    minutes = OVERHEARD_INTERVAL // 60
    values = {"now": labels[now].lower(), "clear": labels[OVERHEAR], "minutes": minutes}
    html = text("settings", **_article(knowledge), **values)
    if not sees_all:
        html += f"\n\n{text('settings_blind')}"
    rows = tuple(
        (buttons.button(f"✓ {label}" if name == now else label, buttons.SETTING, name),)
        for name, label in labels.items()
    )
    return Rendered(html, rows)


def greeting(knowledge: Knowledge, username: str, *, sees_all: bool) -> Rendered:
    """Two lines for a group that added the bot: what the bot knows, and how to ask."""
    hello = text("greeting", **_article(knowledge))
    how = text("greeting_how", name=f"@{as_html(username)}")
    return Rendered(f"{hello}\n{how}" if sees_all else f"{hello}\n{how} {text('greeting_limits')}")


def about(name: str, knowledge: Knowledge) -> str:
    """The `description` in an empty chat with the bot, or `short_description` in its profile."""
    source, day = knowledge.source, format_day(knowledge.source.published)
    values = {"title": source.title, "text_type": source.text_type}
    return text(name, publisher=source.publisher, day=day, **values)
