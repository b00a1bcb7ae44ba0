"""Standard input and output as a shell leaves them: closed, full, or of another encoding."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Literal, TextIO


def prepare() -> None:
    """Make the streams usable: none missing, no character that cannot be read or written.

    Where standard output is closed, writing to it raises `OSError`, as on a full disk.
    """
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stderr = sys.stderr or _nowhere("w")
    sys.stdout = sys.stdout or _nowhere("r")
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def for_programs() -> None:
    """Write UTF-8 from now on, whatever the terminal's encoding: JSON and YAML are read so."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def abandon() -> None:
    """Let nothing more be written to standard output; Python would complain while closing it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _nowhere(mode: Literal["r", "w"]) -> TextIO:
    return Path(os.devnull).open(mode, encoding="utf-8")
