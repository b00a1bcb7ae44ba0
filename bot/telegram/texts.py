"""What the commands say, as Telegram's HTML. Pure."""

from __future__ import annotations

import datetime as dt
from html import escape

from bot import timeline as events
from bot.answering.asof import spelled
from bot.answering.dates import distance
from bot.knowledge import Knowledge
from bot.telegram.keyboards import TOPIC, Button, opening
from bot.telegram.rendering import Rendered, fit, quote

_EXAMPLES = 3

COMMANDS = {
    "ask": "Ask a question about the article",
    "timeline": "The events with their dates",
    "topics": "Browse the questions by topic",
    "source": "The article and its numbered passages",
    "help": "How to use this bot",
    "privacy": "What is stored about you",
}


def start(knowledge: Knowledge) -> Rendered:
    """The welcome: what the bot knows, and three questions to begin with."""
    source = knowledge.source
    first = {e.topic: e for e in reversed(knowledge.answered())}
    examples = list(first.values())[-_EXAMPLES:]
    text = (
        f"I answer questions about one article: <b>{escape(source.title, quote=False)}</b>"
        f" ({escape(source.publisher, quote=False)}, {spelled(source.published)})."
        " Every answer quotes the passage it rests on; where the article is silent, I say so."
        "\n\nAsk in your own words, or try one of these:"
    )
    return Rendered(text, tuple(opening(e.question, e.id) for e in examples))


def help_(username: str) -> Rendered:
    """How to ask, here and in groups."""
    commands = "\n".join(f"/{name} - {escape(what)}" for name, what in COMMANDS.items())
    return Rendered(
        "Write your question as you would say it. Follow up with “why?”, “who said so?” or"
        f" “more”.\n\n{commands}\n\nIn groups: /ask with the question, a message that names"
        f" @{escape(username)}, or a reply to one of my messages. “/ask” as a reply to somebody's"
        " question answers that one."
    )


def timeline(knowledge: Knowledge, today: dt.date, words: str = "") -> Rendered:
    """The events with their passages, and a button for each event's answer."""
    found = events.matching_events(knowledge.events, words)
    if not found:
        return Rendered(
            f"No event of the article matches “{escape(words, quote=False)}”."
            " /timeline alone shows all."
        )
    blocks = []
    for event in found:
        when = f"<b>{events.shown_date(event)}</b> ({events.years_ago(event, today)})"
        note = f"\n<i>{escape(event.note, quote=False)}</i>" if event.note else ""
        label = escape(event.label, quote=False)
        blocks.append(f"{when}\n{label}{note}\n{quote(event.citation)}")
    source = knowledge.source
    blocks.append(
        f"<i>As reported by {escape(source.publisher, quote=False)} on"
        f" {spelled(source.published)}</i>"
    )
    entries = dict.fromkeys(event.entry for event in found)
    rows = tuple(opening(knowledge.entries[entry].question, entry) for entry in entries)
    return Rendered(fit(blocks), rows)


def topics(knowledge: Knowledge) -> Rendered:
    """The topics as buttons."""
    used = {entry.topic for entry in knowledge.answered()}
    return Rendered(
        "What would you like to know about?",
        tuple(
            (Button(title, data=f"{TOPIC}:{name}"),)
            for name, title in knowledge.topics.items()
            if name in used
        ),
    )


def topic(knowledge: Knowledge, name: str) -> Rendered:
    """The questions of one topic as buttons."""
    questions = [entry for entry in knowledge.answered() if entry.topic == name]
    return Rendered(
        f"<b>{escape(knowledge.topics[name], quote=False)}</b>",
        tuple(opening(entry.question, entry.id) for entry in questions),
    )


def source(knowledge: Knowledge, today: dt.date | None = None) -> Rendered:
    """The article's data and its numbered passages."""
    data = knowledge.source
    age = f" ({distance(data.published, today)})" if today else ""
    head = (
        f"<b>{escape(data.title, quote=False)}</b>\n{escape(data.publisher, quote=False)},"
        f" {escape(data.place, quote=False)}, {spelled(data.published)}{age}"
    )
    link = [escape(data.url, quote=False)] if data.url else []
    passages = [
        f"<b>p{p.number}</b> {escape(p.text, quote=False)}" for p in knowledge.article.paragraphs
    ]
    version = f"Knowledge version <code>{knowledge.version}</code>"
    return Rendered(fit([head, *link, version, *passages]))


def privacy() -> Rendered:
    """What is stored about people."""
    return Rendered(
        "I keep no messages. The last answers of a conversation stay in memory for ten minutes so"
        " that “why?” can be understood; then they are gone. The numbers of updates already"
        " answered are kept for a day so that nobody is answered twice."
    )


def no_words() -> Rendered:
    """Said to a message without any words, such as a photo without a caption."""
    return Rendered("I can read words only. Please write your question.")


def description(knowledge: Knowledge) -> str:
    """What an empty chat with the bot shows; at most 512 characters."""
    source = knowledge.source
    text = (
        f"Ask me about {source.publisher}'s article of {spelled(source.published)}:"
        f" “{source.title}”. Every answer quotes the passage it rests on."
    )
    return text[:512]


def short_description(knowledge: Knowledge) -> str:
    """What the bot's profile shows; at most 120 characters."""
    source = knowledge.source
    text = f"Answers about one article ({source.publisher}, {spelled(source.published)}), quoted."
    return text[:120]
