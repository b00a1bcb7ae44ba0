"""Reads a YAML file and notes the line number of every key and item, for error messages."""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, ClassVar

import yaml

from bot.errors import KnowledgeError, Problem
from bot.knowledge.yaml_faults import (
    DAMAGE,
    UNFINISHED,
    Rule,
    describe_character,
    explain,
    find_faults,
)

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C: ten times faster


class _Loader(_SafeLoader):  # type: ignore[misc]  # the class depends on how PyYAML was built
    """Leaves dates as text: the models explain better what is wrong with "2019-02-31"."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
    }


_SHOWN = 20  # characters in front of one that cannot be read
Place = tuple[str | int, ...]
Location = tuple[str, int]  # a file, and a line counted from 1


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The parsed content, the file and line of each place in it, and what is wrong with it."""

    name: str
    data: object
    locations: dict[Place, Location] = field(repr=False)
    problems: Sequence[Problem]
    text: str = field(repr=False)

    def location(self, place: Sequence[str | int]) -> Location:
        """The location of a place like ("entries", 3, "answer") or of its nearest parent."""
        path = tuple(place)
        while path and path not in self.locations:
            path = path[:-1]
        return self.locations.get(path, (self.name, 1))

    def line(self, place: Sequence[str | int]) -> int:
        """The line of a place or of its nearest parent."""
        return self.location(place)[1]

    def problem(self, place: Sequence[str | int], message: str) -> Problem:
        """A problem at that place."""
        return Problem(*self.location(place), message)

    def written(self, place: Sequence[str | int]) -> str:
        """The line of a place, as it stands in the file; "" if it is in another file."""
        name, line = self.location(place)
        return self.text.split("\n")[line - 1].strip() if name == self.name else ""


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML file; raise `KnowledgeError` if it is missing, unreadable or invalid."""
    text = read_text(path, DAMAGE)
    if faults := find_faults(text):
        raise KnowledgeError([Problem(path.name, *fault) for fault in faults])
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            locations, duplicates = _locate(path.name, root)
            data = loader.construct_document(root)
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        raise KnowledgeError([Problem(path.name, *explain(text, error))]) from None
    unfinished = [Problem(path.name, *fault) for fault in UNFINISHED.find(text)]
    return YamlFile(path.name, data, locations, [*unfinished, *duplicates], text)


def read_text(path: Path, rules: Iterable[Rule], name: str = "") -> str:
    """Read a UTF-8 file, called `name` in problems; raise `KnowledgeError` if it breaks a rule."""
    name = name or path.name
    try:
        text = decode(path.read_bytes(), name)
    except FileNotFoundError:
        reason = f"is missing from {path.parent}; put it back, or use the right folder"
        raise KnowledgeError([Problem(name, None, reason)]) from None
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); check the path and the file permissions"
        raise KnowledgeError([Problem(name, None, reason)]) from None
    for fault in chain.from_iterable(rule.find(text) for rule in rules):
        raise KnowledgeError([Problem(name, *fault)])
    return text


def decode(data: bytes, name: str) -> str:
    """The text of a UTF-8 file without a byte order mark; raise `KnowledgeError` if it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start, mend = error.start, "in your editor choose “Save as…”, “Encoding: UTF-8”"
        before = data[:start].decode().rpartition("\n")[2][-_SHOWN:]
        letter = describe_character(data[start : start + 1].decode("cp1252", "replace"))
        where = f"after “{before}”" if before else "at the beginning of this line"
        reason = f"a character cannot be read {where}, probably {letter}"
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise KnowledgeError([Problem(name, None, f"is saved as UTF-16; {mend}")]) from None
        problem = Problem(name, data.count(b"\n", 0, start) + 1, f"{reason}; {mend}")
        raise KnowledgeError([problem]) from None


def _locate(name: str, root: yaml.Node | None) -> tuple[dict[Place, Location], list[Problem]]:
    """The location of every place, and a problem for every duplicate key."""
    if root is None:
        reason = "is empty; restore its content (knowledge/README.md explains what belongs in it)"
        raise KnowledgeError([Problem(name, None, reason)])
    lines: dict[Place, Location] = {(): (name, root.start_mark.line + 1)}
    duplicates: dict[Place, Problem] = {}  # the first for each parent: an item may be repeated
    for place, node in _walk(root, ()):
        line, parent = node.start_mark.line + 1, place[:-1]
        if place in lines and parent in duplicates:
            duplicates[place] = duplicates[parent]  # nor is what is in it a problem of its own
        elif place in lines:
            message = f"'{place[-1]}' is on line {lines[place][1]} already; delete one of the two"
            if parent:
                message += ", or write “- ” in front of this one if another item begins here"
            duplicates[place] = duplicates[parent] = Problem(name, line, message)
        lines.setdefault(place, (name, line))
    if () in duplicates:  # a whole list has replaced another, and much would be missing
        raise KnowledgeError([duplicates[()]])
    return lines, list(dict.fromkeys(duplicates.values()))


def _walk(node: yaml.Node, place: Place) -> Iterator[tuple[Place, yaml.Node]]:
    """Every key and item below a node, with its place."""
    parts: list[tuple[str | int, yaml.Node, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        parts = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [(number, item, item) for number, item in enumerate(node.value)]
    for step, key, value in parts:
        yield (*place, step), key
        yield from _walk(value, (*place, step))
