"""The answerer of a knowledge folder, built once and kept for the next start.

To verify a folder and to index its phrasings takes most of a start's time and memory.
"""

from __future__ import annotations

from pathlib import Path

from bot.answering import Answerer
from bot.apart import apart
from bot.building import built
from bot.kept import kept, name_of
from bot.knowledge import default_folder


def prepare(folder: Path | None = None) -> Answerer:
    """Return the answerer of a folder; raise `KnowledgeError` with every fault found."""
    folder = folder or default_folder()
    name = name_of(folder)
    return kept(name) or built(folder, name)


def prepare_apart(folder: Path | None = None) -> Answerer:
    """Like `prepare`, but built by a process of its own, for one that stays."""
    folder = folder or default_folder()
    name = name_of(folder)
    return kept(name) or apart(built, folder, name)
