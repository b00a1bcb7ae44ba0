"""Loads the answerer of a knowledge folder: from the cache, or by learning from the phrasings."""

import contextlib
import hashlib
import mmap
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeAlias

import platformdirs
import Stemmer  # type: ignore[import-not-found]

from bot.answering import Answerer, Learned, learn, learn_entries
from bot.knowledge import Knowledge, default_folder, knowledge_files, load_knowledge
from bot.loading.storage import from_bytes, to_bytes
from bot.loading.subprocesses import run_in_subprocess

_MAX_FILES = 4  # the least recently used are deleted
_WRITABLE_BY_OTHERS = 0o022
_PACKAGE = Path(__file__).parent.parent
_CODE = ("knowledge", "language", "matching", "answering", "loading")  # shape what is cached
_SLOW = 400_000  # bytes of knowledge that take about a second to learn from

_Say: TypeAlias = Callable[[str], object]


def cache_key(folder: Path) -> tuple[str, int]:
    """A hash of the knowledge and of the code, and the bytes of knowledge; "" if unreadable.

    The versions of Python and of the libraries are not in it, as the cached data look the same in
    all of them. The stemmer's is the exception: messages must be stemmed as the phrasings were.
    """
    digest = hashlib.sha256(f"{Stemmer.version()} {sys.byteorder}".encode())
    # The code includes the everyday messages.
    code = (path for part in _CODE for path in sorted((_PACKAGE / part).glob("*.*")))
    sizes = []
    try:
        files = knowledge_files(folder)
        for path in (*files, *code):
            content = path.read_bytes()
            digest.update(f"{path.name} {len(content)}\n".encode())
            digest.update(content)
            sizes.append(len(content))
    except OSError:
        return "", 0
    return digest.hexdigest()[:32], sum(sizes[: len(files)])


def _cache_folder() -> Path:
    try:
        return Path(platformdirs.user_cache_dir("treaty-bot", appauthor=False))
    except RuntimeError as error:  # neither HOME nor an entry for this user: do without
        raise FileNotFoundError(error) from None


def _read(key: str) -> Answerer | None:
    """Read what was learned earlier; None if there is nothing intact that only we could write."""
    if not key:
        return None
    try:
        path = _cache_folder() / key
        with path.open("rb") as file:
            if not _is_private(os.fstat(file.fileno())) or not _is_private(path.parent.stat()):
                return None
            # Mapped, not read: of the arrays, only what is used is loaded into memory.
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        answerer = from_bytes(memoryview(content), key)
        if hasattr(content, "madvise"):  # not on Windows
            content.madvise(mmap.MADV_DONTNEED)  # the checksum has loaded everything
    except (OSError, ValueError):  # an empty file cannot be mapped
        return None
    with contextlib.suppress(OSError):  # the cache may be read-only, as in a container image
        path.touch()
    return answerer


def _is_private(status: os.stat_result) -> bool:
    """Whether only we could have written it; a stranger's file could give any answer."""
    if not hasattr(os, "getuid"):  # Windows, where the cache folder belongs to the user
        return True
    return status.st_uid == os.getuid() and not status.st_mode & _WRITABLE_BY_OTHERS


def _write(key: str, data: bytes) -> None:
    """Write the data atomically, and delete the least recently used files."""
    folder = _cache_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(folder / key)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    newest = sorted(folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest[_MAX_FILES:]:
        path.unlink(missing_ok=True)


def _learn_in_two_processes(knowledge: Knowledge) -> Learned:
    with ThreadPoolExecutor(1) as pool:
        function = "learn_small_talk_and_verifier"
        rest = pool.submit(run_in_subprocess, "bot.answering", function, knowledge)
        # By the time that the training begins, the rest is usually done.
        submit = partial(pool.submit, run_in_subprocess, "bot.matching", "train_entries")
        return Learned(*learn_entries(knowledge, submit), *rest.result())


def learn_and_cache(folder: Path, key: str, size: int) -> bytes:
    """Learn from a folder; return what is cached. Raise `KnowledgeError` with every problem."""
    knowledge = load_knowledge(folder)
    learned = _learn_in_two_processes(knowledge) if size > _SLOW else learn(knowledge)
    data = to_bytes(knowledge, learned, key)
    if key and key == cache_key(folder)[0]:  # otherwise it was edited in the meantime
        # If the cache cannot be written (full or read-only disk), the next start learns again.
        with contextlib.suppress(OSError):
            _write(key, data)
    return data


def load_answerer(
    folder: Path | None = None, say: _Say = lambda _: None, *, in_subprocess: bool = False
) -> Answerer:
    """Load a folder, or raise `KnowledgeError`; `say` is told if learning takes over a second.

    Learning in a subprocess takes half a second longer, but no memory of this process.
    """
    folder = folder or default_folder()
    key, size = cache_key(folder)
    if answerer := _read(key):
        return answerer
    if size > _SLOW:
        say("Learning from the phrasings, once per version of the knowledge ...")
    start = time.monotonic()
    if in_subprocess:
        data: bytes = run_in_subprocess(__name__, "learn_and_cache", folder, key, size)
    else:
        data = learn_and_cache(folder, key, size)
    answerer = _read(key) or from_bytes(data, key)  # the cache takes less memory
    assert answerer is not None  # noqa: S101 - for mypy: packed under this key
    if size > _SLOW:
        count = answerer.knowledge.phrasing_count()
        say(f"Learned from {count:,} phrasings in {time.monotonic() - start:.1f} s")
    return answerer
