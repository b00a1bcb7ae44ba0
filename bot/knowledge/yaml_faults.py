"""What editors commonly get wrong in YAML: each fault with its line, and how to mend it."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import yaml

Fault = tuple[int, str]  # a line counted from 1, and what to do about it

_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7}) |={7}$")
_INDENT = re.compile(r"[^\S\n]*")
_BULLET = re.compile(r"\s*([•‣▪◦●·–—*])\s")
_AFTER_MARK = re.compile(r"(?:\s*-|\s*(?:- )?[\w-]+:)([^\S \t\n]|\ufeff)")  # not a plain space
_KEY_OR_ITEM = re.compile(r"\s*(?:- )?[a-z][a-z-]*:(?:\s|$)|\s*- ")
# Text after a closing quotation mark or bracket.
_CONTINUED = re.compile(r"(?:- |: )(?:(['\"]).*\1|\[.*\]|\{.*\})\s*[^\s#,\]}]")
_CUT = re.compile(r"( +)(#\S*)(.*)")
_CURLY = {"“": "”", "„": "“", "”": "”", "‘": "’", "«": "»"}
_QUOTE = "put the whole text in straight quotes"
_HYPHEN = "the hyphen is missing; begin each item of a list with “- ”"
_BRACKET = f"close it or add the missing comma, or if the bracket belongs to the text, {_QUOTE}"
_SPECIAL = {
    yaml.TagToken: "“!” at the start of a value means something else in YAML",
    yaml.AnchorToken: "“&” at the start of a value (a YAML anchor) is not supported",
    yaml.AliasToken: "“*” at the start of a value (a YAML alias) is not supported",
}


def describe_character(character: str) -> str:
    """A character with its name, such as 'é' (LATIN SMALL LETTER E WITH ACUTE)."""
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    return f"'{character}' ({name})" if character.isprintable() else name


def find_conflict(text: str) -> Fault | None:
    """The first mark that git left where two edits collided."""
    for number, line in enumerate(text.splitlines(), 1):
        if _CONFLICT.match(line):
            return number, (
                "git left this line where two edits collided; keep one of the two versions, and"
                " delete the lines that begin with <<<<<<<, ======= and >>>>>>>"
            )
    return None


def find_invisible(text: str) -> Fault | None:
    """The first character that no file should have."""
    if found := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line = text[: found.start()].count("\n") + 1
        return line, f"contains an invisible character (#x{ord(found[0]):04x}); delete it"
    return None


def find_faults(text: str) -> list[Fault]:
    """The faults that YAML would report in the wrong words or place, or not at all."""
    if damage := find_conflict(text) or find_invisible(text):
        return [damage]
    lines, tokens = text.splitlines(), _tokens(text)
    for token in tokens:
        if _swallows(token, lines):
            return [(token.start_mark.line + 1, _unclosed(lines[token.start_mark.line]))]
    quoted = {
        number
        for token in tokens
        if isinstance(token, yaml.ScalarToken) and token.style
        # Behind a text in several lines, the parser stops at the start of the next.
        for number in range(
            token.start_mark.line + 1, token.end_mark.line + bool(token.end_mark.column)
        )
    }
    faults = [
        (number, fault)
        for number, line in enumerate(lines, 1)
        if number - 1 not in quoted and (fault := _fault_in_line(line))
    ]
    found = {number for number, _ in faults}
    depth = 0  # of brackets, in which items need no lines of their own
    for token in tokens:
        depth += isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken)
        depth -= isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken)
        new = _faults_at(token, lines, in_brackets=depth > 0)
        faults += [fault for fault in new if fault[0] not in found]
    return sorted(faults)


def _tokens(text: str) -> list[yaml.Token]:
    """The tokens of a text, as far as YAML understands it."""
    tokens: list[yaml.Token] = []
    try:
        tokens.extend(yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError:
        return tokens
    return tokens


def _swallows(token: yaml.Token, lines: Sequence[str]) -> bool:
    """Whether it is a text in quotes that goes on over keys or items: its end was forgotten."""
    if not isinstance(token, yaml.ScalarToken) or token.style not in {"'", '"'}:
        return False
    return any(map(_KEY_OR_ITEM.match, lines[token.start_mark.line + 1 : token.end_mark.line + 1]))


def _unclosed(line: str) -> str:
    found = re.search(r"(?:- |: |[\[{,] ?)(['\"])", line)
    mark = found[1] if found else "quotation mark"
    return (
        f"a text in quotes begins here, but its closing {mark} is missing; add it, or take away the"
        " one in front"
    )


def _fault_in_line(line: str) -> str | None:
    indent = _INDENT.match(line)
    if not line.strip() or line.lstrip().startswith("#") or not indent:
        return None
    if "\t" in indent[0]:
        return "this line begins with a tab; use spaces instead, two for each level"
    if strange := indent[0].strip(" ") or ((mark := _AFTER_MARK.match(line)) and mark[1]):
        name = describe_character(strange[0])
        return (
            f"there is a {name} instead of a plain space, perhaps copied from a word processor;"
            " delete it and type a space"
        )
    if bullet := _BULLET.match(line):
        return f"“{bullet[1]}” does not begin an item of a list; write a hyphen and a space: “- ”"
    return None


def _faults_at(token: yaml.Token, lines: Sequence[str], *, in_brackets: bool) -> Iterator[Fault]:
    line = token.start_mark.line + 1
    for kind, reason in _SPECIAL.items():
        if isinstance(token, kind):
            advice = f"if it belongs to the text, {_QUOTE}, or else write the value out without it"
            yield line, f"{reason}; {advice}"
    if not isinstance(token, yaml.ScalarToken) or not token.plain:
        return
    continued = range(line, token.end_mark.line + 1)
    swallowed = next((n for n in continued if lines[n].lstrip().startswith("- ")), None)
    if swallowed and not in_brackets:
        if lines[line - 1].lstrip().startswith("- "):
            advice = "begin it exactly below the “-” above"
            yield swallowed + 1, f"this item has another indentation than the one before; {advice}"
        elif lines[swallowed].index("-") == token.start_mark.column:
            yield line, _incomplete(["", *lines], line, _HYPHEN)
    last = token.end_mark.line
    cut = _CUT.match(lines[last], token.end_mark.column)
    if cut and (cut[2] != "#" or (" " in token.value and len(cut[1]) == 1)):
        reason = f"the text is cut off before “{cut[2]}{cut[3]}”, because “#” begins a comment"
        advice = f"{_QUOTE} (a comment needs two spaces before its “#” and one after)"
        yield last + 1, f"{reason}; {advice}"
    first, quotable = token.value[:1], re.match(r"\s*(?:- |passage:|nearest:)", lines[line - 1])
    if first in _CURLY and token.value.endswith(_CURLY[first]) and not quotable:
        yield line, f"curly quotes like {first} are no quotes in YAML; {_QUOTE}"


def explain(text: str, error: Exception) -> tuple[int | None, str]:
    """The line of an error of the YAML parser, and what to do about it."""
    lines = ["", *text.splitlines(), ""]  # the parser may stop behind the last
    begin, end = (
        mark.line + 1 if (mark := getattr(error, name, None)) else 0
        for name in ("context_mark", "problem_mark")
    )
    match getattr(error, "context", None) or "", getattr(error, "problem", None) or "":
        case "while scanning a quoted scalar", _:
            line, message = begin, _unclosed(lines[begin])
        case "while parsing a flow sequence" | "while parsing a flow mapping", _:
            line, message = begin, f"a list in [ ] or a group in {{ }} is not closed; {_BRACKET}"
        case "while scanning an alias" | "while scanning an anchor" | "while scanning a tag", _:
            line, message = end, f"a text may not begin with “*”, “&” or “!”; {_QUOTE}"
        case _, "could not find expected ':'":
            line, message = begin, _incomplete(lines, begin)
        case _, "mapping values are not allowed in this context":
            line, message = _misplaced_colon(lines, end)
        case _, "found character that cannot start any token":
            line, message = end, f"a text may not begin with “@”, “`” or “%”; {_QUOTE}"
        case _, "but found another document":
            line, message = end, "“---” would begin a second document; delete this line"
        case _ if _CONTINUED.search(lines[end]):
            line, message = end, f"the text goes on after a closing quote or bracket; {_QUOTE}"
        case _, problem:
            unknown = f"is not valid YAML ({problem or error}); check this line and the one before"
            line, message = end, _misaligned(lines, end) or unknown
    return line or None, message


def _incomplete(lines: Sequence[str], at: int, otherwise: str = "") -> str:
    """What is missing in a line that is neither `key: value` nor `- item`."""
    line, before = lines[at].strip(), _line_before(lines, at)[1]
    if re.match(r"-\S", line):
        return "a space is missing after the hyphen; write “- ” in front of the item"
    if re.match(r"[\w-]+:\S", line):
        return f"a space is missing after the colon; write “{line.replace(':', ': ', 1)}”"
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip(" "))]
    if before.startswith(f"{indent}- "):
        return _HYPHEN
    if otherwise:
        return otherwise
    key = line.removeprefix("- ").split(maxsplit=1)[0]
    return f"a colon is missing after “{key}”; write “{key}:”"


def _misplaced_colon(lines: Sequence[str], at: int) -> Fault:
    """A colon within a text, a wrong indentation, or a missing colon in the line before."""
    if re.match(r"\s*(?:- )?(?:[\w-]+:\s+)?[“„‘«]", lines[at]):
        return at, f"curly quotes are no quotes in YAML; {_QUOTE}"
    if len(re.findall(r":\s", lines[at])) > 1:
        return at, f"a colon with a space after it may not stand inside a text; {_QUOTE}"
    number, before = _line_before(lines, at)
    if not re.search(r":(?:\s|$)", before) or re.match(r"\s*-\S", before):
        return number, _incomplete(lines, number)
    return at, _misaligned(lines, at) or f"there is a colon too many in this line; {_QUOTE}"


def _misaligned(lines: Sequence[str], at: int) -> str | None:
    """That a line does not fit below the one before; None if it is indented alike."""
    if re.match(r"\s*-\S", lines[at]):
        return _incomplete(lines, at)
    before = _line_before(lines, at)[1]
    here, there = (len(line) - len(line.lstrip(" ")) for line in (lines[at], before))
    if here == there:
        return None
    return (
        f"this line is indented by {here} spaces and the one before by {there}, and so they do not"
        " fit together; keys of one entry begin exactly below one another, two spaces to the right"
        " of its “-”"
    )


def _line_before(lines: Sequence[str], at: int) -> Fault:
    """The nearest line before that is neither empty nor a comment, with its number."""
    for number in range(at - 1, 0, -1):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number, lines[number]
    return at, lines[at]


def lookalikes(word: str) -> list[str]:
    """The letters in a word that only look like Latin ones, and invisible characters."""
    has_latin = re.search("[A-Za-z]", word)
    strange = (character for character in dict.fromkeys(word) if not character.isascii())
    return [
        character
        for character in strange
        if unicodedata.category(character) in {"Cf", "Zs"}
        or (has_latin and character.isalpha() and "LATIN" not in unicodedata.name(character, ""))
    ]
