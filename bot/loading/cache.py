"""Caches the answerer built from a knowledge folder.

Verifying the folder and indexing its phrasings account for most of a start's time and memory.
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
from bot.knowledge import default_folder, knowledge_files, load_knowledge
from bot.loading.subprocesses import run_in_subprocess

_MAX_FILES = 4  # the least recently used are deleted
_WRITABLE_BY_OTHERS = 0o022
_LIBRARIES = (np.__version__, rapidfuzz.__version__, Stemmer.version())
_PACKAGE = Path(__file__).parent.parent
_CODE = ("knowledge", "language", "matching", "answering")  # packages that shape the answerer


def cache_key(folder: Path) -> str:
    """A hash of the knowledge, the code and the library versions; "" if a file is unreadable."""
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
    yield from knowledge_files(folder)
    # Find pydantic's version without importing pydantic: a start from the cache does not need it.
    if (pydantic := find_spec("pydantic")) and pydantic.origin:
        yield Path(pydantic.origin).with_name("version.py")
    for part in _CODE:
        yield from sorted((_PACKAGE / part).glob("*.*"))  # code, and the everyday messages


def _cache_folder() -> Path:
    try:
        return Path(platformdirs.user_cache_dir("treaty-bot", appauthor=False))
    except RuntimeError as error:  # neither HOME nor an entry for this user: do without
        raise FileNotFoundError(error) from None


def _read(key: str) -> Answerer | None:
    """Read a cached answerer that no other user could have written; None if there is none."""
    if not key:
        return None
    try:
        path = _cache_folder() / key
        with path.open("rb") as file:
            if not _is_private(os.fstat(file.fileno())) or not _is_private(path.parent.stat()):
                return None
            answerer = pickle.load(file)  # noqa: S301 - no one else could have written it
    except Exception:  # noqa: BLE001 - reading a damaged file can fail in any way; rebuild
        return None
    with contextlib.suppress(OSError):  # the cache may be read-only, as in a container image
        path.touch()
    return answerer if isinstance(answerer, Answerer) else None


def _is_private(status: os.stat_result) -> bool:
    """Whether only we could have written it; unpickling a stranger's file would run their code."""
    if not hasattr(os, "getuid"):  # Windows, where the cache folder belongs to the user
        return True
    return status.st_uid == os.getuid() and not status.st_mode & _WRITABLE_BY_OTHERS


def _write(key: str, answerer: Answerer) -> None:
    """Write an answerer atomically, and delete the least recently used ones."""
    folder = _cache_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(answerer, file, pickle.HIGHEST_PROTOCOL)
        Path(temporary).replace(folder / key)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    newest = sorted(folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest[_MAX_FILES:]:
        path.unlink(missing_ok=True)


def build_answerer(folder: Path, key: str) -> Answerer:
    """Build and cache a folder's answerer; raise `KnowledgeError` with every problem found."""
    answerer = Answerer(load_knowledge(folder))
    if key and key == cache_key(folder):  # otherwise it was edited in the meantime
        # If the cache cannot be written (full or read-only disk), the next start builds it again.
        with contextlib.suppress(OSError):
            _write(key, answerer)
    return answerer


def load_answerer(folder: Path | None = None) -> Answerer:
    """Return a folder's answerer; raise `KnowledgeError` with every problem found."""
    folder = folder or default_folder()
    key = cache_key(folder)
    return _read(key) or build_answerer(folder, key)


def load_answerer_in_subprocess(folder: Path | None = None) -> Answerer:
    """Like `load_answerer`, but builds in a subprocess to save memory in this process."""
    folder = folder or default_folder()
    key = cache_key(folder)
    return _read(key) or run_in_subprocess(__name__, "build_answerer", folder, key)
