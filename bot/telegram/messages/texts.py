"""The texts of commands, greetings and notices, as Telegram HTML."""

from collections import Counter
from collections.abc import Sequence

from telegram import User
from telegram.constants import MessageLimit

from bot.knowledge import Entry, Event, Knowledge
from bot.language.dates import format_day
from bot.store.database import QUESTION_RETENTION_DAYS, RETENTION
from bot.store.questions import MAX_CHARACTERS
from bot.telegram.addressing import OVERHEARD_INTERVAL
from bot.telegram.messages import buttons
from bot.telegram.messages.buttons import Button, Rows, as_html, entry_rows
from bot.telegram.messages.replies import Rendered, text_length
from bot.telegram.send.limits import NOTICE_INTERVAL
from bot.telegram.session import CONVERSATION_TTL
from bot.timeline import dateline, event_date, footnotes, is_expected

_CUT = "… /timeline WORD finds the others"


def timeline_caption(knowledge: Knowledge, events: Sequence[Event], username: str) -> str:
    """The events as HTML: date, label and a link to the passage.

    Events that do not fit are left out entirely, and a line says so.
    """
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
            "\n".join([*lines[:count], *([_CUT] if count < len(events) else [])]),
            "\n".join(f"<i>{mark} {as_html(note)}</i>" for note, mark in notes),
        ]
        caption = "\n\n".join(filter(None, blocks))
        if text_length(caption) <= MessageLimit.CAPTION_LENGTH:
            return caption
    return _CUT


_EXAMPLES = 3
_MAX_ECHO = 60  # characters of the person's own words to repeat

ADMINS_ONLY = "Only admins of this group can do that."
ASKED, OVERHEAR = "asked", "clear"  # the two modes of a group
NOT_SAVED = "That couldn't be saved. Please try again later."
OUTDATED_BUTTON = "This button is from an older version. Please ask again."
PRESS_DELAYED = "Telegram makes me wait before I write here. Your answer will come."
PRESS_FAILED = "That didn't work. Telegram may not let me write here."
NO_WORDS = Rendered("I can only read text. Please write your question.")
SETTINGS_IN_PRIVATE = Rendered(
    "In a private chat I answer everything. /settings is for group admins: it sets when I answer"
    " in their group."
)

COMMANDS = {
    "ask": "Ask a question about the article",
    "timeline": "See the events with their dates",
    "topics": "Browse the questions by topic",
    "source": "Read the article, page by page",
    "help": "How to use this bot",
    "privacy": "What is stored about you",
    "forget": "Delete what is stored about this chat",
    "settings": "For group admins: choose when I answer",
}


def start(knowledge: Knowledge, username: str) -> Rendered:
    """The welcome: what the bot knows, and three questions to start with."""
    text = (
        f"Hi! I answer questions about one article: <b>{as_html(knowledge.source.title)}</b>"
        f" ({_published(knowledge)})."
        " Every answer quotes the passage it comes from, and if the article doesn't say, I'll tell"
        " you.\n\nAsk in your own words, or try one of these:"
    )
    rows = (*entry_rows(_examples(knowledge)), buttons.add_to_group_row(username))
    return Rendered(text, rows)


def _published(knowledge: Knowledge) -> str:
    return f"{as_html(knowledge.source.publisher)}, {format_day(knowledge.source.published)}"


def _examples(knowledge: Knowledge) -> list[Entry]:
    """The questions that the most answers lead to, each from a different topic if possible."""
    links_to = Counter(
        other
        for entry in knowledge.answerable_entries()
        for other in (*entry.related, *entry.follow_ups.values())
    )
    ranked = sorted(knowledge.answerable_entries(), key=lambda entry: -links_to[entry.id])
    top: dict[str, Entry] = {}
    for entry in ranked:
        top.setdefault(entry.topic, entry)
    others = [entry for entry in ranked if top[entry.topic] is not entry]
    return [*top.values(), *others][:_EXAMPLES]


def help_(bot: User) -> Rendered:
    """How to ask: in private, in groups and, if the bot's owner allows it, in any other chat."""
    name = f"@{as_html(bot.username or '')}"
    anywhere = ""
    if bot.supports_inline_queries:
        anywhere += f"\n\nIn any other chat, type {name} and a few words, then pick an answer."
    if bot.supports_guest_queries:
        anywhere += f"\n\nMention {name} in a chat that I'm not in, and I'll answer there."
    commands = "\n".join(f"/{name} - {as_html(what)}" for name, what in COMMANDS.items())
    return Rendered(
        "Just ask, in your own words. Follow up with “why?”, “who said so?” or “more”."
        f"\n\n{commands}\n\nIn groups, send /ask with your question, mention {name}, or reply to"
        " one of my messages. Reply with /ask to someone else's question, and I'll answer it."
        f"{anywhere}",
        (buttons.add_to_group_row(bot.username or ""),),
    )


def event_buttons(knowledge: Knowledge, events: Sequence[Event]) -> Rows:
    """A button for each event's answer."""
    entries = dict.fromkeys(event.entry for event in events)
    return entry_rows(knowledge.entries[entry] for entry in entries)


def no_matching_event(knowledge: Knowledge, words: str) -> Rendered:
    """The reply when the words after `/timeline` match no event."""
    years = list(dict.fromkeys(event.date[:4] for event in knowledge.events))
    hint = f" Its events are from {', '.join(years)}." if years else ""
    return Rendered(
        f"No event in the article matches “{as_html(words[:_MAX_ECHO])}”.{hint}"
        " Send just /timeline to see them all."
    )


def topics(knowledge: Knowledge) -> Rendered:
    """The topics as buttons."""
    return Rendered("What would you like to know about?", buttons.topic_rows(knowledge))


def topic(knowledge: Knowledge, name: str) -> Rendered:
    """The questions of one topic as buttons."""
    questions = [entry for entry in knowledge.answerable_entries() if entry.topic == name]
    return Rendered(f"<b>{as_html(knowledge.topics[name])}</b>", entry_rows(questions))


def privacy(*, keeps_questions: bool) -> Rendered:
    """What is stored about people; the figures are the constants that the code uses."""
    text = (
        "I don't save your chats. Your last question and which answers you got stay in memory for"
        f" {CONVERSATION_TTL // 60} minutes, so that I understand “why?”. I remember for a"
        " minute that I answered you, to limit how much one person can ask; if you ask very fast,"
        f" for {NOTICE_INTERVAL // 60:.0f} minutes.\n\n"
        f"For {RETENTION // 3600} hours I store ids of updates, chats, messages and answers, and"
        " a keyed hash of who asked, but no words. I need them to avoid answering twice, to update"
        " an answer when its question is edited, and to let only the person who asked, or an admin,"
        " delete it. A question that has to wait is stored with its words until it is answered, for"
        f" at most {RETENTION // 3600} hours. A group's settings are stored until I'm removed."
    )
    if keeps_questions:
        text += (
            "\n\nTo improve the answers, I store questions that I couldn't answer, or whose answer"
            f" was marked as wrong, for {QUESTION_RETENTION_DAYS} days: the first {MAX_CHARACTERS}"
            " characters, after removing names, links and long numbers as far as I recognise them,"
            " and nothing about who asked, where, or at what time of day. In case a vote comes"
            " later, the words of answered questions, cleaned the same way, stay in memory for"
            f" {RETENTION // 3600} hours. Votes are stored for up to two days, in a form that"
            " doesn't identify you."
        )
    return Rendered(f"{text}\n\n/forget deletes what is stored about this chat.")


def forgotten(*, done: bool) -> Rendered:
    """The reply to `/forget`."""
    if not done:
        return Rendered("I couldn't delete that just now. Please try again later.")
    return Rendered(
        "I've deleted everything I stored about this chat. Saved questions carry no trace of who"
        " asked them, so I can't find and delete yours."
    )


def settings(*, overhears: bool, sees_all: bool) -> Rendered:
    """A group's current setting, and the two buttons that change it."""
    labels = {ASKED: "Answer only when asked", OVERHEAR: "Also answer clear questions"}
    now = OVERHEAR if overhears else ASKED
    text = (
        f"When should I answer in this group? Right now: <b>{labels[now].lower()}</b>.\n\n"
        f"With “{labels[OVERHEAR]}”, I also answer messages that are plainly questions about the"
        f" article, at most once every {OVERHEARD_INTERVAL // 60:.0f} minutes."
    )
    if not sees_all:
        text += (
            "\n\nFor that I need to see all messages: make me an admin of this group, or ask my"
            " owner to turn off my privacy mode."
        )
    rows = tuple(
        (Button(f"✓ {label}" if name == now else label, data=f"{buttons.SETTING}:{name}"),)
        for name, label in labels.items()
    )
    return Rendered(text, rows)


def greeting(knowledge: Knowledge, username: str, *, sees_all: bool) -> Rendered:
    """Two lines for a group that added the bot: what the bot knows, and how to ask."""
    name = f"@{as_html(username)}"
    limits = "" if sees_all else " I don't see any other messages here."
    return Rendered(
        f"Hello! I answer questions about one article: “{as_html(knowledge.source.title)}”"
        f" ({_published(knowledge)}).\n"
        f"Send /ask with your question, mention {name}, or reply to one of my messages.{limits}"
    )


def description(knowledge: Knowledge) -> str:
    """The text shown in an empty chat with the bot; at most 512 characters."""
    source = knowledge.source
    text = (
        f"Ask me about {source.publisher}'s article of {format_day(source.published)}:"
        f" “{source.title}”. Every answer quotes the passage it comes from."
    )
    return text[:512]


def short_description(knowledge: Knowledge) -> str:
    """The text shown in the bot's profile; at most 120 characters."""
    source = knowledge.source
    day = format_day(source.published)
    return f"Answers questions about one article ({source.publisher}, {day}), with quotes."[:120]
