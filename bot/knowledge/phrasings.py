"""Reads how people ask: phrasings/ID.txt has one phrasing of an entry or gap on each line."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.errors import KnowledgeError, Problem, collected
from bot.knowledge.files import PHRASINGS, is_backup
from bot.knowledge.nearest import meant_name, meant_word, rename
from bot.knowledge.text_files import read_text
from bot.knowledge.yaml_faults import (
    CONFLICT,
    HIDDEN_PHRASING,
    INVISIBLE,
    LISTED_PHRASING,
    NUMBERED_PHRASING,
    UNFINISHED,
    Rule,
)
from bot.knowledge.yaml_lines import Place, YamlFile

_Items = Mapping[str, tuple[Place, dict[str, Any]]]  # entries and gaps with their places, by id
_MAX_SILENT = 3  # entries without phrasings that are reported one by one, if there is no folder


def add_phrasings(
    folder: Path, answers: YamlFile, garbled: Rule, problems: list[Problem]
) -> list[str]:
    """Add the phrasings in the files to those in answers.yaml; return which belong to no entry.

    What is wrong with a file, such as characters that are `garbled`, is added to `problems`.
    """
    unclaimed = []
    found = [*raw_items(answers.data, "entries", "gaps")]
    # The first, if an id is used twice.
    items = {
        str(item.get("id")): ((*at, "phrasings"), item) for at, item in reversed(found) if item
    }
    try:
        paths = sorted((folder / PHRASINGS).iterdir())
    except FileNotFoundError:
        paths = []  # all phrasings are in answers.yaml
        problems += _missing_folder(folder, answers, items)
    except OSError as error:
        reason = f"cannot be read ({error.strerror}); it must be a folder that you may read"
        problems.append(Problem(PHRASINGS, None, reason))
        return []
    for path in sorted(folder.glob("*.txt")):
        if path.stem in items:
            reason = f"is not read here; move it into the folder “{PHRASINGS}”"
            problems.append(Problem(path.name, None, reason))
    for path in paths:
        if not is_backup(path) and path.suffix == ".txt" and path.stem in items:
            with collected(problems):
                name, (place, item) = f"{PHRASINGS}/{path.name}", items[path.stem]
                answers.locations.setdefault(place, (name, 1))
                text = read_text(path, (CONFLICT, INVISIBLE, garbled, UNFINISHED), name)
                _add(text, name, answers, place, item)
        elif not is_backup(path):
            unclaimed += _misnamed(path, answers, items, problems)
    return unclaimed


def _misnamed(path: Path, answers: YamlFile, items: _Items, problems: list[Problem]) -> list[str]:
    """Report a file whose name is nearly right; return the id of one that belongs to no entry."""
    is_text = path.suffix == ".txt"
    meant = meant_name(path.name, items) or (None if is_text else meant_word(path.stem, items))
    if meant:
        mend = f"{rename(path.name, f'{meant}.txt')}, or delete it"
        if path.with_name(f"{meant}.txt").exists():
            mend = f"if you need its lines, copy them into {meant}.txt, and delete this file"
        problems.append(Problem(f"{PHRASINGS}/{path.name}", None, f"is not read; {mend}"))
        answers.locations.setdefault(items[meant][0], (PHRASINGS, 1))  # its phrasings are here
    return [path.stem] if is_text and not meant else []


def _missing_folder(folder: Path, answers: YamlFile, items: _Items) -> Iterator[Problem]:
    """One problem instead of one for each entry, if there is no folder but there should be."""
    silent = [place for place, item in items.values() if "phrasings" not in item]
    others = [path.name for path in folder.iterdir() if path.is_dir()]
    similar = [name for name in others if meant_word(name, [PHRASINGS])]
    if similar or len(silent) > _MAX_SILENT:
        mend = (
            f"rename '{similar[0]}' to {PHRASINGS}"
            if similar
            else f"put it back, with its files, or write `phrasings:` for the {len(silent)} that"
            " have none"
        )
        yield Problem(PHRASINGS, None, f"this folder is missing; {mend}")
        answers.locations.update((place, (PHRASINGS, 1)) for place in silent)


def raw_items(answers: object, *sections: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Each item in sections of answers.yaml, valid or not, with its place."""
    for section in sections:
        items = answers.get(section) if isinstance(answers, dict) else None
        for number, item in enumerate(items if isinstance(items, list) else ()):
            yield (section, number), item if isinstance(item, dict) else {}


def _add(text: str, name: str, answers: YamlFile, place: Place, item: dict[str, Any]) -> None:
    """Add the phrasings in a file's text to those of `item`, whose phrasings are at `place`."""
    # Tabs and the line ends of any system are fine.
    text = re.sub("\r\n?", "\n", text)
    if hidden := [Problem(name, *fault) for fault in HIDDEN_PHRASING.find(text)]:
        raise KnowledgeError(*hidden)
    if listed := [*LISTED_PHRASING.find(text)]:
        raise KnowledgeError(Problem(name, *listed[0]))
    if numbered := [*NUMBERED_PHRASING.find(text)]:
        more = f"; {len(numbered) - 1} more like this below" * (len(numbered) > 1)
        raise KnowledgeError(Problem(name, numbered[0][0], numbered[0][1] + more))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    phrasings = [(n, line) for n, line in enumerate(lines, 1) if line and line[0] != "#"]
    inline = item.get("phrasings", [])
    if not phrasings:
        mend = ", or delete this file" * bool(inline)
        reason = f"contains no phrasings; write one on each line{mend}"
        raise KnowledgeError(Problem(name, None, reason))
    if isinstance(inline, list):
        item["phrasings"] = [*inline, *(text for _, text in phrasings)]
        for number, (line, _) in enumerate(phrasings, len(inline)):
            answers.locations[(*place, number)] = (name, line)
