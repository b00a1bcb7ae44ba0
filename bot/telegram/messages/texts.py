"""What the commands say, as Telegram's HTML. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape, unescape
from re import sub

from telegram import User
from telegram.constants import MessageLimit

from bot import timeline as events
from bot.knowledge import Entry, Event, Knowledge
from bot.language.dates import format_day
from bot.store.database import KEPT, KEPT_DAYS
from bot.store.questions import LONGEST
from bot.telegram.addressing import PAUSE
from bot.telegram.messages.buttons import (
    SETTING,
    TOPIC,
    Button,
    Rows,
    group_button,
    open_row,
    passage_link,
)
from bot.telegram.messages.replies import Rendered, fit, quote
from bot.telegram.send.limits import NOTICED
from bot.telegram.session import FORGOTTEN_AFTER
from bot.timeline import claimed_by, dateline, event_date, footnotes, is_expected

_CUT = "… /timeline WORD for one event"


def caption(knowledge: Knowledge, events: Sequence[Event], username: str | None = None) -> str:
    """The events as HTML: date, label, and the passage's number, a link if `username` is given.

    An event is whole or left out, and then the last line says so.
    """
    return next(html for html in _ever_shorter(knowledge, events, username) if _fits(html))


def _ever_shorter(
    knowledge: Knowledge, events: Sequence[Event], username: str | None
) -> Iterator[str]:
    """Fewer and fewer events; if not even one fits, less about them too."""
    head = f"<i>{escape(dateline(knowledge), quote=False)}</i>"
    lines = [_line(knowledge, events, event, username) for event in events]
    for top, with_notes in ((head, True), (head, False), ("", False)):
        for count in range(len(events), 0, -1):
            notes = footnotes(events[:count]) if with_notes else {}
            below = [f"<i>{mark} {escape(note, quote=False)}</i>" for note, mark in notes.items()]
            cut = [_CUT] if count < len(events) else []
            blocks = [top, "\n".join([*lines[:count], *cut]), "\n".join(below)]
            yield "\n\n".join(block for block in blocks if block)
    yield _CUT


def _line(knowledge: Knowledge, events: Sequence[Event], event: Event, username: str | None) -> str:
    number = event.citation.paragraph
    where = passage_link(username, number) if username else event.citation.passage
    claimant = claimed_by(knowledge, event)
    details = ["expected"] if is_expected(event, knowledge.source.published) else []
    details += [escape(claimant, quote=False)] if claimant else []
    mark = footnotes(events)[event.note] if event.note else ""
    about = ", ".join([*details, where])
    return f"<b>{event_date(event)}{mark}</b> {escape(event.label, quote=False)} ({about})"


def _fits(html: str) -> bool:
    """Whether Telegram takes it as a caption; it counts UTF-16 units without the markup."""
    text = unescape(sub(r"<[^>]*>", "", html))
    return len(text.encode("utf-16-le")) // 2 <= MessageLimit.CAPTION_LENGTH


_EXAMPLES = 3
_ECHOED = 60  # characters of somebody's words that are said back

FOR_ADMINS = "Only admins of this group can do that."
ASKED, OVERHEAR = "asked", "clear"  # the two modes of a group
TOO_OLD = "This button is of an older version. Please ask again."

COMMANDS = {
    "ask": "Ask a question about the article",
    "timeline": "The events with their dates",
    "topics": "Browse the questions by topic",
    "source": "Read the article, page by page",
    "help": "How to use this bot",
    "privacy": "What is stored about you",
    "forget": "Delete what is stored about this chat",
    "settings": "For group admins: when to answer",
}


def start(knowledge: Knowledge, username: str) -> Rendered:
    """The welcome: what the bot knows, and three questions to begin with."""
    source = knowledge.source
    text = (
        f"I answer questions about one article: <b>{escape(source.title, quote=False)}</b>"
        f" ({escape(source.publisher, quote=False)}, {format_day(source.published)})."
        " Every answer quotes the passage it rests on; where the article is silent, I say so."
        "\n\nAsk in your own words, or try one of these:"
    )
    rows = tuple(open_row(entry.question, entry.id) for entry in _examples(knowledge))
    return Rendered(text, (*rows, group_button(username)))


def _examples(knowledge: Knowledge) -> list[Entry]:
    """What most other answers lead to, of different topics as far as there are any."""
    led_to = Counter(
        other
        for entry in knowledge.answered()
        for other in (*entry.related, *entry.follow_ups.values())
    )
    ranked = sorted(knowledge.answered(), key=lambda entry: -led_to[entry.id])
    first: dict[str, Entry] = {}
    for entry in ranked:
        first.setdefault(entry.topic, entry)
    further = [entry for entry in ranked if first[entry.topic] is not entry]
    return [*first.values(), *further][:_EXAMPLES]


def help_(bot: User) -> Rendered:
    """How to ask: here, in groups and, where the bot's owner allows it, in any chat."""
    name = f"@{escape(bot.username or '', quote=False)}"
    anywhere = ""
    if bot.supports_inline_queries:
        anywhere += f"\n\nIn any other chat: write {name} and a few words, and choose an answer."
    if bot.supports_guest_queries:
        anywhere += f" A message there that names {name} I answer as well."
    commands = "\n".join(f"/{name} - {escape(what)}" for name, what in COMMANDS.items())
    return Rendered(
        "Write your question as you would say it. Follow up with “why?”, “who said so?” or"
        f" “more”.\n\n{commands}\n\nIn groups: /ask with the question, a message that names"
        f" {name}, or a reply to one of my messages. “/ask” as a reply to somebody's question"
        f" answers that one.{anywhere}",
        (group_button(bot.username or ""),),
    )


def timeline(knowledge: Knowledge, found: list[Event], username: str, today: dt.date) -> Rendered:
    """The events with their passages, for chats that take no photos."""
    notes = events.footnotes(found)
    blocks = [f"<i>{escape(events.dateline(knowledge), quote=False)}</i>"]
    for event in found:
        mark = notes[event.note] if event.note else ""
        when = f"<b>{events.event_date(event)}{mark}</b> ({events.time_since(event, today)})"
        claimant = events.claimed_by(knowledge, event)
        label = f"{event.label} (claimed by {claimant})" if claimant else event.label
        link = passage_link(username, event.citation.paragraph)
        blocks.append(f"{when}\n{escape(label, quote=False)}\n{quote(event.citation)}\n{link}")
    blocks += [f"<i>{mark} {escape(note, quote=False)}</i>" for note, mark in notes.items()]
    return Rendered(fit(blocks), event_buttons(knowledge, found))


def event_buttons(knowledge: Knowledge, found: list[Event]) -> Rows:
    """A button for each event's answer."""
    entries = dict.fromkeys(event.entry for event in found)
    return tuple(open_row(knowledge.entries[entry].question, entry) for entry in entries)


def no_event(knowledge: Knowledge, words: str) -> Rendered:
    """Said when the words after `/timeline` name no event."""
    years = list(dict.fromkeys(event.date[:4] for event in knowledge.events))
    there = f" It has events of {', '.join(years)}." if years else ""
    return Rendered(
        f"No event of the article matches “{escape(words[:_ECHOED], quote=False)}”.{there}"
        " /timeline alone shows all."
    )


def topics(knowledge: Knowledge) -> Rendered:
    """The topics as buttons."""
    return Rendered(
        "What would you like to know about?",
        tuple(
            (Button(title, data=f"{TOPIC}:{name}"),)
            for name, title in knowledge.answered_topics().items()
        ),
    )


def topic(knowledge: Knowledge, name: str) -> Rendered:
    """The questions of one topic as buttons."""
    questions = [entry for entry in knowledge.answered() if entry.topic == name]
    return Rendered(
        f"<b>{escape(knowledge.topics[name], quote=False)}</b>",
        tuple(open_row(entry.question, entry.id) for entry in questions),
    )


def privacy(*, keeps_questions: bool) -> Rendered:
    """What is stored about people, from the constants that the code goes by."""
    text = (
        "I keep no chats. Your last question and which answers you had stay in memory for"
        f" {FORGOTTEN_AFTER // 60} minutes, so that “why?” can be understood; that you ask very"
        f" fast, for {NOTICED // 60:.0f} minutes.\n\n"
        f"For {KEPT // 3600} hours I keep numbers (of updates, chats and messages,"
        " no words), so that nobody is answered twice, an edited question gets its answer edited,"
        " and only who asked can delete an answer. A question that has to wait is kept with its"
        " words until it is answered. Of a group I keep its settings until I am removed."
    )
    if keeps_questions:
        text += (
            "\n\nQuestions that I could not answer, or whose answer was voted wrong, are kept for"
            f" {KEPT_DAYS} days so that the answers get better: the first {LONGEST} characters"
            " without names, links and numbers, and without any trace of who asked, where, or at"
            " what time. In case of such a vote the words of answered questions, cleaned in the"
            f" same way, stay in memory for {KEPT // 3600} hours. Votes are kept for a day or two"
            " in a form that does not name you."
        )
    return Rendered(f"{text}\n\n/forget deletes what is kept about this chat.")


def forgotten(*, done: bool) -> Rendered:
    """Said after `/forget`."""
    if not done:
        return Rendered("That could not be deleted now. Please try again later.")
    return Rendered(
        "Deleted: all that I kept about this chat. Words of questions are kept without any trace"
        " of whose they are, so I cannot tell which were yours."
    )


def settings(*, overhears: bool, sees_all: bool) -> Rendered:
    """The setting of a group, and the two buttons to change it."""
    labels = {ASKED: "Answer only when asked", OVERHEAR: "Also answer clear questions"}
    now = OVERHEAR if overhears else ASKED
    text = (
        f"When do I speak in this group? Now: <b>{labels[now].lower()}</b>.\n\n"
        "In the second mode I also answer a message that is plainly a question about the article,"
        f" at most once in {PAUSE // 60:.0f} minutes."
    )
    if not sees_all:
        text += (
            "\n\nFor that I must see all messages: make me an admin of this group, or let my owner"
            " switch my privacy mode off."
        )
    rows = tuple(
        (Button(f"✓ {label}" if name == now else label, data=f"{SETTING}:{name}"),)
        for name, label in labels.items()
    )
    return Rendered(text, rows)


def settings_elsewhere() -> Rendered:
    """Said to `/settings` in a private chat."""
    return Rendered("Here I answer everything. /settings is for groups, where admins can use it.")


def for_admins() -> Rendered:
    """Said to who is no admin."""
    return Rendered(FOR_ADMINS)


def greeting(knowledge: Knowledge, username: str, *, sees_all: bool) -> Rendered:
    """Two lines when the bot comes into a group: what it knows, how to reach it."""
    source = knowledge.source
    name = f"@{escape(username, quote=False)}"
    sees = "" if sees_all else "; I see nothing else of what is said here"
    return Rendered(
        f"Hello. I answer questions about one article: “{escape(source.title, quote=False)}”"
        f" ({escape(source.publisher, quote=False)}, {format_day(source.published)}).\n"
        f"Write /ask and your question, name {name}, or reply to one of my messages{sees}."
    )


def no_words() -> Rendered:
    """Said to a message without any words, such as a photo without a caption."""
    return Rendered("I can read words only. Please write your question.")


def description(knowledge: Knowledge) -> str:
    """What an empty chat with the bot shows; at most 512 characters."""
    source = knowledge.source
    text = (
        f"Ask me about {source.publisher}'s article of {format_day(source.published)}:"
        f" “{source.title}”. Every answer quotes the passage it rests on."
    )
    return text[:512]


def short_description(knowledge: Knowledge) -> str:
    """What the bot's profile shows; at most 120 characters."""
    source = knowledge.source
    text = (
        f"Answers about one article ({source.publisher}, {format_day(source.published)}), quoted."
    )
    return text[:120]
