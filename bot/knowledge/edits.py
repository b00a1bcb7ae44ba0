"""Notices when the files of a knowledge folder are edited."""

import time
from collections.abc import Iterator
from pathlib import Path

from bot.knowledge.files import knowledge_files

# Seconds between two looks at the files; each takes 2 ms for 250 files. Network file systems and
# container mounts don't tell of edits.
LOOK_INTERVAL = 0.25

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


def looks() -> Iterator[None]:
    """Yield whenever it is time for another look at the files, forever."""
    while True:
        time.sleep(LOOK_INTERVAL)
        yield
