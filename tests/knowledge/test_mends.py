"""A slip on any line of a file is undone by the change that `check` proposes."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from bot.knowledge.mends import Cost, find_mend
from bot.knowledge.read import read_folder
from bot.knowledge.yaml_faults import Fault
from bot.knowledge.yaml_lines import read_yaml
from tests.paths import BRIDGE

# How a slip changes a line that has it: what to look for, and what to write instead.
SLIPS = {
    "a tab in front": (r"^ +(?=\S)", "\t"),
    "no spaces in front": (r"^ +(?=\S)", ""),
    "two spaces too many": (r"^(?= {4}\S)", "  "),
    "no space after a colon": (r"(?<=:) ", ""),
    "no space after a hyphen": (r"(?<= -) ", ""),
    "a bullet for a hyphen": (r"^( +)-", r"\1•"),
    "a bracket lost": (r"[][{}]", ""),
    "a colon lost": (r":(?= |$)", ""),
    "a quote opened but not closed": (r"(?<=: )(?=[A-Z])", '"'),
    "a single quote opened but not closed": (r"(?<=: )(?=[A-Z])", "'"),
    "a text in the next line, not indented": (r"(?<=: )(?=[A-Z]\w+ )", ">-\n"),
    "a text in the next two lines, not indented": (r"(?<=: )([A-Z]\w+) (?=\w+)", r">-\n\1\n"),
}


def broken(text: str, slip: str) -> Iterator[tuple[int, str]]:
    """The text with the slip, once on each line that can have it, and that line."""
    pattern, new = SLIPS[slip]
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for found in re.finditer(pattern, line):
            wrong = f"{line[: found.start()]}{found.expand(new)}{line[found.end() :]}"
            yield number + 1, "\n".join([*lines[:number], wrong, *lines[number + 1 :]])


@pytest.mark.parametrize("file", ["answers.yaml", "timeline.yaml"])
@pytest.mark.parametrize("slip", SLIPS)
def test_each_slip_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, slip: str
) -> None:
    """The proposed change brings back what the file said, and names the line or the next one."""
    proposed: list[str] = []

    def find(
        text: str, near: Collection[int], keys: Collection[str], cost: Cost, *, is_readable: bool
    ) -> Fault | None:
        tried: dict[float, str] = {}

        def remember(changed: str, best: float) -> float:
            left = cost(changed, best)
            tried.setdefault(left, changed)
            return left

        fault = find_mend(text, near, keys, remember, is_readable=is_readable)
        proposed.append(tried[min(tried)])
        return fault

    monkeypatch.setattr("bot.knowledge.yaml_lines.find_mend", find)
    text = (BRIDGE / file).read_text("utf-8")
    right = read_yaml(BRIDGE / file).data
    for line, wrong in broken(text, slip):
        (tmp_path / file).write_text(wrong, encoding="utf-8")
        _, problems = read_folder(tmp_path)
        [problem] = [each for each in problems if each.file == file]
        assert (problem.line or 0) - line in {0, 1}, (line, problem)
        (tmp_path / file).write_text(proposed.pop(), encoding="utf-8")
        assert read_yaml(tmp_path / file).data == right, (line, problem)
