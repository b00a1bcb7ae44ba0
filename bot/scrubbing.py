"""Takes out of a text what may tell who wrote it, or about whom. Pure.

What cannot be told from an ordinary word stays: a name in small letters that nothing in the
message and nobody in the chat marks as one. `docs/privacy.md` says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NewType

from bot.matching.functionwords import FUNCTION_STEMS, FUNCTION_WORDS
from bot.matching.text import stem, tokens

Scrubbed = NewType("Scrubbed", str)

GONE = "…"  # stands for whatever was taken out
_LONGEST = 4096  # characters read, a Telegram message
_ID_DIGITS = 6  # in one word: an id or a code; a year or a missile has fewer
_PHONE_DIGITS = 7  # in one run, separators aside
_DATES_DIGITS = 12  # a day and a year, or two years and two days; a card has more
_ACRONYM = 3  # letters; "CFE" among small letters is no name
_SHORTEST_NAME = 2  # letters; what is shorter cannot be looked for

_LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]*://\S*|\b(?:www\.|mailto:|tel:|tg:|magnet:|data:)\S+"
    r"|(?<!\d)(?:\d{1,3}\.){3}\d{1,3}\S*",  # the address of a machine
    re.IGNORECASE,
)
_AT = re.compile(r"\S*@\S*")
# A host name with or without a path; "over.When" is a forgotten space.
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*\w)?\.)+[^\W\d_]{2,24}\b(?:[:/?#]\S*)?")
_SEPARATORS = r"[\s().\-‐‑/,+·–—_*#'’]{0,3}"
_NUMBER = re.compile(rf"[+(]*\d(?:{_SEPARATORS}\d)+")
_YEAR = r"(?:1[89]|20)\d\d"
_DATE = re.compile(
    rf"{_YEAR}(?:[-–/]{_YEAR})?|{_YEAR}([./-])\d\d?\1\d\d?|\d\d?([./-])\d\d?\2(?:{_YEAR}|\d\d)"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_WORD_WITH_DIGITS = re.compile(r"\w*\d\w*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NAME = r"([^\W\d_][\w'’-]*)"
_INTRODUCED = re.compile(
    rf"\b(?:name(?:'s|’s| is| was)|call me|called|regards|sincerely|yours)[\s,:]+"
    rf"{_NAME}(?:\s+{_NAME})?"
    rf"|\b(?:hi|hello|hey|dear|thanks|thank you|cheers)[\s,]+{_NAME}"
    rf"|\b(?:i am|i'm|i’m|im|this is)\s+{_NAME}(?=\s*(?:[,.;:!?]|$|from\b|and\b|here\b))",
    re.IGNORECASE,
)
_GAPS = re.compile(rf"{GONE}(?:[\s,;:()\[\]<>\"'|/+-]*{GONE})+")


class Scrubber:
    """Knows the words that are no names here: those of the texts that the bot answers from."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._stems = {stem(word) for text in texts for word in tokens(text)} | FUNCTION_STEMS

    def scrub(self, text: str, names: Iterable[str] = ()) -> Scrubbed:
        """The text without names, mentions, links, addresses and long numbers.

        `names` go wherever they stand: of the people of the chat, and what Telegram marked
        as a mention, a link, a number. Of words with a capital letter only known ones stay.
        """
        text = _plain(text[:_LONGEST])
        for pattern in (_LINK, _AT):
            text = pattern.sub(GONE, text)
        text = _without(text, names)
        text = _HOST.sub(self._host, text)
        text = _NUMBER.sub(_number, text)
        text = _WORD_WITH_DIGITS.sub(_code, text)
        text = _INTRODUCED.sub(self._introduced, text)
        is_mixed = any(character.islower() for character in text)
        text = _WORD.sub(lambda found: self._word(found[0], is_mixed=is_mixed), text)
        return Scrubbed(" ".join(_GAPS.sub(GONE, text).split()))

    def _knows(self, word: str) -> bool:
        return all(stem(token) in self._stems for token in tokens(word))

    def _word(self, word: str, *, is_mixed: bool) -> str:
        if word.islower() or word.casefold() == word.swapcase() == word or self._knows(word):
            return word
        if is_mixed and word.isupper() and len(word) <= _ACRONYM:
            return word
        return GONE

    def _host(self, found: re.Match[str]) -> str:
        host = found[0]
        return host if "/" not in host and self._knows(host.replace(".", " ")) else GONE

    def _introduced(self, found: re.Match[str]) -> str:
        whole = found[0]
        for name in filter(None, found.groups()):
            if not self._knows(name):
                whole = whole.replace(name, GONE)
        return whole


def _plain(text: str) -> str:
    """Compatibility forms folded, so that no digit or letter hides; no invisible marks."""
    folded = unicodedata.normalize("NFKC", text)[:_LONGEST]
    return "".join(
        " " if character.isspace() else character
        for character in folded
        if character.isspace()
        or not (
            unicodedata.category(character) in {"Cf", "Me", "Cc", "Co", "Cs", "Cn"}
            or "\ufe00" <= character <= "\ufe0f"  # "as a picture": stands within keycap digits
        )
    )


def _without(text: str, names: Iterable[str]) -> str:
    whole = {" ".join(_plain(name).split()) for name in names}
    parts = {part for name in whole for part in name.split()}
    parts = whole | {part for part in parts if part.casefold() not in FUNCTION_WORDS}
    wanted = sorted((p for p in parts if len(p) >= _SHORTEST_NAME), key=len, reverse=True)
    if not wanted:
        return text
    pattern = "|".join(rf"(?<!\w){re.escape(part)}(?!\w)" for part in wanted)
    return re.sub(pattern, GONE, text, flags=re.IGNORECASE)


def _number(found: re.Match[str]) -> str:
    run = found[0]
    digits = sum(character.isdigit() for character in run)
    if digits < _PHONE_DIGITS or _THOUSANDS.fullmatch(run):
        return run
    pieces = re.split(r"[\s,–—]+", run)
    dated = [piece for piece in pieces if _DATE.fullmatch(piece)]
    days = [piece for piece in pieces if piece.isdecimal() and len(piece) <= 2]  # noqa: PLR2004
    if dated and len(dated) + len(days) == len(pieces) and digits <= _DATES_DIGITS:
        return run
    return GONE


def _code(found: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in found[0])
    return found[0] if digits < _ID_DIGITS else GONE
