"""What editors write that YAML takes for something else, and how to write it instead."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

import yaml

Fault = tuple[int, str]  # a line counted from 1, and what to do about it


class Rule(NamedTuple):
    """A pattern that ends in the line at fault, and advice, which may contain parts of the line."""

    pattern: re.Pattern[str]
    advice: str

    def find(self, text: str) -> Iterator[Fault]:
        """Every place where a text breaks the rule; {0} in the advice is the last group."""
        for found in self.pattern.finditer(text):
            last, begin = found.lastindex or 0, text.rfind("\n", 0, found.end()) + 1
            line = text[begin:].partition("\n")[0]
            at = max(0, found.start(last) - begin)
            around = line[max(0, at - 20) : at + 20].strip(" ")
            visible = "".join(c if c.isprintable() else "□" for c in around)
            advice = self.advice.format(found[last], visible=visible, quoted=quote(line, at))
            yield text.count("\n", 0, begin) + 1, advice


def _rule(pattern: str, advice: str) -> Rule:
    return Rule(re.compile(pattern, re.MULTILINE), advice)


TODO = "TODO"
_KEY = r"[\w-]+:(?: +|$)"
_HEAD = re.compile(r"^ *(?:- +)?(?:[a-z_-]+: *)?")
CURLY = "“„‘«"  # quotes that open a text, but do not count
_OPENING, _CLOSING = f"{CURLY}\"'", "”“’»\"'"
_VALUE = rf"^ *+(?:- +|{_KEY})*+"  # what stands in front of a value
CONFLICT = _rule(
    r"^(?:<{7}|>{7}|\|{7}) |^={7}$",
    "this line was put there when two people's changes met; keep the right lines, and delete those"
    " that begin with <<<<<<<, |||||||, ======= and >>>>>>>",
)
# The last three are line breaks for YAML, but for no text editor.
INVISIBLE = _rule(
    rf"{yaml.reader.Reader.NON_PRINTABLE.pattern}|[\x85\u2028\u2029]",
    "contains an invisible character (□): “{visible}”; delete the whole word and type it again",
)
GARBLED = _rule(
    r"(\N{REPLACEMENT CHARACTER}|â€.?|Ã[\xa0-\xbf])",
    "“{0}” is what was left of another character when the file was saved; type that one in its"
    " place, and save the file as UTF-8",
)
UNFINISHED = _rule(
    rf"{_VALUE}['\"]?({TODO}\b.*?)['\"]?$",
    "this has not been filled in yet; replace “{0}” with the right words",
)
HIDDEN_PHRASING = _rule(
    r"^[^\S\n]*#+(?=\w)",
    "a line that begins with “#” is a note, which the bot does not learn; delete the “#” if people"
    " ask this, or write a space behind it",
)
NUMBERED_PHRASING = _rule(
    r"^[^\S\n]*(\d{1,3}[.)])[^\S\n]+(?=\S)",
    "“{0}” would count as part of the question; delete it: the lines of this file need no numbers",
)
LISTED_PHRASING = _rule(
    r"^[^\S\n]*(phrasings|question):",
    "“{0}:” would count as part of a question; delete it: this file has one phrasing on each line",
)
# Of an item whose first lines were deleted; {} says where it is.
HEADLESS = "the rest of another item begins {}; put its first lines back, or delete it, too"


def garbled_unless_in(article: str) -> Rule:
    """`GARBLED`, but for what the article has, too."""
    own = {found[:2] for found in GARBLED.pattern.findall(article)}
    pattern = rf"(?!{'|'.join(own)}){GARBLED.pattern.pattern}" if own else GARBLED.pattern.pattern
    return _rule(pattern, GARBLED.advice)


DAMAGE = (CONFLICT, INVISIBLE)  # after which nothing else can be said of a file
# YAML would not report these, or in the wrong words.
_RULES = (
    _rule(
        r"^ *(?:- )?[\w-]+: +(?:[^\s'\"#|>].* [|>]-?$|[|>][-+]? +[^\s#])",
        "“>-” must stand right behind the colon, and nothing behind it; write the whole text in the"
        " lines below, with two more spaces in front",
    ),
    _rule(
        rf"{_VALUE}\[(?:[^\]'\"\n]|\"[^\"\n]*\"|(?<=[\[, ])'(?:[^'\n]|'')*'|(?<=\w)')*?"
        r"(?:(?<=[\w'\"]) +(?=\")|(?<=\") +(?=\w))([\w\"][^,\]\n]*)",
        "a comma is missing before “{0}”",
    ),
    _rule(
        rf"{_VALUE}(?<=[-:] )(?:[\[{{](?:[^'\"\]\n]*, *)?)?([!&*@`%](?=\S))",
        "a text may not begin with “{0}”; {quoted}",
    ),
    _rule(
        rf"{_VALUE}(?<=[-:] )(?:[\[{{](?:[^'\"\]\n]*, *)?)?([?•‣▪◦●](?=\s))",
        "a text may not begin with “{0}”; delete it, or {quoted}",
    ),
    _rule(
        rf"{_VALUE}(?![\s'\"\[{{|>#])(?:(?:(?! #).)* (?=(#\S.*))|\S+ (?:(?! #).)*\S (?=(# .*)))"
        rf"|{_VALUE}(?<=- )(?=(#\S.*))",
        "the text is cut off before “{0}”, which counts as a private note; {quoted} (or put two"
        " spaces in front of a note's “#” and one after it)",
    ),
    _rule(
        r"^ *(?:- )?(?!passage|nearest|title)[\w-]+: +([“„‘«]).*[”“’»\"']$"
        r"|^ *(?:- |[\w-]+: )+\[(?:.*, *)?([“„‘«])[^,\]]*[”“’»\"'](?=[,\]])",
        "curly quotes like {0} do not count as quotes here; {quoted}",
    ),
)
# Texts in several lines, in which anything may stand: after | or >, or in quotes.
_TEXTS = re.compile(
    r"^( *)(?:- |[\w-]+: +)+[|>][-+\d]*$(?:\n(?:\1 .*| *$))*"
    # An unclosed quote swallows other lines; that is no text.
    r"|(?<=[-:] )(['\"])(?:\\.|\2\2|(?!\2|\n *(?:- |[a-z0-9_-]+:(?: |$)))[^\\])*+\2",
    re.MULTILINE,
)
# An item that YAML takes for more of the text above.
_MISPLACED = re.compile(
    rf"^( *)[\w-]+: +[^\s|>#&].*\n(?: *(?:#.*)?\n)*\1 *- "
    rf"|^( *)- (?![-'\"\[{{|>#]|{_KEY}).*\n(?: *\n)*\2 +[^\s#]",
    re.MULTILINE,
)


def find_faults(text: str) -> list[Fault]:
    """The first fault of each line that YAML would report in the wrong words, or not at all."""
    faults: dict[int, str] = {}
    for rule in reversed(_RULES):
        faults.update(rule.find(_structure(text)))
    return sorted(faults.items())


def find_misplaced(text: str) -> list[int]:
    """The lines that YAML adds to the text above, although they are items of a list."""
    structure = _structure(text)
    return [structure.count("\n", 0, m.end()) + 1 for m in _MISPLACED.finditer(structure)]


def _structure(text: str) -> str:
    """The text without what stands in the further lines of texts in several lines."""
    return _TEXTS.sub(lambda m: m[0].partition("\n")[0] + "\n" * m[0].count("\n"), text)


_EMPHASIS = re.compile(r"(\*+)(?=\S)([^*]+)(?<=\S)\1")  # readers would see the asterisks


def in_quotes(text: str) -> str:
    """A text in straight quotes, instead of curly, unclosed or badly nested ones."""
    text = _unwrapped(text.strip())
    single = "'" + text.replace("'", "''") + "'"
    return single if '"' in text or "\\" in text else f'"{text}"'


def _unwrapped(text: str) -> str:
    """A text without the quotes around it, be they curly, unclosed, or around others."""
    first, inside, last = text[:1], text[1:-1], text[1:][-1:]
    is_alone = last not in first + inside and first not in CURLY
    if is_alone and (last == '"' or first + last == "\"'"):
        return text[:-1]
    if first not in _OPENING or not last:
        return text
    if first == "'" and "''" in inside:
        return text[1:].replace("''", "'").removesuffix("'")  # as it was written in such quotes
    if last not in _CLOSING:
        within = re.sub(r"\b'\b", "", inside)  # without apostrophes
        return text if first in within or first not in "\"'" else text[1:]
    # A quote that opens one, or an apostrophe, does not close the text.
    return text if re.match(rf"[^{first}]*[^ {first}]{first}(?!\w)", inside) else inside


def quote(line: str, at: int = 0) -> str:
    """Advice to put the text of a line in quotes, or that of several which begins `at` a place."""
    start, end = len(_HEAD.findall(line)[0]), len(line.rstrip())
    if at > start and line.startswith(("[", "{"), start):
        start, end = at, at + len(re.split(r"[,\]}]", line[at:])[0])
    plain = _EMPHASIS.sub(r"\2", line[start:end])
    quoted = f"{line[:start]}{in_quotes(plain)}{line[end:]}".strip()
    seen = " (without the asterisks, which readers would see)" if plain != line[start:end] else ""
    return f"put the whole text in straight quotes{seen}: {quoted}"


def describe_character(character: str) -> str:
    """A character in plain words, such as 'é' (a Latin letter)."""
    name = unicodedata.name(character, f"U+{ord(character):04X}").lower()
    if character.isalpha():
        name = f"a {name.partition(' ')[0].capitalize()} letter"
    return f"'{character}' ({name})" if character.isprintable() else f"an invisible {name}"


def describe_lookalikes(word: str) -> str:
    """The letters in a word that only look like Latin ones or spaces; "" if there are none."""
    if word.isascii() and word.isprintable():
        return ""
    has_latin = re.search("[A-Za-z]", word)
    strange = " and ".join(
        described
        for character in dict.fromkeys(word)
        if not character.isascii()
        and (not character.isprintable() or (has_latin and character.isalpha()))
        and "Latin" not in (described := describe_character(character))
    )
    return f"contains {strange}; delete the whole word and type it again" if strange else ""


def block(lines: Sequence[str], at: int) -> list[str]:
    """A line, and those that belong to it."""
    indent, hyphen = re.findall(r"^([\s\ufeff]*)(- )?", lines[at])[0]
    below = (f"{indent} ", f"{indent} " if hyphen else f"{indent}- ")
    return [lines[at], *takewhile(lambda other: other.startswith(below), lines[at + 1 :])]


def which(at: int, count: int) -> str:
    """Some lines in words, the first counted from 0: "lines 3 to 5"."""
    return "this line" if count == 1 else f"lines {at + 1} to {at + count}"


def spaces(count: int) -> str:
    """A number of spaces in words: "no spaces", "1 space", "4 spaces"."""
    return f"{count or 'no'} space{'s' * (count != 1)}"
