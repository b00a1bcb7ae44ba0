"""Loads a knowledge folder as a whole, or refuses it with every fault found."""

import hashlib
from pathlib import Path

from bot.errors import Fault, KnowledgeError
from bot.knowledge.model import FILES, Knowledge


def default_folder() -> Path:
    """The folder shipped with the package; in a checkout, the one beside it."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_knowledge"
    return shipped if shipped.is_dir() else package.parent / "knowledge"


def version(folder: Path) -> str:
    """A short hash of the folder's content."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return digest.hexdigest()[:6]


def load_knowledge(folder: Path | None = None) -> Knowledge:
    """Read and verify a folder; raise `KnowledgeError` with every fault found."""
    # Not above: a start that reads what an earlier one kept needs no validation library, which
    # takes a seventh of the memory and of the time.
    from bot.knowledge.read import assemble, read_folder  # noqa: PLC0415
    from bot.knowledge.verify import verify  # noqa: PLC0415

    folder = folder or default_folder()
    if not folder.is_dir():
        reason = "is no folder; name a knowledge folder with --knowledge or KNOWLEDGE_DIR"
        raise KnowledgeError([Fault(str(folder), None, reason)])
    content, faults = read_folder(folder)
    if content:
        faults.extend(verify(content))
    knowledge = assemble(content, version(folder)) if content and not faults else None
    if knowledge is None:
        raise KnowledgeError(sorted(faults, key=_place))
    return knowledge


def _place(fault: Fault) -> tuple[int, int]:
    return FILES.index(fault.file), fault.line or 0
