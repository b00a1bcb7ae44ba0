"""Notices when the files of a knowledge folder are edited."""

from collections.abc import Iterator
from pathlib import Path

from bot.knowledge.files import knowledge_files

_State = dict[Path, tuple[int, int, int]]


class EditDetector:
    """Detects edits to a knowledge folder, ignoring a file that is missing only during a save."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._missing = self._state()

    def has_new_edit(self) -> bool:
        """Whether the files have changed since the last call.

        Some editors delete a file and create it again: a deletion counts from the next call on.
        """
        now = self._state()
        if now == self._seen:
            return False
        if self._seen.keys() - now.keys() and now != self._missing:
            self._missing = now
            return False
        self._seen = self._missing = now
        return True

    def _state(self) -> _State:
        """The inode, size and time of change of each file that exists."""
        state = {}
        for path in knowledge_files(self._folder):
            try:
                status = path.stat()
            except OSError:
                continue
            state[path] = status.st_ino, status.st_size, status.st_mtime_ns
        return state


def watch_folder(folder: Path) -> Iterator[object]:
    """Yield soon after any event in a folder, and every second otherwise, forever."""
    from watchfiles import watch  # noqa: PLC0415 - the bot itself is content with a look a second

    # The files are also checked every second: network file systems and container mounts send no
    # events, nor does a folder that has replaced the watched one.
    yield from watch(
        folder,
        watch_filter=None,
        debounce=200,  # milliseconds, as editors save in several steps
        rust_timeout=1000,
        yield_on_timeout=True,
    )
