"""Reads from the bot's logs which updates it has finished: Telegram itself cannot know."""

import re
from pathlib import Path

_FINISHED = re.compile(
    rb'\bupdate=(\d+) .*\boutcome=|"update": (\d+),.*"outcome"|update (\d+) cannot be read'
)


class Outcomes:
    """The ids of finished updates, read line by line as the logs grow."""

    def __init__(self) -> None:
        self.finished: set[int] = set()
        self._read: dict[Path, int] = {}  # bytes of each log

    def update(self, logs: list[Path]) -> None:
        """Read what was added to the logs."""
        for log in logs:
            if not log.exists():
                continue
            with log.open("rb") as file:
                file.seek(self._read.get(log, 0))
                lines, newline, _ = file.read().rpartition(b"\n")
            self._read[log] = self._read.get(log, 0) + len(lines) + len(newline)
            for found in _FINISHED.finditer(lines):
                self.finished.add(int(next(filter(None, found.groups()))))
