"""Takes out of a text what may tell who wrote it, or about whom. Pure.

What cannot be told from an ordinary word stays: a name in small letters that nothing in the
message and nobody in the chat marks as one. `docs/privacy.md` says so.
"""

import re
import unicodedata
from collections.abc import Iterable

from bot.language.normalise import FUNCTION_STEMS, FUNCTION_WORDS, tokens
from bot.language.spelling import stem
from bot.store.questions import Scrubbed

REMOVED = "…"  # stands for whatever was taken out
_LONGEST = 1000  # characters read
_CUT = 64  # characters of what is read of a longer text: they may be half a number, or half a name
_ID_DIGITS = 6  # in one word: an id or a code; a year or a missile has fewer
_PHONE_DIGITS = 7  # in one run, separators aside
_DATES_DIGITS = 12  # two years and two days; a card has more
_ACRONYM = 3  # letters; "CFE" among small letters is no name
_SHORTEST_NAME = 2  # letters; what is shorter cannot be looked for

_LINK = re.compile(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://\S*|\b(?:www\.|mailto:|tel:|tg:|magnet:|data:)\S+"
    r"|(?<!\d)(?:\d{1,3}\.){3}\d{1,3}\S*",  # the address of a machine
    re.IGNORECASE,
)
_AT = re.compile(r"(?<!\S)\S*@\S*")
# A host name with or without a path; "over.When" is a forgotten space.
_HOST = re.compile(r"(?<![\w-])(?:[^\W_](?:[\w-]*\w)?\.)+[^\W\d_]{2,24}\b(?:[:/?#]\S*)?")
_SEPARATORS = r"[\s().\-‐‑/,+·–—_*#'’]{0,3}"
_NUMBER = re.compile(rf"[+(]{{0,3}}\d(?:{_SEPARATORS}\d)+")
_YEAR = r"(?:1[89]|20)\d\d"
_DAY_OR_MONTH = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = re.compile(
    rf"{_YEAR}(?:[-–/]{_YEAR})?|{_YEAR}([./-]){_DAY_OR_MONTH}\1{_DAY_OR_MONTH}"
    rf"|{_DAY_OR_MONTH}([./-]){_DAY_OR_MONTH}\2{_YEAR}"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_WORD_WITH_DIGITS = re.compile(r"\b\w*\d\w*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME = r"([^\W\d_][\w'’-]*)"
_INTRODUCED = re.compile(
    rf"\b(?:name(?:'s|’s| is| was)|call me|called|regards|sincerely|yours)[\s,:]+"
    rf"{_NAME}(?:\s+{_NAME})?"
    rf"|\b(?:hi|hello|hey|dear|thanks|thank you|cheers)[\s,]+{_NAME}"
    rf"|\b(?:i am|i'm|i’m|im|this is)\s+{_NAME}(?=\s*(?:[,.;:!?]|$|from\b|and\b|here\b))",
    re.IGNORECASE,
)
_GAPS = re.compile(rf"{REMOVED}(?:[\s,;:()\[\]<>\"'|/+-]*{REMOVED})+")


class Scrubber:
    """Knows the words that are no names here: those of the texts that the bot answers from."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._stems = {stem(word) for text in texts for word in tokens(text)} | FUNCTION_STEMS

    def scrub(self, text: str, names: Iterable[str] = ()) -> Scrubbed:
        """The text without names, mentions, links, addresses and long numbers.

        `names` go wherever they stand: of the people of the chat, and what Telegram marked
        as a mention, a link, a number. Of words with a capital letter only known ones stay.
        """
        folded = _folded(text[:_LONGEST])
        is_cut = max(len(text), len(folded)) > _LONGEST
        text = _visible(folded[:_LONGEST])
        for pattern in (_LINK, _AT):
            text = pattern.sub(REMOVED, text)
        text = _without(text, names)
        text = _HOST.sub(self._host, text)
        text = _WORD_WITH_DIGITS.sub(_code, text)
        text = _NUMBER.sub(_number, text)
        text = _INTRODUCED.sub(self._introduced, text)
        is_mixed = any(character.islower() for character in text)
        text = _WORD.sub(lambda found: self._word(found[0], is_mixed=is_mixed), text)
        text = " ".join(_GAPS.sub(REMOVED, text).split())
        return Scrubbed(text[:-_CUT].rstrip() if is_cut else text)

    def _knows(self, word: str) -> bool:
        return all(stem(token) in self._stems for token in tokens(word))

    def _word(self, word: str, *, is_mixed: bool) -> str:
        if word.islower() or word.casefold() == word.swapcase() == word or self._knows(word):
            return word
        if is_mixed and word.isupper() and len(word) <= _ACRONYM:
            return word
        return REMOVED

    def _host(self, found: re.Match[str]) -> str:
        host = found[0]
        return host if "/" not in host and self._knows(host.replace(".", " ")) else REMOVED

    def _introduced(self, found: re.Match[str]) -> str:
        whole = found[0]
        for name in filter(None, found.groups()):
            if not self._knows(name):
                whole = whole.replace(name, REMOVED)
        return whole


def _folded(text: str) -> str:
    """Compatibility forms folded, so that no digit or letter hides."""
    return REMOVED.join(unicodedata.normalize("NFKC", part) for part in text.split(REMOVED))


def _visible(text: str) -> str:
    return "".join(" " if c.isspace() else c for c in text if c.isspace() or not _hides(c))


def _hides(character: str) -> bool:
    is_variation = "\ufe00" <= character <= "\ufe0f"  # "as a picture": stands within keycap digits
    return is_variation or unicodedata.category(character) in {"Cf", "Me", "Cc", "Co", "Cs", "Cn"}


def _without(text: str, names: Iterable[str]) -> str:
    whole = {" ".join(_visible(_folded(name)).split()) for name in names}
    parts = {part for name in whole for part in name.split()}
    parts = whole | {part for part in parts if part.casefold() not in FUNCTION_WORDS}
    wanted = sorted((p for p in parts if len(p) >= _SHORTEST_NAME), key=len, reverse=True)
    if not wanted:
        return text
    pattern = "|".join(rf"(?<!\w){re.escape(part)}(?!\w)" for part in wanted)
    return re.sub(pattern, REMOVED, text, flags=re.IGNORECASE)


def _number(found: re.Match[str]) -> str:
    run = found[0]
    digits = sum(character.isdigit() for character in run)
    if digits < _PHONE_DIGITS or _THOUSANDS.fullmatch(run):
        return run
    pieces = re.split(r"[\s,–—]+", run)
    dated = [piece for piece in pieces if _DATE.fullmatch(piece)]
    days = [piece for piece in pieces if re.fullmatch(_DAY_OR_MONTH, piece)]
    if dated and len(dated) + len(days) == len(pieces) and digits <= _DATES_DIGITS:
        return run
    return REMOVED


def _code(found: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in found[0])
    return found[0] if digits < _ID_DIGITS else REMOVED
