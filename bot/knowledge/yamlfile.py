"""A YAML file read with the line of every key and item, so that faults can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.errors import InputError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times faster


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the knowledge folder, and how to mend it."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """`answers.yaml:12: what is wrong; how to mend it`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class KnowledgeError(InputError):
    """The knowledge folder does not verify; carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The parsed content, and the line of each place in it."""

    name: str
    data: object
    lines: dict[tuple[str | int, ...], int] = field(repr=False)

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
    try:
        text = path.read_text(encoding="utf-8")
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
            data = loader.construct_document(root) if root is not None else None
        finally:
            loader.dispose()
    except FileNotFoundError:
        raise KnowledgeError([Fault(path.name, None, missing_file(path))]) from None
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); check the path and its rights"
        raise KnowledgeError([Fault(path.name, None, reason)]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        reason = "is not UTF-8 here; save the file as UTF-8"
        raise KnowledgeError([Fault(path.name, line, reason)]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise KnowledgeError([_syntax_fault(path.name, error)]) from None
    if root is None:
        reason = "is empty; restore it (knowledge/README.md shows what belongs in it)"
        raise KnowledgeError([Fault(path.name, None, reason)])
    lines: dict[tuple[str | int, ...], int] = {}
    doubles = []
    for place, node, double in _walk(root, ()):
        lines.setdefault(place, node.start_mark.line + 1)
        if double:
            message = f"the key '{place[-1]}' stands twice here; keep one of the two"
            doubles.append(Fault(path.name, node.start_mark.line + 1, message))
    if doubles:
        raise KnowledgeError(doubles)
    return YamlFile(path.name, data, lines)


def missing_file(path: Path) -> str:
    """What to say of a file that is not there."""
    return f"is missing from {path.parent}; restore it, or name another folder with --knowledge"


def _walk(
    node: yaml.Node, place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], yaml.Node, bool]]:
    """Every place with its node, and whether its key repeats an earlier one."""
    yield place, node, False
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            here = (*place, str(key.value))
            yield here, key, here in seen
            seen.add(here)
            yield from _walk(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*place, index))


def _syntax_fault(name: str, error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    message = (
        f"is not valid YAML: {problem}; check the indentation, and put text that holds"
        " a colon, a # or a quotation mark in quotes"
    )
    return Fault(name, mark.line + 1 if mark else None, message)
