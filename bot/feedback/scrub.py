"""Removes from a text anything that may identify its writer or another person.

A lower-case name that looks like an ordinary word is kept, unless it is known from the chat or
introduced as a name ("call me ..."). `docs/privacy.md` tells people about this.
"""

import re
import unicodedata
from collections.abc import Iterable

from bot.language.normalise import FUNCTION_STEMS, FUNCTION_WORDS, tokenize
from bot.language.spelling import stem
from bot.store.questions import Scrubbed

REMOVED = "…"  # replaces what was removed
_MAX_CHARACTERS = 1000  # the rest of the text is dropped
_CUT = 64  # characters dropped before that point too: half of a number or name may be left there
_ID_DIGITS = 6  # this many in one word make it an id or a code; years and model names have fewer
_PHONE_DIGITS = 7  # in one run, not counting separators
_MAX_DATE_DIGITS = 12  # two years and two days; a card number has more
_ACRONYM = 3  # letters; "CFE" in lower-case text is not a name
_MIN_NAME = 2  # letters; shorter names are not searched for

_LINK = re.compile(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://\S*|\b(?:www\.|mailto:|tel:|tg:|magnet:|data:)\S+"
    r"|(?<!\d)(?:\d{1,3}\.){3}\d{1,3}\S*"  # IP addresses, of both kinds
    r"|(?<![\w:])(?=[0-9a-f:]*::|(?:[0-9a-f]{1,4}:){3})(?=:*[0-9a-f])[0-9a-f:]{3,39}(?!\w)",
    re.IGNORECASE,
)
_AT = re.compile(r"(?<!\S)\S*@\S*")
# A host name, with or without a path. "over.When" looks like one but only lacks a space.
_HOST = re.compile(r"(?<![\w-])(?:[^\W_](?:[\w-]*\w)?\.)+[^\W\d_]{2,24}\b(?:[:/?#]\S*)?")
_SEPARATORS = r"[\s().\-‐‑/,+·–—_*#'’:;|~=\\]{0,3}"
_NUMBER = re.compile(rf"[+(]{{0,3}}\d(?:{_SEPARATORS}\d)+")
_YEAR = r"(?:1[89]|20)\d\d"
_DAY_OR_MONTH = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"{_YEAR}(?:[-–/]{_YEAR})?|{_YEAR}([./-]){_DAY_OR_MONTH}\1{_DAY_OR_MONTH}"
    rf"|{_DAY_OR_MONTH}([./-]){_DAY_OR_MONTH}\2{_YEAR}"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_CODE = re.compile(r"\b(?=\w*[^\W\d])\w*\d\w*")  # with letters
_DIGITS = re.compile(r"\b\d+\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME = r"([^\W\d_][\w'’-]*)"
_INTRODUCED = re.compile(
    rf"\b(?:name(?:'s|’s| is| was)|call me|called|regards|sincerely|yours)[\s,:]+"
    rf"{_NAME}(?:\s+{_NAME})?"
    rf"|\b(?:hi|hello|hey|dear|thanks|thank you|cheers)[\s,]+{_NAME}"
    rf"|\b(?:i am|i'm|i’m|im|this is)\s+{_NAME}(?=\s*(?:[,.;:!?]|$|from\b|and\b|here\b))",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"[\s'’-]+")
_GAPS = re.compile(rf"{REMOVED}(?:[\s,;:()\[\]<>\"'|/+-]*{REMOVED})+")


class Scrubber:
    """Removes personal data; words in `texts`, the bot's knowledge, do not count as names."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._stems = {stem(word) for text in texts for word in tokenize(text)} | FUNCTION_STEMS

    def scrub(self, text: str, names: Iterable[str]) -> Scrubbed:
        """The text without names, mentions, links, addresses and long numbers.

        `names`, removed wherever they occur, are people in the chat and any text that Telegram
        marked as a mention, a link or a number. Unknown capitalised words are removed too.
        """
        folded = _fold(text[:_MAX_CHARACTERS])
        is_cut = max(len(text), len(folded)) > _MAX_CHARACTERS
        text = _drop_invisible(folded[:_MAX_CHARACTERS])
        for pattern in (_LINK, _AT):
            text = pattern.sub(REMOVED, text)
        text = _remove_names(text, names)
        text = _HOST.sub(self._redact_host, text)
        for pattern, redact in (
            (_CODE, _redact_code),
            (_NUMBER, _redact_number),  # before a part of it counts as a number of its own
            (_DIGITS, _redact_code),
        ):
            text = pattern.sub(redact, text)
        text = _INTRODUCED.sub(self._redact_introduced, text)
        is_mixed = any(character.islower() for character in text)
        text = _WORD.sub(lambda found: self._redact_word(found[0], is_mixed=is_mixed), text)
        text = " ".join(_GAPS.sub(REMOVED, text).split())
        return Scrubbed(text[:-_CUT].rstrip() if is_cut else text)

    def _knows(self, word: str) -> bool:
        return all(stem(token) in self._stems for token in tokenize(word))

    def _redact_word(self, word: str, *, is_mixed: bool) -> str:
        if word.islower() or word.casefold() == word.swapcase() == word or self._knows(word):
            return word
        if is_mixed and word.isupper() and len(word) <= _ACRONYM:
            return word
        return REMOVED

    def _redact_host(self, found: re.Match[str]) -> str:
        host = found[0]
        return host if "/" not in host and self._knows(host.replace(".", " ")) else REMOVED

    def _redact_introduced(self, found: re.Match[str]) -> str:
        whole = found[0]
        for name in filter(None, found.groups()):
            if not self._knows(name):
                whole = whole.replace(name, REMOVED)
        return whole


def _fold(text: str) -> str:
    """Fold compatibility forms, so that no digit or letter goes unrecognised."""
    return REMOVED.join(unicodedata.normalize("NFKC", part) for part in text.split(REMOVED))


def _drop_invisible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or not _is_invisible(c))


def _is_invisible(character: str) -> bool:
    is_variation = "\ufe00" <= character <= "\ufe0f"  # "show as emoji", found inside keycap digits
    return is_variation or unicodedata.category(character) in {"Cf", "Me", "Cc", "Co", "Cs", "Cn"}


def _remove_names(text: str, names: Iterable[str]) -> str:
    whole = {" ".join(_drop_invisible(_fold(name)).split()) for name in names}
    parts = {part for name in whole for part in name.split()}
    parts = whole | {part for part in parts if part.casefold() not in FUNCTION_WORDS}
    plain = _without_accents(text)
    # Most names do not occur, and each person's would need a pattern that takes long to compile.
    found = (
        words
        for part in parts
        if len(part) >= _MIN_NAME and (words := _BETWEEN_NAMES.split(_without_accents(part)))
        if not (plain + part).isascii() or all(word.lower() in plain.lower() for word in words)
    )
    # "O'Neil" may be written "oneil", "Jean-Luc" "jean luc".
    wanted = [r"[\s'’-]*".join(map(re.escape, words)) for words in found]
    for pattern in sorted(wanted, key=len, reverse=True):
        for place in reversed([*re.finditer(rf"(?<!\w){pattern}(?!\w)", plain, re.IGNORECASE)]):
            text, plain = (
                f"{one[: place.start()]}{REMOVED}{one[place.end() :]}" for one in (text, plain)
            )
    return text


def _without_accents(text: str) -> str:
    """The text, letter for letter, without accents."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def _redact_number(found: re.Match[str]) -> str:
    run = found[0]
    digits = sum(character.isdigit() for character in run)
    if digits < _PHONE_DIGITS or _THOUSANDS.fullmatch(run):
        return run
    pieces = re.split(r"[\s,–—]+", run)
    dated = [piece for piece in pieces if _DATE.fullmatch(piece)]
    days = [piece for piece in pieces if re.fullmatch(_DAY_OR_MONTH, piece)]
    if dated and len(dated) + len(days) == len(pieces) and digits <= _MAX_DATE_DIGITS:
        return run
    return REMOVED


def _redact_code(found: re.Match[str]) -> str:
    return found[0] if sum(map(str.isdigit, found[0])) < _ID_DIGITS else REMOVED
