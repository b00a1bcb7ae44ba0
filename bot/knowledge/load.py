"""Loads a whole knowledge folder, or rejects it with every problem found."""

import hashlib
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge.model import FILES, Knowledge


def default_folder() -> Path:
    """The folder inside the installed package or, in a checkout, next to the package."""
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
    """Read and verify a folder; raise `KnowledgeError` with every problem found."""
    # Imported here because a start from the cache needs no validation library, which would take a
    # seventh of the memory and the time.
    from bot.knowledge.read import assemble, read_folder  # noqa: PLC0415
    from bot.knowledge.verify import verify  # noqa: PLC0415

    folder = folder or default_folder()
    if not folder.is_dir():
        reason = "is not a folder; give a knowledge folder with --knowledge or KNOWLEDGE_DIR"
        raise KnowledgeError([Problem(str(folder), None, reason)])
    content, problems = read_folder(folder)
    if content:
        problems.extend(verify(content))
    knowledge = assemble(content, version(folder)) if content and not problems else None
    if knowledge is None:
        raise KnowledgeError(sorted(problems, key=_position))
    return knowledge


def _position(problem: Problem) -> tuple[int, int]:
    return FILES.index(problem.file), problem.line or 0
