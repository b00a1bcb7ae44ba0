"""Renders replies as plain text for an 80-column terminal."""

from bot.answering import Reply, Section
from bot.answering.compose import dated_source
from bot.knowledge import Knowledge
from bot.text_layout import wrap


def render(reply: Reply, knowledge: Knowledge) -> str:
    """Render a reply: answer, quoted passage, source line, numbered questions to go on with."""
    blocks = [*map(wrap, reply.lead.split("\n\n"))] if reply.lead else []
    for section in reply.sections:
        blocks.extend(_section(section, knowledge))
    if not blocks:
        blocks.append(wrap(reply.answer))
    questions = [s.question for s in reply.offers]
    questions += [knowledge.entries[entry].question for entry in reply.related]
    numbered = [wrap(question, f"  {n}. ") for n, question in enumerate(questions, 1)]
    if numbered:
        blocks.append("\n".join([*(["Related:"] if reply.sections else []), *numbered]))
    if reply.found_nothing:
        topics = (wrap(title, "  - ") for title in knowledge.answered_topics().values())
        blocks.append("\n".join(["You can ask about:", *topics]))
    return "\n\n".join(blocks)


def brief(reply: Reply) -> str:
    """A reply in one line: its status, its confidence, the entries and the message."""
    entries = [reply.entry] if reply.entry else [s.entry for s in reply.suggestions]
    return f"{reply.status:<10} {reply.confidence:.2f} {', '.join(entries) or '-'}: {reply.text}"


def _section(section: Section, knowledge: Knowledge) -> list[str]:
    blocks = [wrap(section.text)]
    if section.note:
        blocks.append(wrap(f"({section.note})"))
    if section.citations:
        quotes = [section.heading] if section.heading else []
        quotes += [wrap(f"“{c.quote}”", "  ") for c in section.citations]
        passages = dict.fromkeys(citation.passage for citation in section.citations)
        quotes.append(wrap(f"— {', '.join([dated_source(knowledge), *passages])}", "  "))
        blocks.append("\n".join(quotes))
    return blocks
