"""Loads a whole knowledge folder, or rejects it with every problem found."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import KnowledgeError
from bot.knowledge.files import FILES, knowledge_files, require_folder
from bot.knowledge.model import Knowledge

if TYPE_CHECKING:
    from bot.knowledge.read import Files


def default_folder() -> Path:
    """The folder inside the installed package or, in a checkout, next to the package."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "_knowledge"
    return shipped if shipped.is_dir() else package.parent / "knowledge"


def version(folder: Path) -> str:
    """A short hash of the folder's content."""
    digest = hashlib.sha256()
    for path in knowledge_files(folder):
        name = path.relative_to(folder).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:6]


def load_knowledge(folder: Path | None = None) -> Knowledge:
    """Read and verify a folder; raise `KnowledgeError` with every problem found."""
    return load_folder(folder)[1]


def load_folder(
    folder: Path | None = None, *, with_style: bool = False
) -> "tuple[Files, Knowledge]":
    """Like `load_knowledge`, but also return the files' content, which has the line numbers.

    If the folder is rejected, `with_style` adds the breaches of style to the problems.
    """
    # Imported here because a start from the cache needs no validation library, which would take a
    # seventh of the memory and the time.
    from bot.knowledge.assemble import assemble  # noqa: PLC0415
    from bot.knowledge.read import read_folder  # noqa: PLC0415
    from bot.knowledge.style import style_problems  # noqa: PLC0415
    from bot.knowledge.verify import verify  # noqa: PLC0415

    folder = folder or default_folder()
    require_folder(folder)
    content, problems = read_folder(folder)
    if content:
        problems += verify(content)
        if not problems:
            return content, assemble(content, version(folder))
        # Whoever mends the rest should not learn only then what else is to be done.
        at_fault = {(problem.file, problem.line) for problem in problems}
        style = style_problems(content) if with_style else ()
        problems += [other for other in style if (other.file, other.line) not in at_fault]
    order = {file: number for number, file in enumerate(FILES)}
    problems.sort(key=lambda p: (order.get(p.file, len(FILES)), p.file, p.line or 0))
    raise KnowledgeError(*problems)
