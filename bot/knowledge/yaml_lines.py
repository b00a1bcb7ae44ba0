"""A YAML file read with the line of every key and item, so that faults can be pointed at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml

from bot.errors import Fault, KnowledgeError

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster


class _Loader(_Fast):  # type: ignore[misc]  # which class it is depends on how PyYAML was built
    """Leaves dates as text: the models say better what is wrong with "2019-02-31"."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, form) for tag, form in found if not tag.endswith(":timestamp")]
        for first, found in _Fast.yaml_implicit_resolvers.items()
    }


_Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The parsed content, the line of each place in it, and the keys that stand twice."""

    name: str
    data: object
    lines: dict[_Place, int] = field(repr=False)
    doubles: tuple[Fault, ...]

    def line(self, place: Sequence[str | int]) -> int:
        """Line (from 1) of the deepest known part of a place like ("entries", 3, "answer")."""
        path = tuple(place)
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, place: Sequence[str | int], message: str) -> Fault:
        """A fault at that place."""
        return Fault(self.name, self.line(place), message)


def read_yaml(path: Path) -> YamlFile:
    """Read one file; raise `KnowledgeError` if it is missing, no UTF-8 or no YAML."""
    text = read_text(path)
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            lines, doubles = _places(path.name, root)
            data = loader.construct_document(root)
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        raise KnowledgeError([_syntax_fault(path.name, text, error)]) from None
    return YamlFile(path.name, data, lines, tuple(doubles))


def read_text(path: Path) -> str:
    """Read a text file; raise `KnowledgeError` if it is missing, unreadable or no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        reason = (
            f"is missing from {path.parent}; restore it, or name another folder with --knowledge"
        )
        raise KnowledgeError([Fault(path.name, None, reason)]) from None
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); check the path and its rights"
        raise KnowledgeError([Fault(path.name, None, reason)]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        reason = "is not UTF-8 here; save the file as UTF-8"
        raise KnowledgeError([Fault(path.name, line, reason)]) from None


def _places(name: str, root: yaml.Node | None) -> tuple[dict[_Place, int], list[Fault]]:
    """The line of every place, and a fault for every key that repeats an earlier one.

    Raise `KnowledgeError` for an alias: a few of them can hold themselves, or a billion items.
    """
    if root is None:
        reason = "is empty; restore it (knowledge/README.md shows what belongs in it)"
        raise KnowledgeError([Fault(name, None, reason)])
    lines: dict[_Place, int] = {}
    doubles = []
    met: set[int] = set()
    for place, node, is_key in _walk(root, ()):
        line = node.start_mark.line + 1
        if is_key and place in lines:
            message = f"the key '{place[-1]}' stands twice here; keep one of the two"
            doubles.append(Fault(name, line, message))
        if id(node) in met:
            reason = (
                "is marked (&) to stand elsewhere too (*), which is not known here; write it out"
            )
            raise KnowledgeError([Fault(name, line, reason)])
        met.add(id(node))
        lines.setdefault(place, line)
    return lines, doubles


def _walk(node: yaml.Node, place: _Place) -> Iterator[tuple[_Place, yaml.Node, bool]]:
    """Every place with its node, and whether that is a key."""
    yield place, node, False
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*place, str(key.value))
            yield here, key, True
            yield from _walk(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*place, index))


def _syntax_fault(name: str, text: str, error: Exception) -> Fault:
    if isinstance(error, yaml.reader.ReaderError):
        line = text.encode()[: error.position].count(b"\n") + 1
        reason = f"has a sign that no text has (#x{error.character:04x}); delete it"
        return Fault(name, line, reason)
    context = getattr(error, "context", None) or ""
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    # What was begun and never ended is to be mended where it begins.
    mark = next(filter(None, marks[::-1] if context.startswith("while scanning") else marks), None)
    problem = getattr(error, "problem", None) or str(error)
    message = (
        f"is not valid YAML: {problem}; check the indentation, and put text that holds"
        " a colon, a # or a quotation mark in quotes"
    )
    return Fault(name, mark.line + 1 if mark else None, message)
