"""Verifies a knowledge folder, indexes its phrasings, and keeps what comes of it."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from bot.knowledge import load_knowledge

if TYPE_CHECKING:
    from bot.answering import Answerer


def built(folder: Path, name: str) -> Answerer:
    """The answerer of a folder that had this name; raise `KnowledgeError` with every fault found.

    Where nothing can be kept, as on a full disk or a read-only one, it is built next time too.
    """
    knowledge = load_knowledge(folder)
    # Only now: so an editor who made a mistake hears of it in half the time.
    from bot.answering import Answerer  # noqa: PLC0415
    from bot.kept import keep, name_of  # noqa: PLC0415

    answerer = Answerer(knowledge)
    if name and name == name_of(folder):  # else it was edited in between
        with contextlib.suppress(OSError):
            keep(name, answerer)
    return answerer
