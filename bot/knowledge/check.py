"""Notices saved edits of a knowledge folder; `check --watch` re-checks on each."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from watchfiles import watch

from bot.errors import InputError
from bot.knowledge import FILES, KnowledgeError, default_folder, load_knowledge
from bot.text_layout import wrap


def report(folder: Path | None) -> str:
    """Verify a folder; raise `InputError` with every fault found."""
    try:
        knowledge = load_knowledge(folder)
    except KnowledgeError as error:
        count = len(error.faults)
        raise InputError(
            f"{count} fault{'s' if count > 1 else ''} in the knowledge folder:\n{error}"
        ) from None
    answered, gaps = knowledge.answered(), knowledge.gaps()
    phrasings = sum(len(entry.wordings) for entry in knowledge.entries.values())
    citations = sum(len(entry.citations) for entry in knowledge.entries.values())
    sentences = len(knowledge.article.sentences)
    uncited = knowledge.uncited()
    share = 100 * (sentences - len(uncited)) / sentences
    lines = [
        f"knowledge {knowledge.version}: {knowledge.source.title}",
        f"  {len(answered)} entries and {len(gaps)} known gaps",
        f"  {phrasings} phrasings, each in one place only",
        f"  {citations + len(knowledge.events)} passages, each word for word in the article",
        f"  every number, date and name of {len(answered)} answers stands in its passages",
        f"  {len(knowledge.events)} events of the timeline, in order",
        f"  {share:.0f} % of the article's {sentences} sentences cited",
        *(wrap(f"not cited: {sentence}", "    ") for sentence in uncited),
        "0 faults",
    ]
    return "\n".join(lines)


# The files are looked at once a second even where no event comes: network file systems
# and container mounts send none, and a folder that was replaced is no longer watched.
TICK = 1000  # milliseconds
_DEBOUNCE = 200  # milliseconds for an editor's several steps of one save

_Stamp = tuple[tuple[int, int, int] | None, ...]


class FolderEdits:
    """Tells finished edits of a folder from those in the middle of a save."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._missing = self._stamp()

    def finished(self) -> bool:
        """Whether the files changed since last asked.

        Editors save by removing and creating anew: a missing file counts only when it is
        still missing at the next call.
        """
        now = self._stamp()
        if now == self._seen:
            return False
        if None in now and now != self._missing:
            self._missing = now
            return False
        self._seen = self._missing = now
        return True

    def _stamp(self) -> _Stamp:
        return tuple(_file_stamp(self._folder / name) for name in FILES)


def _file_stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def ticks(folder: Path) -> Iterator[None]:
    """Yield soon after any event in the folder, and each `TICK` without one; never ends."""
    for _ in watch(
        folder,
        recursive=False,
        watch_filter=None,
        debounce=_DEBOUNCE,
        rust_timeout=TICK,
        yield_on_timeout=True,
    ):
        yield


def check_forever(
    folder: Path | None, out: TextIO, ticking: Callable[[Path], Iterator[None]] = ticks
) -> None:
    """Check a folder now and after every save; ends when `ticking` does."""
    folder = folder or default_folder()
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name a knowledge folder with --knowledge")
    edits = FolderEdits(folder)
    _check(folder, out)
    print(f"Watching {folder}; Ctrl-C ends.", file=out, flush=True)
    for _ in ticking(folder):
        if edits.finished():
            _check(folder, out)


def _check(folder: Path, out: TextIO) -> None:
    if out is sys.stdout and out.isatty():
        print("\x1b[2J\x1b[H", end="", file=out)  # a clear screen shows the newest faults alone
    try:
        print(report(folder), file=out, flush=True)
    except InputError as error:
        print(error, file=out, flush=True)
