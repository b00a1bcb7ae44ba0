"""What editors commonly get wrong in YAML: each fault with its line, and how to mend it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import yaml

Fault = tuple[int, str]  # a line counted from 1, and what to do about it


class Rule(NamedTuple):
    """A pattern that ends in the line at fault, and advice, which may contain parts of the line."""

    pattern: re.Pattern[str]
    advice: str

    def find(self, text: str) -> Iterator[Fault]:
        """Every place where a text breaks the rule."""
        for found in self.pattern.finditer(text):
            yield text.count("\n", 0, found.end()) + 1, self.explain(found)

    def explain(self, found: re.Match[str]) -> str:
        """The advice on what was found; {0} in it is the last group."""
        text, last = found.string, found.lastindex or 0
        begin = text.rfind("\n", 0, found.end()) + 1
        line = text[begin:].partition("\n")[0]
        at = max(0, found.start(last) - begin)
        around = line[max(0, at - 20) : at + 20].strip(" ")
        return self.advice.format(
            found[last],
            visible="".join(c if c.isprintable() else "□" for c in around),
            spaces=spaces(_indentation(text.split("\n"), text.count("\n", 0, begin))),
            quoted=quote(line, at),
        )


def _rule(pattern: str, advice: str) -> Rule:
    return Rule(re.compile(pattern, re.MULTILINE), advice)


TODO = "TODO"
_INDENT = "delete all blank space at its beginning and type {spaces}"
_KEY = r"[\w-]+:(?: +|$)"
_START = re.compile(r"^([\s\ufeff]*)((?:- +)?(?:[\w-]+:(?=\s|$))?)")
_HEAD = re.compile(r"^ *(?:- +)?(?:[a-z_-]+: *)?")
_OPENING, _CLOSING = "“„‘«\"'", "”“’»\"'"
_MANY = 5  # lines with the same fault that are reported one by one
LONG = 120  # characters of a line that is too long to be shown in full
_VALUE = rf"^ *+(?:- +|{_KEY})*+"  # what stands in front of a value
CONFLICT = _rule(
    r"^(?:<{7}|>{7}|\|{7}) |^={7}$",
    "this line was put there when two people's changes met; keep the right lines, and delete those"
    " that begin with <<<<<<<, ======= and >>>>>>>",
)
_INVISIBLE = (
    "contains an invisible character (□): “{visible}”; delete the whole word and type it again"
)
INVISIBLE = Rule(yaml.reader.Reader.NON_PRINTABLE, _INVISIBLE)
UNFINISHED = _rule(
    rf"{_VALUE}['\"]?({TODO}\b.*?)['\"]?$",
    "this has not been filled in yet; replace “{0}” with the right words",
)
_UNCLOSED = _rule(
    rf"{_VALUE}(?:[\[{{] ?|{_KEY})*(['\"])(?:\\.|\1\1|(?!\1).)*+$"
    rf"(?=\s*\Z|\n *(?:- |[a-z_-]+:(?: |$)))",
    "a text in quotes begins here, but its closing {0} is missing; {quoted}",
)
_LINE_BREAK = _rule(r"[\x85\u2028\u2029]", _INVISIBLE)  # for YAML, but for no text editor
DAMAGE = (
    CONFLICT,
    INVISIBLE,
    _LINE_BREAK,
    _UNCLOSED,
)  # after which nothing else can be said of a file
# YAML would report these in the wrong words or place, or not at all.
_RULES = (
    _rule(
        r"^ *([^\S \n]|\ufeff)[^\S\n]*(?=\S)", f"this line begins with a tab or the like; {_INDENT}"
    ),
    _rule(
        r"^ *+(?:-|(?:- )?[\w-]+:) *+([^\S \t\n]|\ufeff)(?=.*\S)",
        "□ in “{visible}” stands for an invisible character; delete it and type a space",
    ),
    _rule(
        r"^( *)(?:(?=\d+[.)] .*\n\1(?:- |\d+[.)] ))(\d+[.)])|([•‣▪◦●·‐‑‒–—−*]|--)) ",
        "“{0}” does not begin an item of a list; write a hyphen and a space: “- ”",
    ),
    _rule(
        r"^ *[\w-]+: +[^\s'\"#|>].* [|>]-?$",
        "“>-” must stand right behind the colon, and the whole text in the lines below it",
    ),
    _rule(
        r"^ *-(?=[^\s\d-])", "a space is missing after the hyphen; write “- ” in front of the item"
    ),
    _rule(
        rf"{_VALUE}(?<=[-:] )(?:[\[{{](?:[^'\"\]\n]*, *)?)?([!&*@`%](?=\S)|\?(?= ))",
        "a text may not begin with “{0}”; delete it, or {quoted}",
    ),
    _rule(
        rf"{_VALUE}(?![\s'\"\[{{|>#])(?:(?:(?! #).)* (?=(#\S.*))|\S+ (?:(?! #).)*\S (?=(# .*)))",
        "the text is cut off before “{0}”, which counts as a private note; {quoted} (or put two"
        " spaces in front of a note's “#” and one after it)",
    ),
    _rule(
        r"^ *(?:- )?(?!passage|nearest)[\w-]+: +([“„‘«]).*[”“’»\"']$"
        r"|^ *(?:- |[\w-]+: )+\[(?:.*, *)?([“„‘«])[^,\]]*[”“’»\"'](?=[,\]])",
        "curly quotes like {0} do not count as quotes here; {quoted}",
    ),
    _rule(
        r"^ *(?:- )?(?!passage|nearest)[\w-]+: +(?![\s'\"\[{|>#])[^\"\n]*(\")$",
        "the text ends with a quote that begins nowhere; delete it, or put one at its beginning",
    ),
)
# Texts in several lines, in which anything may stand: after | or >, or in quotes.
_TEXTS = re.compile(
    r"^( *)(?:- |[\w-]+: +)+[|>][-+\d]*$(?:\n(?:\1 .*| *$))*"
    r"|(?<=[-:] )(['\"])(?:\\.|\2\2|(?!\2)[^\\])*+\2",
    re.MULTILINE,
)
# What YAML takes for more of the text above, although it is an item.
_MISPLACED = (
    _rule(
        r"^( *)[\w-]+: +[^\s|>#&].*\n(?: *(?:#.*)?\n)*\1 *- ",
        "this item belongs to no list, since nothing is missing in the line above; move it below"
        " the other items of its list, such as “passages:”, or delete it",
    ),
    _rule(
        rf"^( *)- (?![-'\"\[{{|>]|{_KEY}).*\n\1 +(?=- )",
        f"the items of a list begin below one another; {_INDENT}",
    ),
)


def find_faults(text: str) -> list[Fault]:
    """The first fault of each line that YAML would report in the wrong words, or not at all."""
    return _find(text, _RULES)


def find_misplaced(text: str) -> list[Fault]:
    """The lines that YAML adds to the text above, although they are items of a list."""
    return _find(text, _MISPLACED)


def _find(text: str, rules: Sequence[Rule]) -> list[Fault]:
    structure = _TEXTS.sub(
        lambda found: found[0].partition("\n")[0] + "\n" * found[0].count("\n"), text
    )
    faults: dict[int, str] = {}
    for rule in rules:
        found = [(line, advice) for line, advice in rule.find(structure) if line not in faults]
        if len(found) > _MANY:
            lines = ", ".join(str(line) for line, _ in found[1:_MANY])
            found = [
                (found[0][0], f"{found[0][1]}; {len(found) - 1} more lines are so: {lines}, …")
            ]
        faults.update(found)
    return sorted(faults.items())


def _indentation(lines: Sequence[str], number: int) -> int:
    """The spaces that a line probably needs: about as many as now, like others that begin so."""
    space, begin = _START.findall(lines[number])[0]
    above, around = 0, []
    for at, line in enumerate(lines):
        (blank, start), is_sound = (
            _START.findall(line)[0],
            not _START.findall(line)[0][0].strip(" "),
        )
        if start and is_sound and at < number:
            above = len(blank) + 2 * start.startswith("-")
        if start == begin and is_sound and at != number:
            around.append(len(blank))
    return min(around or [above], key=lambda width: abs(width - len(space)))


def in_quotes(text: str) -> str:
    """A text in straight quotes, instead of curly, unclosed or badly nested ones."""
    text = _unwrapped(text.strip())
    single = "'" + text.replace("'", "''") + "'"
    return single if '"' in text or "\\" in text else f'"{text}"'


def _unwrapped(text: str) -> str:
    """A text without the quotes around it, be they curly, unclosed, or around others."""
    first, inside, last = text[:1], text[1:-1], text[1:][-1:]
    if first not in _OPENING or not last:
        return text
    if first not in "\"'" or last in "”’»":
        return inside if last in _CLOSING else text
    if last != first:
        return text if first in inside else text[1:]
    at = inside.find(first)  # a quote that opens one, or an apostrophe, does not close the text
    is_inside = at < 0 or inside[at - 1 : at] in ("", " ") or inside[at + 1 : at + 2].isalnum()
    return inside if is_inside else text


def quote(line: str, at: int = 0) -> str:
    """Advice to put the text of a line in quotes, or that of several which begins `at` a place."""
    start, end = len(_HEAD.findall(line)[0]), len(line.rstrip())
    if at > start and line.startswith(("[", "{"), start):
        start, end = at, at + len(re.split(r"[,\]}]", line[at:])[0])
    elif end > LONG and start:
        width = len(line) - len(line.lstrip()) + 2
        return (
            f"write “{line[:start].strip()} >-” here, and the text, without quotes around it, on a"
            f" new line below it with {width} spaces in front"
        )
    quoted = f"{line[:start]}{in_quotes(line[start:end])}{line[end:]}".strip()
    return f"put the whole text in straight quotes: {quoted}"


def describe_character(character: str) -> str:
    """A character in plain words, such as 'é' (a Latin letter)."""
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    if character.isalpha():
        name = f"a {name.partition(' ')[0].capitalize()} letter"
    return f"'{character}' ({name})" if character.isprintable() else f"an invisible {name}"


def describe_lookalikes(word: str) -> str:
    """The letters in a word that only look like Latin ones or spaces; "" if there are none."""
    has_latin = re.search("[A-Za-z]", word)
    strange = " and ".join(
        described
        for character in dict.fromkeys(word)
        if not character.isascii()
        and (not character.isprintable() or (has_latin and character.isalpha()))
        and "Latin" not in (described := describe_character(character))
    )
    return f"contains {strange}; delete the whole word and type it again" if strange else ""


def spaces(count: int) -> str:
    """A number of spaces in words: "no spaces", "1 space", "4 spaces"."""
    return f"{count or 'no'} space{'s' * (count != 1)}"
