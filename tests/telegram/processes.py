"""Helpers for tests that talk to the real bot in its own process."""

import socket
from collections.abc import Callable
from pathlib import Path

from tests.fake_telegram import BotProcess

QUESTION = "When does the bridge close?"
ANSWER = "The old harbour bridge was to close to cars"

MakeBot = Callable[..., BotProcess]


def holders(folder: Path, *words: str) -> list[tuple[str, str]]:
    """The data files that contain a word, upper or lower case, byte for byte."""
    files = [file for file in folder.iterdir() if file.is_file()]
    assert {"bot.sqlite3", "bot-inbox.sqlite3"} <= {file.name for file in files}
    return [
        (file.name, word)
        for file in files
        for word in words
        if word.lower().encode() in file.read_bytes().lower()
    ]


def free_port() -> int:
    """Find a port that is not in use."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
