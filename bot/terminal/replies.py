"""`check --replies`: everything that the bot may say about the article, for an editor to read."""

import datetime as dt
from collections.abc import Iterator, Mapping

from bot import timeline
from bot.answering.compose import MAX_RELATED, templates
from bot.knowledge import Entry, Knowledge
from bot.language.dates import format_day
from bot.text_layout import WIDTH, wrap

_RULE = "=" * WIDTH


def all_replies(knowledge: Knowledge, today: dt.date) -> str:
    """The replies in numbered parts: by topic, then the timeline, small talk and templates."""
    parts = list(_parts(knowledge, today))
    source = knowledge.source
    head = f"Every reply about “{source.title}” ({source.publisher}), version {knowledge.version}"
    blocks = [wrap(head)]
    for number, (heading, lines) in enumerate(parts, 1):
        blocks += [f"{_RULE}\nPart {number} of {len(parts)}: {heading}\n{_RULE}", *lines]
    return "\n\n".join(blocks)


def _parts(knowledge: Knowledge, today: dt.date) -> Iterator[tuple[str, list[str]]]:
    for answerable, kind in ((True, "answers"), (False, "known gaps")):
        for topic, title in knowledge.topics.items():
            of_topic = [
                _entry(entry, knowledge.entries)
                for entry in knowledge.entries.values()
                if entry.topic == topic and entry.answerable == answerable
            ]
            if of_topic:
                yield f"{title} ({kind})", of_topic
    yield f"The timeline, as of {format_day(today)}", [timeline.as_text(knowledge, today)]
    chats = knowledge.vocabulary.smalltalk
    yield (
        "Small talk",
        [_said(chat.id, " / ".join(chat.all_phrasings[:3]), chat.reply) for chat in chats],
    )
    yield "Before or instead of an answer", [wrap(line, "- ") for line in templates(knowledge)]


def _entry(entry: Entry, entries: Mapping[str, Entry]) -> str:
    """A question, its reply, and where the buttons and follow-ups below it lead."""
    cues: dict[str, list[str]] = {target: ["button"] for target in entry.related[:MAX_RELATED]}
    for cue, target in entry.follow_ups.items():
        cues.setdefault(target, []).append(f"{cue}?")
    return "\n".join(
        [
            _said(entry.id, entry.question, entry.answer),
            *(wrap(f"{c.passage}: “{c.quote}”", "    ") for c in entry.citations),
            *([wrap(entry.note, "    ")] if entry.note else []),
            *(wrap(f"{', '.join(by)} -> {entries[to].question}", "  ") for to, by in cues.items()),
        ]
    )


def _said(name: str, message: str, reply: str) -> str:
    return f"{wrap(f'[{name}] {message}', '> ')}\n{wrap(reply)}"
