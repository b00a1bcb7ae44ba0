"""Helpers for tests that talk to the real bot in its own process."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

from tests.fake_telegram import BotProcess

QUESTION = "When does the bridge close?"
ANSWER = "The old harbour bridge was to close to cars"

_TIMEOUT = 30.0  # seconds

MakeBot = Callable[..., BotProcess]


def wait_for_log(bot: BotProcess, text: str, times: int = 1) -> None:
    """Wait until the log contains `text` this many times."""
    deadline = time.monotonic() + _TIMEOUT
    while bot.log.count(text) < times:
        assert time.monotonic() < deadline, f"no {text!r} in the log:\n{bot.log[-3000:]}"
        time.sleep(0.02)


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that no call to Telegram announces."""
    deadline = time.monotonic() + _TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, condition
        time.sleep(0.02)


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
