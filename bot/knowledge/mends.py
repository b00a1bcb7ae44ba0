"""Finds the change to a line or two that puts a broken YAML file right, and proves that it does.

The parser's own complaint names the line at which it gave up, in its own words. What an editor
needs is the slip. So the usual slips are tried near that line; what leaves the least wrong counts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise, takewhile
from typing import NamedTuple

import yaml

from bot.knowledge.yaml_faults import HEADLESS, Fault, block, in_quotes, quote, spaces, which

# How much is wrong with a text, looked at closely if that is less than the best so far; if it
# cannot be read, the more, the earlier the parser gave up.
Cost = Callable[[str, float], float]
UNREADABLE = 1e6
_AHEAD = 3  # lines that a mend must get the parser further, if something else is wrong below
_NEAREST = 3  # lines with an unclosed quote
_REPLY = 3  # lines of a reply, with a sentence in each
_BACK = 4  # lines up to the one at which the parser gave up, one of which is probably at fault
_PARTS = re.compile(r"([\s\ufeff]*)((?:- +)*)((?:[\w-]+:(?= |$))?) *(.*)")
_PAIR = {"[": "]", "{": "}"}
# What may begin a new line.
_JOINED = re.compile(r"(?<=[^\s-])[ ,;]+((- +)?([\w-]+:)(?: |$)|(- +)(?=\[))")
_UNCLOSED = re.compile(r"(['\"])(?!.*\1$)|(?=[\[{])[^\"]*\"(?:[^\"]*\"[^\"]*\")*[^\"]*$")
_IS_KEY = re.compile(r"[a-z0-9]")  # how it begins; "Note:" is a part of a text

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
        self.required = required
        self.keys = {key.removesuffix(":") for key, _ in self._widths if key}.union(required)
        lists = (key.removesuffix(":") for _, _, key, value in self.parts if key and not value)
        self.list_keys = dict.fromkeys([*required, *lists])  # one of which may be missing

    def widths(self, key: str, hyphens: str) -> list[int]:
        """The spaces in front of lines that begin with a key, or any, the most frequent first."""
        found = [width for width, _ in self._widths[key, bool(hyphens)].most_common()]
        return found or [0] * (key.removesuffix(":") in self.required)


class _Line:
    """A line that may be at fault, with its spaces, hyphens, key and value."""

    def __init__(self, file: _File, at: int) -> None:
        self.file, self.at, self.text = file, at, file.lines[at]
        self.indent, self.hyphens, self.key, self.value = file.parts[at]
        self.width = len(self.indent)
        self.head = self.text[: len(self.text) - len(self.value)]  # what stands before the value
        self.before = file.lines[at - 1] if at else ""
        self.above = file.parts[at - 1] if at else ("",) * 4
        self.block = block(file.lines, at)
        self.where = which(at, len(self.block))

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
    file, end = _File(text, required), max(near)
    written = [n for n, line in enumerate(file.lines) if line.strip() and line.strip()[0] != "#"]
    before = [n for n in written if n < end]
    # A list that is none is noticed at its key, above the line at fault.
    back = 2 if is_readable else _BACK
    places = {n for line in near for n in [n for n in written if n <= line][-back - 1 :]}
    places.update(() if is_readable else [n for n in before if file.parts[n][2]][-_BACK:])
    # The first item of a section may lack its first line.
    begins = [n for above, n in pairwise(before) if file.lines[above][:-1] in required]
    # A quote without its partner swallows the lines below, up to the next quote.
    above_keys = [n for n, below in pairwise(written) if any(file.parts[below][1:3])]
    unclosed = [n for n in above_keys if _UNCLOSED.match(file.parts[n][3])][:_NEAREST]
    places |= {*written[:1], *begins[-1:], *unclosed}
    best: float = 1 if is_readable else UNREADABLE - end - _AHEAD
    chosen = None
    for kind in _ALL if not is_readable else _WITH_QUOTES if unclosed else _IN_STRUCTURE:
        for at in sorted(places, reverse=True):
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
        for found in every[:1]:
            yield (whole := line.mend(slip.sub(self.new, line.text), self.explain(found)))
            alike = [text for text in line.file.lines if slip.search(text)]
            if alike[0] == line.text and alike[1:] and self.slip.startswith("^"):
                lines = [slip.sub(self.new, text) for text in line.file.lines]
                yield lines, f"{whole[1]}; {len(alike) - 1} more like this below"

    def explain(self, found: re.Match[str]) -> str:
        """The advice on what was found."""
        return self.advice.format(*((part or "").strip() for part in (found[0], *found.groups())))


_NO_COLON = "a colon is missing after “{2}”"
_SLIPS = (
    _Rewrite(r"^( *(?:- +)?(KEYS))(?![\w:-])(?! +:)(?: *[;=：.,])? *", r"\1: ", _NO_COLON),
    _Rewrite(r"(?<![^\s{,-])([\w-]+:)(?=[^\s/])", r"\1 ", "a space is missing after “{1}”"),
    _Rewrite(r"([{,] *)([\w-]+)(?: *= *| +)(?=[^,:{}\[\]]+[,}]|\[)", r"\1\2: ", _NO_COLON),
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
    _Rewrite(r"^( *(?:- +)?)\*+(KEYS)(?::\*+|\*+:)", r"\1\2:", "write “{2}:” without asterisks"),
)
_BRACKETS = (
    _Rewrite(r"(?<=[:-] )[(\[](.*: .*)[)\]]$", r"{\1}", "“{{” and “}}” are missing around this"),
    _Rewrite(r"^( *)\{(.*)\}$", r"\1\2", "this line must stand without brackets"),
    _Rewrite(
        r"^( *- +(?![\w-]+: )|( *[\w-]+: +)(?=.*\]$))[(]?([^\[{}'\"]*?)[])]*$",
        lambda found: f"{found[1]}[{re.sub(r' *[;/=] *', ', ', found[3])}]",
        "“[” and “]” must stand around the items of this list",
    ),
    _Rewrite(r" *[,;](?: *[,;])* *|(?<=[^\s,:{]) +(?=[\w-]+: )", ", ", "write one comma here"),
    _Rewrite(
        r"(?<=[\[, ])(?:['\"][^,\]}]*|[^][{},: '\"][^][{},:'\"]*\")(?=[,\]}])",
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
    r"^( *(?:- +)?)([a-z0-9_-]+)(?: *[=;,]| [-–—]| [-=]>)?(?: +(?=\S)|$)", r"\1\2: ", _NO_COLON
)


def _bracket(line: _Line) -> Iterator[_Mend]:
    advice = "the brackets do not match: each “[” needs a “]”, and each “{” a “}”"
    if all(line.value.count(opening) == line.value.count(end) for opening, end in _PAIR.items()):
        return
    start = len(line.head)
    places = re.finditer(r"^|(?<=[\[{ ])|(?=[\[\]{},])|$", line.value)
    first = len(line.indent + line.hyphens)
    for at in dict.fromkeys([*(start + place.start() for place in places), first]):
        before, after = line.text[:at], line.text[at:]
        rests = (after, after[1:]) if after[:1] in "[]{}" else (after,)
        for new in (before + one + rest for rest in rests for one in ("", *"[]{}")):
            value = new[first if at == first else start :]
            if value[:1] in _PAIR and new[-1] in "]}" and _is_readable(value):
                yield line.mend(new, advice)


def _is_readable(text: str) -> bool:
    try:
        yaml.compose(text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    return True


def _split(line: _Line) -> Iterator[_Mend]:
    for found in _JOINED.finditer(line.text):
        hyphen, key = found[2] or "", found[3] or ""
        is_apart = line.text[found.start() - 1] in "]}" or line.text[found.end() :][:1] in _PAIR
        is_first = found.start() == len(line.head.rstrip())
        usual = [line.width] * is_apart + [line.width + 2] * (is_first and not line.hyphens)
        for width in dict.fromkeys([*line.file.widths(key, hyphen)[:2], *usual]):
            advice = f"begin a new line before “{found[1].strip()}”, with {spaces(width)} in front"
            if not (is_first or line.value[:1] in _PAIR or key[:-1] in line.file.keys):
                advice += f"; if it is part of a text, {quote(line.text)}"
            rest = " " * width + line.text[found.start(1) :]
            yield line.change([line.text[: found.start()], rest], advice)
    if line.key and line.value.startswith("- "):
        new = " " * (line.width + 2) + line.value
        advice = f"begin a new line before “{line.value}”, with {spaces(line.width + 2)} in front"
        yield line.change([line.head.rstrip(), new], advice)


def _hyphen(line: _Line) -> Iterator[_Mend]:
    text = line.text.strip()
    is_several = line.key or line.value[:1] in _PAIR  # of several words or lines
    usual = [*line.file.widths(line.key, "-"), line.width - 2, line.width - 1] * bool(is_several)
    for width in (line.width, *usual) if not line.hyphens else ():
        advice = "the hyphen is missing; begin each item of a list with “- ”, with"
        yield line.mend(f"{' ' * width}- {text}", f"{advice} {spaces(max(0, width))} in front")
    for width in (line.width, line.width + 2) if line.hyphens and line.key else ():
        advice = f"delete the hyphen in front of this line, and begin it with {spaces(width)}"
        yield line.mend(" " * width + text.removeprefix("-").strip(), advice)


def _indent(line: _Line) -> Iterator[_Mend]:
    parts, widths = line.file.parts, line.file.widths(line.key, line.hyphens)
    if not line.key or [part[2] for part in parts].count(line.key) == 1:
        widths += line.file.widths("", line.hyphens)
    elif not line.hyphens:
        keys = [(n, len(part[0])) for n, part in enumerate(parts) if part[2] and not part[1]]
        widths += [width for n, width in keys if n < line.at][-1:]
        widths += [width for n, width in keys if n > line.at][:1]
    widths.sort(key=lambda width: abs(width - line.width))
    start = "a tab or the like" if line.indent.strip(" ") else spaces(line.width)
    widths = [width for width in dict.fromkeys(widths) if " " * width != line.indent]
    for width in widths if line.hyphens or line.key else ():
        advice = f"this line begins with {start}; it must begin with {spaces(width)}"
        yield line.change([" " * width + line.text.strip()], advice)
        if (count := len(line.block)) > 1:
            new = [" " * width + other[line.width :] for other in line.block]
            change = (
                f"{'delete' if width < line.width else 'type'} {spaces(abs(width - line.width))}"
            )
            advice = f"{line.where} do not begin where they should; {change} in front of each"
            yield line.change(new, advice, end=count)


def _go_on(line: _Line) -> Iterator[_Mend]:
    parts, at = line.file.parts, line.at
    below = [*takewhile(lambda each: not (each[1] or _IS_KEY.match(each[2])), parts[at:])]
    while below and not any(below[-1]):
        below.pop()  # an empty line
    if not below or not re.search(r"\w", line.text):
        return
    top = next((n for n in reversed(range(at)) if any(parts[n])), 0)
    indent, hyphens, key, value = parts[top]
    width, count = len(indent) + 2 * bool(key), len(below)
    texts = [text.strip() for text in line.file.lines[at : at + count]]
    new = [" " * width + text if text else "" for text in texts]
    lines, where = which(at, count), f"with {spaces(width)} in front"
    long = "; but if it is long, shorten it first: a reply has one to three sentences"
    advice = f"{lines} must begin with {spaces(width)}, as part of the text above"
    yield line.change(new, advice + long * (count > _REPLY), end=count)
    if not value or (hyphens and not key):
        items = [f"{' ' * width}- {text}" for text in texts if text]
        advice = f"{lines} are items of a list; begin each with “- ”, {where}"
        if value:
            what = "items of the list, begin each" if count > 1 else "an item of the list, begin it"
            advice = f"if {lines} should be {what} with “- ”, {where}; if not, join to the line"
            advice += " above what is part of its text"
        yield line.change(items, advice, end=count)
    elif key and value[1:] and value[0] not in ">|":
        advice = f"the text goes on in the next lines; write “{key} >-”, and put the whole text in"
        advice += f" the lines below, each {where}{long * (count > _REPLY)}"
        new = [f"{indent}{hyphens}{key} >-", " " * width + value, *[""] * (at - top - 1), *new]
        yield line.change(new, advice, start=top - at, end=count)


def _move(line: _Line) -> Iterator[_Mend]:
    lines, at = line.file.lines, line.at
    rest = [*lines[:at], *lines[at + len(line.block) :]]
    for key in line.file.required if line.hyphens else ():
        if (place := f"{key}:") in rest:
            below = rest.index(place) + 1
            advice = f"{line.where} must stand right below the line “{place}”; move them there"
            yield [*rest[:below], *line.block, *rest[below:]], advice


def _missing(line: _Line) -> Iterator[_Mend]:
    keys = [
        f"{' ' * width}{key}:"
        for key in line.file.list_keys
        for width in (line.file.widths(f"{key}:", "") or [0])[:1]
    ]
    # At the margin, a key may stand only once.
    keys = [key for key in keys if key[0] == " " or key not in line.file.lines]
    first = [f"{p[0]}- {p[2]} {p[3]}" for p in line.file.parts if p[1] and p[2] and p[3]][:1]
    texts = [
        f"{indent}{key} >-"
        for indent, mark, key, _ in line.file.parts
        if key and not mark and len(indent) == line.width - 2 and not (line.key or line.hyphens)
    ]
    for new in [*keys, *first, *dict.fromkeys(texts)]:
        width = spaces(len(new) - len(new.lstrip()))
        what = re.sub(r"(- .*?:).*", r"\1 …", new.strip())
        advice = f"the line “{what}” is missing above this one; add it, with {width} in front"
        yield line.change([new], advice, end=0)


def _list(line: _Line) -> Iterator[_Mend]:
    below = "".join(line.file.lines[line.at + 1 : line.at + 2])
    found = re.match(f"{line.indent}( *)- ", below) if line.key and line.value else None
    if found and found[1] and line.value.endswith("}"):
        rest = [*takewhile(lambda parts: parts[2] != "id:", line.file.parts[line.at + 1 :])]
        yield line.change([line.text], HEADLESS.format("below this line"), end=1 + len(rest))
    elif found:
        advice = f"a list begins below this line; delete what stands behind “{line.key}”"
        yield line.change([line.head.rstrip()], advice)
    is_below = line.width >= len(line.above[0]) and line.before.endswith("]")
    if line.hyphens and line.above[2] and is_below:
        new = f"{line.before[:-1]}, {line.text.strip().removeprefix('- ')}]"
        advice = "the list above is complete; delete this line, and put its item into the brackets"
        yield line.change([new], f"{advice} above: {new.strip()}", start=-1)


def _quotes(line: _Line) -> Iterator[_Mend]:
    if re.fullmatch(r"[-–>|\"'“]", line.value):
        yield line.mend(f"{line.head}>-", "a text that begins in the next line needs “>-” here")
    elif line.value:
        first = line.value[0]
        reasons = {
            r"[\[{>|,\]}%@`]": f"a text may not begin with “{first}”",
            r"(['\"])(?!.*\1)": f"a text in quotes begins here, but its closing {first} is missing",
            r"(['\"]).*\1.": "the text goes on after a closing quote or bracket",
            r".*\\": "a “\\” has a meaning of its own in double quotes",
            r".*: ": "a colon with a space after it may not stand inside a text",
            "": "the text must be in quotes here",
        }
        reason = next(why for pattern, why in reasons.items() if re.match(pattern, line.value))
        yield line.change([line.head + in_quotes(line.value)], f"{reason}; {quote(line.text)}")


def _stray(line: _Line) -> Iterator[_Mend]:
    what = "this line is neither “word: text” nor an item of a list"
    mend = "join it to the line above if it is part of that text, or "
    if line.hyphens:
        what = "this item{} belongs to no list, or is not like the others in it"
        mend = "move it below the items of its list, or "
    elif line.key:
        what, mend = "items (“- …”) and “word: text” are mixed here", "write all of them alike, or "
    elif not re.match(r"\s*[\w\"'“]", line.text):
        mend = ""
    advice = f"{what}; {mend}delete it, or begin it with “# ” to make it a private note"
    for lines in ([line.text], line.block) if line.hyphens else ([line.text],):
        where = f" ({line.where})" if lines[1:] else ""
        yield line.change([f"# {text}" for text in lines], advice.format(where), end=len(lines))


_WITHIN_LINES = (*_SLIPS, _bracket, _split, _hyphen, _indent, *_BRACKETS)
_IN_STRUCTURE = (*_WITHIN_LINES, _list, _missing, _move)
_WITH_QUOTES = (*_IN_STRUCTURE, _quotes)
_ALL = (*_IN_STRUCTURE, _FIRST_WORD, _go_on, _quotes, _stray)
