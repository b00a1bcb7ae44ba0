"""Reads a YAML file and notes the line number of every key and item, for error messages."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import yaml

from bot.errors import KnowledgeError, Problem
from bot.knowledge.mends import UNREADABLE, find_mend
from bot.knowledge.text_files import read_text
from bot.knowledge.yaml_faults import DAMAGE, HEADLESS, UNFINISHED, find_faults, find_misplaced

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C: ten times faster


class _Loader(_SafeLoader):  # type: ignore[misc]  # the class depends on how PyYAML was built
    """Leaves dates, numbers, yes and null as text, which is what editors mean by them."""

    yaml_implicit_resolvers: ClassVar = {"": _SafeLoader.yaml_implicit_resolvers[""]}


_UNREADABLE = (
    "cannot be read from here on; compare this line and those above it with others like them"
    " (spaces in front, hyphens, colons, quotes, brackets), or undo your last change"
)
_TWICE = "from here on, the file seems to stand here a second time; delete that"
HEADLESS_HERE = HEADLESS.format("here")
_NEAR = 6  # lines at fault that are looked at for a mend
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
    repeated: Collection[Place]  # keys that stand twice, and where they do

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

    def swallowed(self, keys: Collection[str]) -> list[int]:
        """The lines that begin with one of some keys, but count as a part of the text above."""
        known = {line for _, line in self.locations.values()}
        starts = tuple(f"{key}:" for key in keys)
        lines = enumerate(self.text.split("\n") if starts else (), 1)
        return [n for n, line in lines if line.lstrip().startswith(starts) and n not in known]

    def written(self, place: Sequence[str | int]) -> str:
        """The line of a place, as it stands in the file; "" if it is in another file."""
        name, line = self.location(place)
        return self.text.split("\n")[line - 1].strip() if name == self.name else ""


def read_yaml(
    path: Path,
    keys: Collection[str] = (),
    wrong: Callable[[YamlFile], Sequence[int]] = lambda _: (),
) -> YamlFile:
    """Read a YAML file; raise `KnowledgeError` if it is missing, unreadable or invalid.

    `wrong` lists the lines of what is wrong with the content. If one change to a line puts all of
    that right, the problem is told as that change; `keys` are those that may be missing.
    """
    text = re.sub("\r\n?", "\n", read_text(path, DAMAGE))
    if faults := find_faults(text):
        raise KnowledgeError(*(Problem(path.name, *fault) for fault in faults))

    def cost(text: str, best: float) -> float:
        try:
            file = _parse(path.name, text)
        except (yaml.YAMLError, ValueError) as error:
            return UNREADABLE - max(_lines(error))
        except KnowledgeError:
            return UNREADABLE / 2
        if items := find_misplaced(text):
            return UNREADABLE - items[0]
        left = len(file.problems) + len(wrong(file))
        return left + len(find_faults(text) if left < best else ())

    file, near = None, find_misplaced(text)
    try:
        file = _parse(path.name, text)
    except (yaml.YAMLError, ValueError) as error:
        near = [*near[:1], *_lines(error)]
    faults = [(near[-1], _UNREADABLE)] if near else []
    if file and keys and not near:
        near = [problem.line or 1 for problem in file.problems] or [*wrong(file)]
    if near and (mend := find_mend(text, near[:_NEAR], keys, cost, is_readable=not faults)):
        faults = [mend]
    if faults or not file:
        raise KnowledgeError(*(Problem(path.name, *fault) for fault in faults))
    unfinished = [Problem(path.name, *fault) for fault in UNFINISHED.find(text)]
    return replace(file, problems=[*unfinished, *file.problems])


def _parse(name: str, text: str) -> YamlFile:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        locations, repeated, problems = _locate(name, root)
        data = loader.construct_document(root)
        return YamlFile(name, data, locations, problems, text, repeated)
    finally:
        loader.dispose()


def _lines(error: Exception) -> list[int]:
    """The lines that the parser names: where something begins, and where it gave up."""
    marks = [getattr(error, name, None) for name in ("context_mark", "problem_mark")]
    return [mark.line + 1 for mark in marks if mark] or [1]


def _locate(
    name: str, root: yaml.Node | None
) -> tuple[dict[Place, Location], set[Place], list[Problem]]:
    """The location of every place, and which keys stand twice, with their parents and problems."""
    if root is None:
        reason = "is empty; restore its content (docs/editing.md explains what belongs in it)"
        raise KnowledgeError(Problem(name, None, reason))
    lines: dict[Place, Location] = {(): (name, root.start_mark.line + 1)}
    repeated: set[Place] = set()
    problems: dict[Place, Problem] = {}  # one for each parent: an item may be repeated
    for place, node in _walk(root, ()):
        line, parent = node.start_mark.line + 1, place[:-1]
        if place in lines:
            message = f"'{place[-1]}' is on line {lines[place][1]} already; delete one of the two"
            if parent not in repeated:
                problems[parent] = Problem(name, line, message)
            elif parent in problems:
                message = HEADLESS_HERE if parent else _TWICE
                problems[parent] = replace(problems[parent], message=message)
            repeated |= {place, parent}  # what is in it is no problem of its own
        lines.setdefault(place, (name, line))
    if () in problems:  # a whole list has replaced another, and much would be missing
        raise KnowledgeError(problems[()])
    return lines, repeated, [*problems.values()]


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
