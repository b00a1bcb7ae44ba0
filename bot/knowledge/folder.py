"""Which files make a knowledge folder, and where the shipped one is."""

from __future__ import annotations

import hashlib
from pathlib import Path

FILES = ("article.txt", "source.yaml", "answers.yaml", "timeline.yaml", "vocabulary.yaml")


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
