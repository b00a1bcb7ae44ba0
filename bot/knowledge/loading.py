"""Loads a knowledge folder as a whole, or refuses it with every fault found."""

from __future__ import annotations

from pathlib import Path

from bot.knowledge.base import Knowledge
from bot.knowledge.faults import Fault, KnowledgeError
from bot.knowledge.folder import FILES, default_folder, version


def load_knowledge(folder: Path | None = None) -> Knowledge:
    """Read and verify a folder; raise `KnowledgeError` with every fault found."""
    # Not above: a start that reads what an earlier one kept needs no validation library, which
    # takes a seventh of the memory and of the time.
    from bot.knowledge.assembling import assembled  # noqa: PLC0415
    from bot.knowledge.reading import read_folder  # noqa: PLC0415
    from bot.knowledge.verify import verify  # noqa: PLC0415

    folder = folder or default_folder()
    if not folder.is_dir():
        reason = "is no folder; name a knowledge folder with --knowledge or KNOWLEDGE_DIR"
        raise KnowledgeError([Fault(str(folder), None, reason)])
    content, faults = read_folder(folder)
    if content:
        faults.extend(verify(content))
    knowledge = assembled(content, version(folder)) if content and not faults else None
    if knowledge is None:
        raise KnowledgeError(sorted(faults, key=_place))
    return knowledge


def _place(fault: Fault) -> tuple[int, int]:
    return FILES.index(fault.file), fault.line or 0
