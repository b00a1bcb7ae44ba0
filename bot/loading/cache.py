"""The answerer of a knowledge folder, built once and kept for the next start.

To verify a folder and to index its phrasings takes most of a start's time and memory.
"""

import contextlib
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import platformdirs
import rapidfuzz
import Stemmer  # type: ignore[import-not-found]

from bot.answering import Answerer
from bot.knowledge import FILES, default_folder, load_knowledge
from bot.loading.subprocesses import run_in_subprocess

_KEPT = 4  # folders or editions; the longest unused go
_OTHERS_MAY_WRITE = 0o022
_LIBRARIES = (np.__version__, rapidfuzz.__version__, Stemmer.version())
_PACKAGE = Path(__file__).parent.parent
_CODE = (
    "knowledge",
    "language",
    "matching",
    "answering",
)  # whatever of it may change what is built


def cache_key(folder: Path) -> str:
    """A digest of the knowledge, the code and the libraries; "" if a file cannot be read."""
    digest = hashlib.sha256(repr((sys.version, *_LIBRARIES)).encode())
    try:
        for path in _sources(folder):
            content = path.read_bytes()
            digest.update(f"{path.name} {len(content)}\n".encode())
            digest.update(content)
    except OSError:
        return ""
    return digest.hexdigest()[:32]


def _sources(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in FILES)
    # Its edition without loading it, which a start that reads what is kept has no need of.
    if (pydantic := find_spec("pydantic")) and pydantic.origin:
        yield Path(pydantic.origin).with_name("version.py")
    for part in _CODE:
        yield from sorted((_PACKAGE / part).glob("*.py"))


def _folder() -> Path:
    return Path(platformdirs.user_cache_dir("treaty-bot", appauthor=False))


def _made_folder() -> Path:
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def load(name: str) -> Answerer | None:
    """What lies under a name, if only we could write it; None if there is nothing sound."""
    if not name:
        return None
    path = _folder() / name
    try:
        with path.open("rb") as file:
            if not _ours(os.fstat(file.fileno())) or not _ours(path.parent.stat()):
                return None
            answerer = pickle.load(file)  # noqa: S301 - only we could write it, as was just seen
    except Exception:  # noqa: BLE001 - a damaged file may fail in any way; it is built anew
        return None
    with contextlib.suppress(OSError):  # it may be read-only, as in an image
        path.touch()
    return answerer if isinstance(answerer, Answerer) else None


def _ours(status: os.stat_result) -> bool:
    """Whether nobody else may have written it: what is unpickled is run."""
    if not hasattr(os, "getuid"):  # Windows: the cache folder is the user's own
        return True
    return status.st_uid == os.getuid() and not status.st_mode & _OTHERS_MAY_WRITE


def save(name: str, answerer: Answerer) -> None:
    """Write it whole or not at all, and clear away what was not used for long."""
    folder = _made_folder()
    handle, unfinished = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(answerer, file, pickle.HIGHEST_PROTOCOL)
        Path(unfinished).replace(folder / name)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    newest = sorted(folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest[_KEPT:]:
        path.unlink(missing_ok=True)


def build_answerer(folder: Path, name: str) -> Answerer:
    """The answerer of a folder that had this name; raise `KnowledgeError` with every fault found.

    Where nothing can be kept, as on a full disk or a read-only one, it is built next time too.
    """
    knowledge = load_knowledge(folder)
    answerer = Answerer(knowledge)
    if name and name == cache_key(folder):  # else it was edited in between
        with contextlib.suppress(OSError):
            save(name, answerer)
    return answerer


def load_answerer(folder: Path | None = None) -> Answerer:
    """Return the answerer of a folder; raise `KnowledgeError` with every fault found."""
    folder = folder or default_folder()
    name = cache_key(folder)
    return load(name) or build_answerer(folder, name)


def load_answerer_in_subprocess(folder: Path | None = None) -> Answerer:
    """Like `prepare`, but built by a process of its own, for one that stays."""
    folder = folder or default_folder()
    name = cache_key(folder)
    return load(name) or run_in_subprocess(__name__, "build_answerer", folder, name)
