"""Scrubbers without an answerer, whose index would take longer to build."""

from bot.feedback.record import make_scrubber
from bot.feedback.scrub import Scrubber
from bot.knowledge import Knowledge


def scrubber_for(knowledge: Knowledge) -> Scrubber:
    """A scrubber that keeps the words of the knowledge."""
    entries = knowledge.entries.values()
    return make_scrubber(
        knowledge, [text for entry in entries for text in (*entry.all_phrasings, entry.answer)]
    )
