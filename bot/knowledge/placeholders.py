"""What the skeleton of a knowledge folder leaves to be filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.knowledge.faults import Fault
from bot.knowledge.yamlfile import YamlFile

TODO = "TODO"


def unfilled(files: Mapping[str, YamlFile]) -> Iterator[Fault]:
    """A fault for each value that still begins with `TODO`."""
    for file in files.values():
        for place, value in _values(file.data, ()):
            if value.startswith(TODO):
                yield file.fault(
                    place,
                    f"'{'.'.join(map(str, place))}' is still to be filled in;"
                    f" put the right words in place of '{value}'",
                )


def _values(
    data: object, place: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(data, str):
        yield place, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _values(value, (*place, str(key)))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _values(value, (*place, number))
