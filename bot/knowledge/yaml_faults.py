"""What editors commonly get wrong in YAML: each fault with its line, and how to mend it."""

import re
import textwrap
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
        start, end = len(_HEAD.findall(line)[0]), len(line)
        if last and line.startswith(("[", "{"), start):  # one text of several
            start, end = at, at + len(re.split(r"[,\]}]", line[at:])[0])
        around = line[max(0, at - 20) : at + 20].strip(" ")
        return self.advice.format(
            found[last],
            visible="".join(c if c.isprintable() else "□" for c in around),
            spaces=_indentation(text.split("\n"), text.count("\n", 0, begin)),
            quoted=f"{line[:start]}{in_quotes(line[start:end])}{line[end:]}".strip(),
        )


def _rule(pattern: str, advice: str) -> Rule:
    return Rule(re.compile(pattern, re.MULTILINE), advice)


TODO = "TODO"
_QUOTE = "put the whole text in straight quotes: {quoted}"
_INDENT = "delete all blank space at its beginning and type {spaces} spaces"
_KEY = r"[\w-]+:(?: +|$)"
_START = re.compile(r"^([\s\ufeff]*)((?:- +)?(?:[\w-]+:(?=\s|$))?)")
_HEAD = re.compile(r"^ *(?:- +)?(?:[a-z_-]+: *)?")
_AROUND = re.compile(r"^[“„‘«](.*)[”“’»]$|^(['\"])(?!.*\2)")  # curly or unclosed quotes
_VALUE = rf"^ *+(?:- +|{_KEY})*+"  # what stands in front of a value
CONFLICT = _rule(
    r"^(?:<{7}|>{7}|\|{7}) |^={7}$",
    "this line was put there when two people's changes met; keep the right lines, and delete those"
    " that begin with <<<<<<<, ======= and >>>>>>>",
)
INVISIBLE = Rule(
    yaml.reader.Reader.NON_PRINTABLE,
    "contains an invisible character (□): “{visible}”; delete the whole word and type it again",
)
UNFINISHED = _rule(
    rf"{_VALUE}['\"]?({TODO}\b.*?)['\"]?$",
    "this has not been filled in yet; replace “{0}” with the right words",
)
_UNCLOSED = _rule(
    rf"{_VALUE}(?:[\[{{] ?|{_KEY})*(['\"])(?:\\.|\1\1|(?!\1).)*+$"
    rf"(?=\s*\Z|\n *(?:- |[a-z_-]+:(?: |$)))",
    "a text in quotes begins here, but its closing {0} is missing; write: {quoted}",
)
DAMAGE = (CONFLICT, INVISIBLE, _UNCLOSED)  # after which nothing else can be said of a file
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
        r"^ *([•‣▪◦●·–—*]) ",
        "“{0}” does not begin an item of a list; write a hyphen and a space: “- ”",
    ),
    _rule(
        r"\A(?: *(?:#.*)?\n)*+ +(?=\S)",
        "the first line must begin at the margin; write the line that is missing above it, such as"
        " “topics:”, or delete the spaces in front of it",
    ),
    _rule(
        r"^( *)[\w-]+: +[^\s|>#&].*\n(?: *(?:#.*)?\n)*\1 *- ",
        "this item belongs to no list, since nothing is missing in the line above; delete it, or"
        " move it into a list, or write the line that should be above it, such as “entries:”",
    ),
    _rule(
        rf"^( *)- [\w-]+: +[^\s|>#&].*\n\1 +- {_KEY}",
        "delete the hyphen in front of this line, since it belongs to the item above",
    ),
    _rule(
        rf"^( *)[\w-]+: [|>][-+]?\n\1(?=[^\s#])(?!{_KEY})",
        "a text below “>-” must begin with two more spaces than the line above",
    ),
    _rule(
        rf"^( *)- (?![-'\"\[{{|>]|{_KEY})(?=.*\n\1 +- {_KEY})",
        "this item is not like those around it; delete it, or move it into its list",
    ),
    _rule(
        r"^ *-(?=[^\s\d-])", "a space is missing after the hyphen; write “- ” in front of the item"
    ),
    _rule(
        rf"^( *)- .*\n\1(?=[^\s#\]}}-])(?!{_KEY})|^( *)(?=[^\s#-])(?!.*:(?: |$))(?=.*\n\2- )",
        "the hyphen is missing; begin each item of a list with “- ”",
    ),
    _rule(r"^( *)([\w-]+)(?=\n\1 +- )", "a colon is missing after “{0}”; write “{0}:”"),
    _rule(
        rf"^( *)- (?![-'\"\[{{|>]|{_KEY}).*\n\1 +(?=- (?!{_KEY}))",
        f"the items of a list begin below one another; {_INDENT}",
    ),
    _rule(
        rf"{_VALUE}(?<=[-:] )(?:[\[{{](?:[^'\"\]\n]*, *)?)?([!&*@`%](?=\S)|\?(?= ))",
        f"a text may not begin with “{{0}}”; delete it, or {_QUOTE}",
    ),
    _rule(
        rf"{_VALUE}(?![\s'\"\[{{|>#])(?:(?:(?! #).)* (?=(#\S.*))|\S+ (?:(?! #).)*\S (?=(# .*)))",
        f"the text is cut off before “{{0}}”, which counts as a private note; {_QUOTE} (or put two"
        " spaces in front of a note's “#” and one after it)",
    ),
    _rule(
        r"^ *(?:- )?(?!passage|nearest)[\w-]+: +([“„‘«]).*[”“’»]$",
        f"curly quotes like {{0}} do not count as quotes here; {_QUOTE}",
    ),
)
# Texts in several lines, in which anything may stand: after | or >, or in quotes.
_TEXTS = re.compile(
    r"^( *)(?:- |[\w-]+: +)+[|>][-+\d]*$(?:\n(?:\1 .*| *$))*"
    r"|(?<=[-:] )(['\"])(?:\\.|\2\2|(?!\2)[^\\])*+\2",
    re.MULTILINE,
)
# What may be wrong in a line that YAML cannot read.
_BROKEN = (
    _rule(rf"{_VALUE}[“„‘«]", f"curly quotes do not count as quotes here; {_QUOTE}"),
    _rule(r".*,\s*,", "two commas follow each other; delete one of them"),
    _rule(r".*: .*: ", f"a colon with a space after it may not stand inside a text; {_QUOTE}"),
    _rule(
        r".*?(?:- |: )(?:(['\"]).*\1|\[.*\]|\{.*\})\s*[^\s#,\]}]",
        f"the text goes on after a closing quote or bracket; {_QUOTE}",
    ),
)
# What may be wrong with brackets, in a line in which they begin.
_BRACKETS = (
    _rule(r".*?\[(?=[\w'’-]+ [^,\]]*$)", f"delete the “[”, or {_QUOTE}"),
    _rule(
        r".*?(?:\[[^\[\]{]*\}|\{[^\[{}]*\])",
        "two brackets do not match; write “[” and “]” around items, and “{{” and “}}” around"
        " “word: text”",
    ),
    _rule(
        r".*?[\[{,] *[\w-]+: [^,\[\]{}'\"]*? ([\w-]+): ",
        "a comma is missing in front of “{0}: …”",
    ),
    _rule(r".*(\[[^\]]*|\{[^}]*)$", "“{0[0]}” is not closed; close it, perhaps at the line's end"),
)
_NO_SPACE = _rule(r" *(?:- )?([\w-]+:\S)", "a space is missing after the colon, in “{0}…”")
_ALONE = _rule(
    r"",
    "this line is neither “word: text” nor an item of a list; join it to the line above if it is"
    " part of that text, or delete it, or begin it with “# ” to make it a private note",
)
_KEYS = re.compile(r"^ *(?:- )?([\w-]+):(?: |$)", re.MULTILINE)


def find_faults(text: str) -> list[Fault]:
    """The first fault of each line that YAML would report in the wrong words, or not at all."""
    text = text.replace("\r\n", "\n")
    structure = _TEXTS.sub(
        lambda found: found[0].partition("\n")[0] + "\n" * found[0].count("\n"), text
    )
    faults: dict[int, str] = {}
    for rule in _RULES:
        for line, advice in rule.find(structure):
            faults.setdefault(line, advice)
    return sorted(faults.items())


def explain(text: str, error: Exception) -> tuple[int | None, str]:
    """The line of an error of the YAML parser, and what to do about it."""
    lines = ["", *text.splitlines(), ""]  # the parser may stop behind the last
    begin, end = (
        mark.line + 1 if (mark := getattr(error, name, None)) else 0
        for name in ("context_mark", "problem_mark")
    )
    context = getattr(error, "context", None) or ""
    problem = getattr(error, "problem", None) or str(error)
    if problem == "but found another document":
        return end, "“---” alone on a line does not belong here; delete this line"
    is_text = (line.strip() and not line.lstrip().startswith("#") for line in lines)
    before = max((n for n, is_one in enumerate(is_text) if is_one and n < end), default=end)
    keys = "|".join(set(_KEYS.findall(text)))
    no_colon = _rule(
        rf" *(?:- )?({keys})(?![\w-])(?!.*:(?: |$))", "a colon is missing after “{0}”; write “{0}:”"
    )
    two_keys = _rule(
        rf".*: .*\b({keys}): ",
        f"begin a new line before “{{0}}:”; if it is part of a text, {_QUOTE}",
    )
    second_line = _rule(
        rf" *+(?!- |(?:{keys}):).*: ",
        "a colon with a space after it may not stand inside a text; put the text, from its first"
        " line on, in straight quotes",
    )
    suspects = [(end, rule) for rule in (two_keys, *_BROKEN)]
    if context in {"while parsing a flow sequence", "while parsing a flow mapping"}:
        suspects = [(begin, rule) for rule in _BRACKETS]
    elif problem == "could not find expected ':'":
        suspects = [(begin, rule) for rule in (_NO_SPACE, no_colon, _ALONE)]
    elif problem.startswith("mapping values are not allowed"):
        suspects += [(before, _NO_SPACE), (before, no_colon), (end, second_line)]
    for line, rule in suspects:
        if found := rule.pattern.match(lines[line]):
            return line, rule.explain(found)
    here, there = len(lines[end]) - len(lines[end].lstrip(" ")), _indentation(lines, end)
    if here != there:
        return end, f"this line begins with {here} spaces; it must begin with {there}"
    if problem == "did not find expected '-' indicator":
        return end, "items (“- …”) and “word: text” are mixed here; write all of them alike"
    return end or None, f"cannot be read ({problem}); check this line and the one before"


def _indentation(lines: Sequence[str], number: int) -> int:
    """The spaces that a line probably needs: about as many as now, like others that begin so."""
    starts = [_START.findall(line)[0] for line in lines]
    space, begin = starts.pop(number)
    alike = [at for at, other in starts if other == begin]
    widths = map(len, alike or [at for at, other in starts[:number] if other])
    return min(widths, key=lambda width: abs(width - len(space)), default=len(space))


def in_quotes(text: str) -> str:
    """A text in straight quotes instead of curly or unclosed ones, shortened if it is long."""
    text = textwrap.shorten(_AROUND.sub(r"\1", text.strip()), 60, placeholder=" …")
    single = "'" + text.replace("'", "''") + "'"
    return single if '"' in text or "\\" in text else f'"{text}"'


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
