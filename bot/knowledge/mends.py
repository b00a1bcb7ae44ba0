"""Finds the change to a line or two that puts a broken YAML file right, and proves that it does.

The parser's own complaint names the line at which it gave up, in its own words. What an editor
needs is the slip. So the usual slips are tried near that line; what leaves the least wrong counts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from bot.knowledge.yaml_faults import HEADLESS, Fault, in_quotes, quote, spaces

# How much is wrong with a text, looked at closely if that is less than the best so far; if it
# cannot be read, the more, the earlier the parser gave up.
Cost = Callable[[str, float], float]
UNREADABLE = 1e6
_AHEAD = 3  # lines that a mend must get the parser further, if something else is wrong below
_BACK = 4  # lines up to the one at which the parser gave up, one of which is probably at fault
_PARTS = re.compile(r"([\s\ufeff]*)((?:- +)*)((?:[\w-]+:(?= |$))?) *(.*)")
_PAIR = {"[": "]", "{": "}"}


_Mend = tuple[Sequence[str], str]  # all lines of a file put right, and how to tell the editor


class _File:
    """The lines of a file, and what is usual in it."""

    def __init__(self, text: str, required: Collection[str]) -> None:
        self.lines = text.split("\n")
        self.parts = [found.groups() for line in self.lines if (found := _PARTS.match(line))]
        self._widths: defaultdict[tuple[str, bool], Counter[int]] = defaultdict(Counter)
        for indent, hyphens, key, _ in self.parts:
            for what in {key, ""}:
                self._widths[what, bool(hyphens)][len(indent)] += 1
        self.keys = {key.removesuffix(":") for key, _ in self._widths if key}.union(required)
        lists = (key.removesuffix(":") for _, _, key, value in self.parts if key and not value)
        self.list_keys = dict.fromkeys([*required, *lists])  # one of which may be missing

    def widths(self, key: str, hyphens: str) -> list[int]:
        """The spaces in front of lines that begin with a key, or any, the most frequent first."""
        return [width for width, _ in self._widths[key, bool(hyphens)].most_common()]


class _Line:
    """A line that may be at fault, with its spaces, hyphens, key and value."""

    def __init__(self, file: _File, at: int) -> None:
        self.file, self.at, self.text = file, at, file.lines[at]
        self.indent, self.hyphens, self.key, self.value = file.parts[at]
        self.width = len(self.indent)
        self.head = self.text[: len(self.text) - len(self.value)]  # what stands before the value
        self.before = file.lines[at - 1] if at else ""
        self.above = file.parts[at - 1] if at else ("",) * 4

    def mend(self, new: str, advice: str) -> _Mend:
        """The line written anew."""
        is_moved = new.strip() == self.text.strip()
        return self.change([new], advice if is_moved else f"{advice}; write: {new.strip()}")

    def change(self, new: Sequence[str], advice: str, start: int = 0, end: int = 1) -> _Mend:
        """New lines in place of this one, or of those from `start` to `end`, counted from it."""
        lines = self.file.lines
        return [*lines[: self.at + start], *new, *lines[self.at + end :]], advice


def find_mend(
    text: str, near: Collection[int], required: Collection[str], cost: Cost, *, is_readable: bool
) -> Fault | None:
    """The mend that leaves the least wrong, near lines counted from 1; None if none helps.

    What can be read must be right then; what cannot, must be readable a few lines further.
    """
    file = _File(text, required)
    written = [n for n, line in enumerate(file.lines) if line.strip() and line.strip()[0] != "#"]
    back = 2 if is_readable else _BACK
    # A list that is none is noticed at its key, above the line at fault.
    places = {n for end in near for n in [n for n in written if n <= end][-back - 1 :]}
    with_keys = [n for n in written if n < max(near) and file.parts[n][2]]
    places.update(() if is_readable else with_keys[-_BACK:])
    strange = [n for n in written if file.parts[n][0].strip(" ")]  # tabs or the like in front
    best: float = 1 if is_readable else UNREADABLE - max(near) - _AHEAD
    chosen = None
    for kind in _IN_STRUCTURE if is_readable else _ALL:
        for at in sorted({*places, *written[:1], *strange[:1]}, reverse=True):
            for lines, advice in kind(_Line(file, at)):
                if (left := cost("\n".join(lines), best)) < best:
                    best, chosen = left, (at + 1, advice)
        if best < 1:
            break
    return chosen


class _Rewrite(NamedTuple):
    """A slip within a line, what to write instead, and why; {0} and so on are the groups."""

    slip: str
    new: str | Callable[[re.Match[str]], str]
    advice: str

    def __call__(self, line: _Line) -> Iterator[_Mend]:
        """The line with one slip, or all, put right; then all lines that have it."""
        keys = "|".join(sorted(line.file.keys, key=len, reverse=True))
        slip = re.compile(self.slip.replace("KEYS", keys))
        for found in (every := [*slip.finditer(line.text)]):
            new = self.new(found) if callable(self.new) else found.expand(self.new)
            new = f"{line.text[: found.start()]}{new}{line.text[found.end() :]}"
            yield line.mend(new, self.explain(found))
        if not every:
            return
        whole = line.mend(slip.sub(self.new, line.text), self.explain(every[0]))
        yield whole
        alike = [text for text in line.file.lines if slip.search(text)]
        if alike[0] == line.text and alike[1:] and self.slip.startswith("^"):
            lines = [slip.sub(self.new, text) for text in line.file.lines]
            yield lines, f"{whole[1]}; {len(alike) - 1} more like this below"

    def explain(self, found: re.Match[str]) -> str:
        """The advice on what was found."""
        return self.advice.format(*((part or "").strip() for part in (found[0], *found.groups())))


_SLIPS = (
    _Rewrite(
        r"^( *(?:- +)?(KEYS))(?![\w:-])(?! +:)(?: *[;=：.,])? *(?=(.*))",
        r"\1: ",
        "a colon is missing after “{2}”",
    ),
    _Rewrite(r"(?<![^\s{,-])([\w-]+:)(?=[^\s/])", r"\1 ", "a space is missing after “{1}”"),
    _Rewrite(
        r"([{,] *)([\w-]+)(?: *= *| +)(?=[^,:{}\[\]]+[,}])",
        r"\1\2: ",
        "a colon is missing after “{2}”",
    ),
    _Rewrite(
        r"^( *)(?:- *)?([•‣▪◦●·‐‑‒–—−*]|--|\d+[.)])[^\S\n]+",
        r"\1- ",
        "“{2}” does not begin an item of a list; write a hyphen and a space: “- ”",
    ),
    _Rewrite(r"^( *-)(?=[^\s\d-])", r"\1 ", "a space is missing after the hyphen"),
    _Rewrite(
        r"^( *(?:- +)?(?:[\w-]+:|-)) *(?:[^\S ]|\ufeff)[\s\ufeff]*(?=\S)",
        r"\1 ",
        "delete the invisible character after “{1}”, and type a space",
    ),
    _Rewrite(
        r"^(?= *[^\S ])\s+",
        lambda found: re.sub(r"\s", " ", found[0].replace("\t", "    ")),
        "this line begins with a tab or the like; delete all blank space in front of it, and type"
        " as many spaces with the space bar (four for a tab)",
    ),
    _Rewrite(r"^( *- )- ", r"\1", "one hyphen is enough"),
)
_BRACKETS = (
    _Rewrite(
        r"^( *- +(?![\w-]+: )|( *[\w-]+: +)(?=.*\]$))[(]?([^\[{}'\"]*?)[])]*$",
        lambda found: f"{found[1]}[{re.sub(r' *[;/=] *', ', ', found[3])}]",
        "“[” and “]” must stand around the items of this list",
    ),
    _Rewrite(
        r"(?<=[:-] )[\[{](.*)[]}]$",
        lambda found: f"{{{found[1]}}}" if ": " in found[1] else f"[{found[1]}]",
        "the brackets do not match; write “[” and “]” around items, and “{{” and “}}” around"
        " “word: text”",
    ),
    _Rewrite(
        r"(?<=[:-] )([\[{]).*[^, ](?=[, ]*$)",
        lambda found: found[0] + _closing(found[0]),
        "“{1}” is not closed",
    ),
    _Rewrite(
        r" *[,;](?: *[,;])* *|(?<=[^\s,:{]) +(?=[\w-]+: )",
        ", ",
        "write one comma between two items",
    ),
    _Rewrite(
        r"(?<=[\[, ])['\"][^,\]}]*(?=[,\]}])",
        lambda found: in_quotes(found[0]),
        "a quote in “{0}” has no partner or ends the text too early",
    ),
    _Rewrite(
        r"(?<=, )([\w-]+:) ([^'\"{}]+)(?=\})",
        lambda found: f"{found[1]} {in_quotes(found[2])}",
        "the text behind “{1}” must be in quotes here",
    ),
    _Rewrite(
        r"(?<=[]}])[ ,.]*([^\]}\s].*)$",
        r"  # \1",
        "“{1}” is no part of the list; delete it, or make it a private note",
    ),
)
_FIRST_WORD = _Rewrite(
    r"^( *)([a-z0-9-]+)(?: *[=;,])? +(?=\S)", r"\1\2: ", "a colon is missing after “{2}”"
)


def _closing(text: str) -> str:
    """The brackets that close those open in a text."""
    closing = ""
    for character in text:
        closing = _PAIR.get(character, "") + closing.removeprefix(character)
    return closing


def _split(line: _Line) -> Iterator[_Mend]:
    for found in re.finditer(r"(?<=[^\s-])[ ,;]+((- +)?([\w-]+:)) ", line.text):
        for width in line.file.widths(found[3], found[2] or "")[:2]:
            advice = f"begin a new line before “{found[1]}”, with {spaces(width)} in front"
            if line.value[:1] not in _PAIR and found[3][:-1] not in line.file.keys:
                advice += f"; if it is part of a text, {quote(line.text)}"
            rest = " " * width + line.text[found.start(1) :]
            yield line.change([line.text[: found.start()], rest], advice)
    if line.key and line.value.startswith("- "):
        new = " " * (line.width + 2) + line.value
        advice = f"begin a new line before “{line.value}”, with {spaces(line.width + 2)} in front"
        yield line.change([line.head.rstrip(), new], advice)


def _hyphen(line: _Line) -> Iterator[_Mend]:
    text = line.text.strip()
    usual = [line.width - 2, *line.file.widths(line.key, "-")] if line.key else []
    for width in (line.width, *usual) if not line.hyphens else ():
        advice = "the hyphen is missing; begin each item of a list with “- ”, with"
        yield line.mend(f"{' ' * width}- {text}", f"{advice} {spaces(max(0, width))} in front")
    for width in (line.width, line.width + 2) if line.hyphens and line.key else ():
        advice = f"delete the hyphen in front of this line, and begin it with {spaces(width)}"
        yield line.mend(" " * width + text.removeprefix("-").strip(), advice)


def _indent(line: _Line) -> Iterator[_Mend]:
    widths = line.file.widths(line.key, line.hyphens)
    if not line.key or [part[2] for part in line.file.parts].count(line.key) == 1:
        widths += line.file.widths("", line.hyphens)
    widths.sort(key=lambda width: abs(width - line.width))
    yield from _begin(line, widths if line.hyphens or line.key else [])


def _go_on(line: _Line) -> Iterator[_Mend]:
    is_text = re.search(r"\w", line.text) and not (line.hyphens or line.key)
    yield from _begin(line, [len(line.above[0]) + 2 * bool(line.above[2])] if is_text else [])


def _begin(line: _Line, widths: Collection[int]) -> Iterator[_Mend]:
    start = "a tab or the like" if line.indent.strip(" ") else spaces(line.width)
    for width in dict.fromkeys(widths):
        if " " * width != line.indent:
            advice = f"this line begins with {start}; it must begin with {spaces(width)}"
            yield line.change([" " * width + line.text.strip()], advice)


def _indent_several(line: _Line) -> Iterator[_Mend]:
    rest, below = line.file.lines[line.at :], (f"{line.indent} ", f"{line.indent}- ")
    block = [rest[0], *takewhile(lambda other: other.startswith(below), rest[1:])]
    for width in line.file.widths(line.key, line.hyphens) if len(block) > 1 else ():
        if width != line.width:
            new = [" " * width + other[line.width :] for other in block]
            verb, end = "delete" if width < line.width else "type", line.at + len(block)
            advice = f"lines {line.at + 1} to {end} do not begin where they should; {verb}"
            advice += f" {spaces(abs(width - line.width))} in front of each"
            yield line.change(new, advice, end=len(block))


def _missing(line: _Line) -> Iterator[_Mend]:
    keys = [
        f"{' ' * width}{key}:"
        for key in line.file.list_keys
        for width in (line.file.widths(f"{key}:", "") or [0])[:1]
    ]
    # At the margin, a key may stand only once.
    keys = [key for key in keys if key[0] == " " or key not in line.file.lines]
    ids = [
        f"{indent}- {key} x"
        for indent, mark, key, value in line.file.parts
        if mark and key and value
    ]
    for new in [*keys, *ids[:1]]:
        what, width = new.strip().replace(" x", " …"), spaces(len(new) - len(new.lstrip()))
        advice = f"the line “{what}” is missing above this one; add it, with {width} in front"
        yield line.change([new], advice, end=0)


def _list(line: _Line) -> Iterator[_Mend]:
    below = "".join(line.file.lines[line.at + 1 : line.at + 2])
    is_list, is_deeper = below.lstrip().startswith("- "), below.startswith(" " * (line.width + 1))
    if line.key and line.value.endswith("}") and is_list and is_deeper:
        rest = [*takewhile(lambda parts: parts[2] != "id:", line.file.parts[line.at + 1 :])]
        yield line.change([line.text], HEADLESS.format("below this line"), end=1 + len(rest))
    elif line.key and line.value and is_list:
        advice = f"a list begins below this line; delete what stands behind “{line.key}”"
        yield line.change([line.head.rstrip()], advice)
    is_below = line.width >= len(line.above[0]) and line.before.endswith("]")
    if line.hyphens and line.above[2] and is_below:
        new = f"{line.before[:-1]}, {line.text.strip().removeprefix('- ')}]"
        advice = "the list above is complete; delete this line, and put its item into the brackets"
        yield line.change([new], f"{advice} above: {new.strip()}", start=-1)


def _quotes(line: _Line) -> Iterator[_Mend]:
    colon = "a colon with a space after it may not stand inside a text"
    if re.fullmatch(r"[-–>|\"'“]", line.value):
        yield line.mend(f"{line.head}>-", "a text that begins in the next line needs “>-” here")
    elif line.value:
        first = line.value[0]
        reasons = {
            r"[\[{>|,\]}%@`]": f"a text may not begin with “{first}”",
            r"(['\"])(?!.*\1)": f"a text in quotes begins here, but its closing {first} is missing",
            r"(['\"]).*\1.": "the text goes on after a closing quote or bracket",
            r".*\\": "a “\\” has a meaning of its own in double quotes",
            r".*: ": colon,
            "": "the text must be in quotes here",
        }
        reason = next(why for pattern, why in reasons.items() if re.match(pattern, line.value))
        yield line.change([line.head + in_quotes(line.value)], f"{reason}; {quote(line.text)}")
    if line.above[3] and not (line.hyphens or line.key) and ": " in line.text:
        start = line.before[: -len(line.above[3])]
        new = start + in_quotes(f"{line.above[3]} {line.text.strip()}")
        advice = f"{colon}; put the text, from its first line on, in straight quotes"
        yield line.change([new], advice, start=-1)


def _stray(line: _Line) -> Iterator[_Mend]:
    advice = "this line is neither “word: text” nor an item of a list; "
    if re.match(r"\s*[\w\"'“]", line.text):
        advice += "join it to the line above if it is part of that text, or "
    if line.hyphens:
        advice = "this item belongs to no list, or is not like the others in it; move it below the"
        advice += " items of its list, or "
    elif line.key:
        advice = "items (“- …”) and “word: text” are mixed here; write all of them alike, or "
    note = "delete it, or begin it with “# ” to make it a private note"
    yield line.change([f"# {line.text}"], advice + note)


_IN_STRUCTURE = (*_SLIPS, _split, _hyphen, _indent, _indent_several, _list, *_BRACKETS, _missing)
_ALL = (*_IN_STRUCTURE, _FIRST_WORD, _go_on, _quotes, _stray)
