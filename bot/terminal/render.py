"""Renders replies as plain text for an 80-column terminal."""

import datetime as dt

from bot.answering import Reply, Section
from bot.answering.compose import dated_source, topics_line
from bot.knowledge import Knowledge
from bot.language.dates import add_distances
from bot.text_layout import wrap


def render(reply: Reply, knowledge: Knowledge, today: dt.date) -> str:
    """Render a reply: answer, quoted passage, source line, suggested questions."""
    blocks = [wrap(reply.lead)] if reply.lead else []
    for section in reply.sections:
        blocks.extend(_section(section, knowledge, today))
    if not blocks:
        blocks.append(wrap(reply.answer))
    for n, suggestion in enumerate(reply.offers, 1):
        blocks.append(wrap(suggestion.question, f"  {n}. "))
    if reply.status == "unanswered" and not reply.suggestions:
        blocks.append(wrap(topics_line(knowledge)))
    related = [knowledge.entries[e].question for e in reply.related if e in knowledge.entries]
    if related:
        blocks.append("\n".join(["Related:", *(wrap(question, "  - ") for question in related)]))
    return "\n\n".join(blocks)


def _section(section: Section, knowledge: Knowledge, today: dt.date) -> list[str]:
    blocks = [wrap(add_distances(section.text, today))]
    if section.note:
        blocks.append(wrap(f"({section.note})"))
    if section.citations:
        entry = knowledge.entries.get(section.entry or "")
        quotes = [wrap(f"“{c.quote}”", "  ") for c in section.citations]
        if entry and not entry.answerable:
            quotes.insert(0, "The closest it comes:")
        voice = f" · according to {section.voice}" if section.voice else ""
        passages = dict.fromkeys(citation.passage for citation in section.citations)
        source = ", ".join([dated_source(knowledge, today), *passages])
        quotes.append(wrap(f"— {source}{voice}", "  "))
        blocks.append("\n".join(quotes))
    return blocks
