"""Reads plain text in UTF-8; says what a file is that is none, and how to save it as text."""

import re
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge.files import missing
from bot.knowledge.yaml_faults import Rule, describe_character

_UTF_16 = "is saved as UTF-16"
# How files begin that were not saved as text in UTF-8.
_NO_TEXT = {
    "a document with formatting (RTF)": rb"\s*\{\\rtf",
    "a web page (HTML)": rb"\s*<(?:!--|!doctype|\?xml|html|head|body|meta|div|span|table|h\d|p|br)",
    "a Word document or another packed file": rb"PK\x03\x04|\xd0\xcf\x11\xe0",
    "a PDF document": rb"%PDF",
    "a picture": rb"\x89PNG|\xff\xd8\xff|GIF8",
    _UTF_16: rb"\xff\xfe|\xfe\xff|(?:\x00[^\x00]){4}|(?:[^\x00]\x00){4}",
}
_SHOWN = 20  # characters in front of one that cannot be read


def read_text(path: Path, rules: Iterable[Rule], name: str = "") -> str:
    """Read a UTF-8 file, called `name` in problems; raise `KnowledgeError` if it breaks a rule."""
    name = name or path.name
    try:
        text = decode(path.read_bytes(), name)
    except FileNotFoundError:
        reason = f"is missing from {path.parent}; {missing(path)}"
        raise KnowledgeError(Problem(name, None, reason)) from None
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); check the path and the file permissions"
        raise KnowledgeError(Problem(name, None, reason)) from None
    for fault in chain.from_iterable(rule.find(text) for rule in rules):
        raise KnowledgeError(Problem(name, *fault))
    return text


def decode(data: bytes, name: str) -> str:
    """The text of a UTF-8 file without a byte order mark; raise `KnowledgeError` if it is none."""
    mend = "in your editor choose “Save as…”, “Encoding: UTF-8”"
    kinds = (kind for kind, begin in _NO_TEXT.items() if re.match(begin, data, re.IGNORECASE))
    kind = next(kinds, None)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not kind and b"\0" not in data:
            raise KnowledgeError(_undecodable(data, error.start, name, mend)) from None
        kind = kind or "a file of a program"
    if not kind:
        return text
    plain = "open it where it was written, and save its text as plain text there (UTF-8), under the"
    reason = f"is {kind}, not plain text; {plain} name {name}"
    raise KnowledgeError(Problem(name, None, reason if kind != _UTF_16 else f"{_UTF_16}; {mend}"))


def _undecodable(data: bytes, start: int, name: str, mend: str) -> Problem:
    """The problem of a character that is not in UTF-8."""
    before = data[:start].decode().rpartition("\n")[2][-_SHOWN:]
    letter = describe_character(data[start : start + 1].decode("cp1252", "replace"))
    where = f"after “{before}”" if before else "at the beginning of this line"
    reason = f"a character cannot be read {where}, probably {letter}; {mend}"
    return Problem(name, data.count(b"\n", 0, start) + 1, reason)
