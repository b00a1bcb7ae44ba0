"""Loads the answerer of a knowledge folder: from the cache, or by learning from the phrasings.

Verifying the folder and learning account for most of a start's time and memory.
"""

import contextlib
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs
import Stemmer  # type: ignore[import-not-found]

from bot.answering import Answerer, Learned
from bot.knowledge import FILES, default_folder, load_knowledge
from bot.loading.storage import from_bytes, to_bytes
from bot.loading.subprocesses import run_in_subprocess

_MAX_FILES = 4  # the least recently used are deleted
_WRITABLE_BY_OTHERS = 0o022
_PACKAGE = Path(__file__).parent.parent
_CODE = ("knowledge", "language", "matching", "answering", "loading")  # shape what is cached
# What was learned may also come with the knowledge, as in a container image.
SHIPPED = "learned.bin"
_SLOW = 400_000  # bytes of knowledge that take about a second to learn


def cache_key(folder: Path) -> str:
    """A hash of the knowledge and of the code; "" if a file is unreadable.

    It does not cover the versions of Python or of the libraries, as the cached data look the same
    in all of them. The stemmer is the exception: messages must be stemmed as the phrasings were.
    """
    digest = hashlib.sha256(f"{Stemmer.version()} {sys.byteorder}".encode())
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
    for part in _CODE:
        yield from sorted((_PACKAGE / part).glob("*.*"))  # code, and the everyday messages


def _cache_folder() -> Path:
    return Path(platformdirs.user_cache_dir("treaty-bot", appauthor=False))


def _read(folder: Path, key: str) -> Answerer | None:
    """Read what was learned earlier; None if there is nothing intact for this key."""
    if not key:
        return None
    cached = _cache_folder() / key
    with contextlib.suppress(OSError), cached.open("rb") as file:
        private = _is_private(os.fstat(file.fileno())) and _is_private(cached.parent.stat())
        if private and (answerer := from_bytes(file.read(), key)):
            with contextlib.suppress(OSError):  # the cache may be read-only
                cached.touch()
            return answerer
    with contextlib.suppress(OSError):  # as safe as the knowledge beside it
        return from_bytes((folder / SHIPPED).read_bytes(), key)
    return None


def _is_private(status: os.stat_result) -> bool:
    """Whether only we could have written it; a stranger's file could give any answer."""
    if not hasattr(os, "getuid"):  # Windows, where the cache folder belongs to the user
        return True
    return status.st_uid == os.getuid() and not status.st_mode & _WRITABLE_BY_OTHERS


def _write(key: str, data: bytes) -> None:
    """Cache the data, and delete the least recently used files."""
    folder = _cache_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _replace(folder / key, data)
    newest = sorted(folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest[_MAX_FILES:]:
        path.unlink(missing_ok=True)


def _replace(path: Path, data: bytes) -> None:
    """Write a file atomically, readable by its owner only."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def learn(folder: Path, key: str) -> bytes:
    """Learn from a folder, cache the result and return it, to be unpacked with `from_bytes`.

    Raise `KnowledgeError` with every problem found.
    """
    knowledge = load_knowledge(folder)
    data = to_bytes(knowledge, Learned.learn(knowledge), key)
    if key and key == cache_key(folder):  # otherwise it was edited in the meantime
        # If the cache cannot be written (full or read-only disk), the next start learns again.
        with contextlib.suppress(OSError):
            _write(key, data)
    return data


def ship(folder: Path) -> Path:
    """Learn from a folder and store the result in it, for starts that cannot use a cache."""
    key = cache_key(folder)
    path = folder / SHIPPED
    path.write_bytes(learn(folder, key))
    return path


def _load(folder: Path | None, run: Callable[..., bytes], say: Callable[[str], None]) -> Answerer:
    folder = folder or default_folder()
    key = cache_key(folder)
    if answerer := _read(folder, key):
        return answerer
    slow = bool(key) and sum((folder / name).stat().st_size for name in FILES) > _SLOW
    if slow:
        say("Learning the phrasings, once per version of the knowledge ...")
    start = time.monotonic()
    answerer = from_bytes(run(folder, key), key)
    assert answerer is not None  # noqa: S101 - for mypy: these bytes were packed just now
    if slow:
        say(f"Learned them in {time.monotonic() - start:.1f} s")
    return answerer


def load_answerer(
    folder: Path | None = None, say: Callable[[str], None] = lambda _: None
) -> Answerer:
    """Return a folder's answerer; raise `KnowledgeError` with every problem found.

    If it has to learn for more than about a second, `say` is told before and after.
    """
    return _load(folder, learn, say)


def load_answerer_in_subprocess(
    folder: Path | None = None, say: Callable[[str], None] = lambda _: None
) -> Answerer:
    """Like `load_answerer`, but learns in a subprocess to save memory in this process."""
    return _load(folder, lambda *call: run_in_subprocess(__name__, "learn", *call), say)
