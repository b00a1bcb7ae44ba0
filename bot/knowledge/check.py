"""`check` verifies a knowledge folder; `check --watch` does so again after every save."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from watchfiles import watch

from bot.errors import InputError
from bot.knowledge import FILES, KnowledgeError, default_folder, load_knowledge
from bot.text_layout import wrap


def report(folder: Path | None) -> str:
    """Verify a folder and summarise it; raise `InputError` with every problem found."""
    try:
        knowledge = load_knowledge(folder)
    except KnowledgeError as error:
        count = len(error.problems)
        raise InputError(
            f"{count} problem{'s' if count > 1 else ''} found in the knowledge folder:\n{error}"
        ) from None
    answers = len(knowledge.answerable_entries())
    phrasings = sum(len(entry.all_phrasings) for entry in knowledge.entries.values())
    citations = sum(len(entry.citations) for entry in knowledge.entries.values())
    sentences = len(knowledge.article.sentences)
    uncited = knowledge.uncited()
    share = 100 * (sentences - len(uncited)) / sentences
    lines = [
        f"knowledge {knowledge.version}: {knowledge.source.title}",
        f"  {answers} entries and {len(knowledge.gaps())} known gaps",
        f"  {phrasings} phrasings, none of them used twice",
        f"  {citations + len(knowledge.events)} passages, each word for word in the article",
        f"  {answers} answers, with every number, date and name found in their passages",
        f"  {len(knowledge.events)} timeline events, in order",
        f"  {share:.0f} % of the article's {sentences} sentences cited",
        *(wrap(f"not cited: {sentence}", "    ") for sentence in uncited),
        "No problems found.",
    ]
    return "\n".join(lines)


# The files are also checked every second: network file systems and container mounts send no
# events, nor does a folder that has replaced the watched one.
POLL_INTERVAL_MS = 1000
_DEBOUNCE_MS = 200  # editors save in several steps

_State = tuple[tuple[int, int, int] | None, ...]


class EditDetector:
    """Detects edits to a knowledge folder, ignoring a file that is missing only during a save."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._missing = self._state()

    def has_new_edit(self) -> bool:
        """Whether the files have changed since the last call.

        Some editors delete a file and create it again, so a missing file counts as an edit
        only if it is still missing at the next call.
        """
        now = self._state()
        if now == self._seen:
            return False
        if None in now and now != self._missing:
            self._missing = now
            return False
        self._seen = self._missing = now
        return True

    def _state(self) -> _State:
        return tuple(_file_state(self._folder / name) for name in FILES)


def _file_state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def watch_folder(folder: Path) -> Iterator[None]:
    """Yield soon after any event in the folder, and every `POLL_INTERVAL_MS` otherwise, forever."""
    for _ in watch(
        folder,
        recursive=False,
        watch_filter=None,
        debounce=_DEBOUNCE_MS,
        rust_timeout=POLL_INTERVAL_MS,
        yield_on_timeout=True,
    ):
        yield


def check_forever(
    folder: Path | None, out: TextIO, changes: Callable[[Path], Iterator[None]] = watch_folder
) -> None:
    """Check a folder now and after every save, for as long as `changes` yields."""
    folder = folder or default_folder()
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give a knowledge folder with --knowledge")
    detector = EditDetector(folder)
    _check(folder, out)
    print(f"Watching {folder}; press Ctrl-C to stop.", file=out, flush=True)
    for _ in changes(folder):
        if detector.has_new_edit():
            _check(folder, out)


def _check(folder: Path, out: TextIO) -> None:
    if out is sys.stdout and out.isatty():
        print("\x1b[2J\x1b[H", end="", file=out)  # clear the screen, to show only the latest result
    try:
        print(report(folder), file=out, flush=True)
    except InputError as error:
        print(error, file=out, flush=True)
