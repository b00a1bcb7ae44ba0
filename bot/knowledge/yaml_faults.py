"""What editors commonly get wrong in YAML: each fault with its line, and how to mend it."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import yaml

Fault = tuple[int, str]  # a line counted from 1, and what to do about it


class Rule(NamedTuple):
    """A pattern that ends in the line at fault, and advice, which may contain the last group."""

    pattern: re.Pattern[str]
    advice: str

    def find(self, text: str) -> Iterator[Fault]:
        """Every place where a text breaks the rule."""
        for found in self.pattern.finditer(text):
            yield text.count("\n", 0, found.end()) + 1, self.explain(found)

    def explain(self, found: re.Match[str]) -> str:
        """The advice on what was found."""
        written = found[found.lastindex or 0]
        return self.advice.format(written, name=describe_character(written[0]) if written else "")


def _rule(pattern: str, advice: str) -> Rule:
    return Rule(re.compile(pattern, re.MULTILINE), advice)


TODO = "TODO"
_QUOTE = "put the whole text in straight quotes"
_KEY = r"[\w-]+:(?: +|$)"
_VALUE = rf"^ *+(?:- +|{_KEY})*+"  # what stands in front of a value
CONFLICT = _rule(
    r"^(?:<{7}|>{7}|\|{7}) |^={7}$",
    "git left this line where two edits collided; keep one of the two versions, and delete the"
    " lines that begin with <<<<<<<, ======= and >>>>>>>",
)
INVISIBLE = Rule(
    yaml.reader.Reader.NON_PRINTABLE, "contains an invisible character ({name}); delete it"
)
UNFINISHED = _rule(
    rf"{_VALUE}['\"]?({TODO}\b.*?)['\"]?$",
    "this has not been filled in yet; replace “{0}” with the right words",
)
_UNCLOSED = _rule(
    rf"{_VALUE}(?:[\[{{] ?|{_KEY})*(['\"])(?:\\.|\1\1|(?!\1).)*+$"
    rf"(?=\s*\Z|\n *(?:- |[a-z_-]+:(?: |$)))",
    "a text in quotes begins here, but its closing {0} is missing; add it, or take away the one in"
    " front",
)
DAMAGE = (CONFLICT, INVISIBLE, _UNCLOSED)  # after which nothing else can be said of a file
# YAML would report these in the wrong words or place, or not at all.
_RULES = (
    _rule(r"^ *\t\s*(?=\S)", "this line begins with a tab; use spaces instead, two for each level"),
    _rule(
        r"^ *+(?:-|(?:- )?[\w-]+:)? *+([^\S \t\n]|\ufeff)(?=.*\S)",
        "there is a {name} instead of a plain space, perhaps copied from a word processor; delete"
        " it and type a space",
    ),
    _rule(
        r"^ *([•‣▪◦●·–—*]) ",
        "“{0}” does not begin an item of a list; write a hyphen and a space: “- ”",
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
        rf"^( *)- (?![-'\"\[{{|>]|{_KEY}).*\n\1 +(?=- )",
        "this item has another indentation than the one before; begin it exactly below the “-”"
        " above",
    ),
    _rule(
        rf"{_VALUE}(?<=[-:] )(?:[\[{{](?:[^'\"\]\n]*, *)?)?([!&*@`%])(?=\S)",
        f"a text may not begin with “{{0}}”, which has another meaning in YAML; {_QUOTE}",
    ),
    _rule(
        rf"{_VALUE}(?![\s'\"\[{{|>#])(?:(?:(?! #).)* (?=(#\S.*))|\S+ (?:(?! #).)*\S (?=(# .*)))",
        f"the text is cut off before “{{0}}”, because “#” begins a comment; {_QUOTE} (a comment"
        " needs two spaces before its “#” and one after)",
    ),
    _rule(
        r"^ *(?:- )?(?!passage|nearest)[\w-]+: +([“„‘«]).*[”“’»]$",
        f"curly quotes like {{0}} are no quotes in YAML; {_QUOTE}",
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
    _rule(rf"{_VALUE}[“„‘«]", f"curly quotes are no quotes in YAML; {_QUOTE}"),
    _rule(r".*: .*: ", f"a colon with a space after it may not stand inside a text; {_QUOTE}"),
    _rule(
        r".*?(?:- |: )(?:(['\"]).*\1|\[.*\]|\{.*\})\s*[^\s#,\]}]",
        f"the text goes on after a closing quote or bracket; {_QUOTE}",
    ),
)
# What may be missing in a line that is neither `key: value` nor `- item`.
_INCOMPLETE = (
    _rule(r" *(?:- )?([\w-]+:\S)", "a space is missing after the colon, in “{0}…”"),
    _rule(r" *(?:- )?(?!.*:(?: |$))([a-z_-]+)", "a colon is missing after “{0}”; write “{0}:”"),
)


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
    if context in {"while parsing a flow sequence", "while parsing a flow mapping"}:
        advice = (
            f"close it or add the missing comma, or if the bracket belongs to the text, {_QUOTE}"
        )
        return begin, f"a list in [ ] or a group in {{ }} is not closed; {advice}"
    if problem == "but found another document":
        return end, "“---” would begin a second document; delete this line"
    is_text = (line.strip() and not line.lstrip().startswith("#") for line in lines)
    before = max((n for n, is_one in enumerate(is_text) if is_one and n < end), default=end)
    suspects = [(end, rule) for rule in _BROKEN]
    if problem == "could not find expected ':'":
        suspects = [(begin, rule) for rule in _INCOMPLETE]
    elif problem.startswith("mapping values are not allowed"):
        suspects += [(before, rule) for rule in _INCOMPLETE]
    for line, rule in suspects:
        if found := rule.pattern.match(lines[line]):
            return line, rule.explain(found)
    here, there = (len(lines[n]) - len(lines[n].lstrip(" ")) for n in (end, before))
    if here != there:
        return end, (
            f"this line is indented by {here} spaces and the one before by {there}, and so they do"
            " not fit together; keys of one entry begin exactly below one another, two spaces to"
            " the right of its “-”"
        )
    return end or None, f"is not valid YAML ({problem}); check this line and the one before"


def describe_character(character: str) -> str:
    """A character with its name, such as 'é' (LATIN SMALL LETTER E WITH ACUTE)."""
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    return f"'{character}' ({name})" if character.isprintable() else name


def describe_lookalikes(word: str) -> str:
    """The letters in a word that only look like Latin ones or spaces; "" if there are none."""
    has_latin = re.search("[A-Za-z]", word)
    strange = [
        describe_character(character)
        for character in dict.fromkeys(word)
        if not character.isascii()
        and (
            unicodedata.category(character) in {"Cf", "Zs"}
            or (
                has_latin and character.isalpha() and "LATIN" not in unicodedata.name(character, "")
            )
        )
    ]
    named = " and ".join(strange)
    return f"contains {named}, which may look like another; type it again" if named else ""
