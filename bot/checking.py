"""`check`: what was verified in a knowledge folder, and how much of the article is cited."""

from __future__ import annotations

from pathlib import Path

from bot.errors import InputError
from bot.knowledge import KnowledgeError, load_knowledge
from bot.terminal import wrap


def report(folder: Path | None) -> str:
    """Verify a folder; raise `InputError` with every fault found."""
    try:
        knowledge = load_knowledge(folder)
    except KnowledgeError as error:
        count = len(error.faults)
        raise InputError(
            f"{count} fault{'s' if count > 1 else ''} in the knowledge folder:\n{error}"
        ) from None
    answered, gaps = knowledge.answered(), knowledge.gaps()
    phrasings = sum(len(entry.wordings) for entry in knowledge.entries.values())
    citations = sum(len(entry.citations) for entry in knowledge.entries.values())
    sentences = len(knowledge.article.sentences)
    uncited = knowledge.uncited()
    share = 100 * (sentences - len(uncited)) / sentences
    lines = [
        f"knowledge {knowledge.version}: {knowledge.source.title}",
        f"  {len(answered)} entries and {len(gaps)} known gaps",
        f"  {phrasings} phrasings, each in one place only",
        f"  {citations + len(knowledge.events)} passages, each word for word in the article",
        f"  every number, date and name of {len(answered)} answers stands in its passages",
        f"  {len(knowledge.events)} events of the timeline, in order",
        f"  {share:.0f} % of the article's {sentences} sentences cited",
        *(wrap(f"not cited: {sentence}", "    ") for sentence in uncited),
        "0 faults",
    ]
    return "\n".join(lines)
