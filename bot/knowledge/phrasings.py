"""Reads how people ask: phrasings/ID.txt has one phrasing of an entry or gap on each line."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.errors import KnowledgeError, Problem
from bot.knowledge.files import PHRASINGS
from bot.knowledge.yaml_faults import CONFLICT, INVISIBLE, UNFINISHED
from bot.knowledge.yaml_lines import Place, YamlFile, read_text


def add_phrasings(folder: Path, answers: YamlFile, problems: list[Problem]) -> list[str]:
    """Add the phrasings in the files to those in answers.yaml; return which belong to no entry.

    What is wrong with a file is added to `problems`.
    """
    unclaimed = []
    try:
        paths = sorted((folder / PHRASINGS).iterdir())
    except FileNotFoundError:
        return []  # all phrasings are in answers.yaml
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); it must be a folder that you may read"
        problems.append(Problem(PHRASINGS, None, reason))
        return []
    items = dict(reversed([*_items(answers.data)]))  # the first, if an id is used twice
    for path in paths:
        name = f"{PHRASINGS}/{path.name}"
        if path.name.startswith(".") or path.suffix != ".txt":  # perhaps an editor's backup
            if path.stem in items and not path.name.endswith("~"):
                reason = f"is not read; rename it to {path.stem}.txt or delete it"
                problems.append(Problem(name, None, reason))
        elif path.stem not in items:
            unclaimed.append(path.stem)
        else:
            try:
                _add(path, name, answers, *items[path.stem])
            except KnowledgeError as error:
                problems += error.problems
    return unclaimed


def _items(answers: object) -> Iterator[tuple[str, tuple[Place, dict[str, Any]]]]:
    """The id of each entry and gap, valid or not, with the place of its phrasings."""
    for section in ("entries", "gaps"):
        items = answers.get(section) if isinstance(answers, dict) else None
        for number, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield str(item.get("id")), ((section, number, "phrasings"), item)


def _add(path: Path, name: str, answers: YamlFile, place: Place, item: dict[str, Any]) -> None:
    """Add the phrasings in one file to those of `item`, whose phrasings are at `place`."""
    answers.locations.setdefault(place, (name, 1))
    # Tabs and the line ends of any system are fine.
    text = read_text(path, (CONFLICT, INVISIBLE, UNFINISHED), name)
    lines = [" ".join(line.split()) for line in re.split(r"\r\n?|\n", text)]
    phrasings = [(n, line) for n, line in enumerate(lines, 1) if line and line[0] != "#"]
    if not phrasings:
        reason = "contains no phrasings; write one on each line, or delete this file"
        raise KnowledgeError([Problem(name, None, reason)])
    inline = item.get("phrasings", [])
    if isinstance(inline, list):
        item["phrasings"] = [*inline, *(text for _, text in phrasings)]
        for number, (line, _) in enumerate(phrasings, len(inline)):
            answers.locations[(*place, number)] = (name, line)
