"""Recognises messages in languages other than English, by their script or their common words."""

import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.language.normalise import FUNCTION_WORDS, normalise, tokenize

ENGLISH_ONLY = "I understand English only."
_FEWEST = 2  # common words of a language; one alone may be a name
_SHARE = 0.2  # of all words


@dataclass(frozen=True, slots=True)
class _Language:
    line: str  # "I understand English only" in this language
    scripts: frozenset[str]  # as in the names of Unicode characters
    letters: str  # which of them this language alone has; empty if any will do
    words: frozenset[str]

    def is_written_in(self, letters: Counter[str]) -> bool:
        return any(
            (letter in self.letters or not self.letters) and _script(letter) in self.scripts
            for letter in letters
        )


def english_only(text: str) -> str | None:
    """A line for a message in another language, in that language and in English; or None."""
    letters = Counter(filter(str.isalpha, text))
    latin = sum(
        n for letter, n in letters.items() if letter.isascii() or _script(letter) == "LATIN"
    )
    words = [word for word in tokenize(text) if word.isalpha()]
    english = {word for word in words if word in FUNCTION_WORDS and len(word) > 1}
    if 2 * latin < letters.total():
        found = [one for one in _languages() if one.is_written_in(letters)]
        return f"{found[0].line} {ENGLISH_ONLY}" if found else ENGLISH_ONLY
    best = max(_languages(), key=lambda one: len(one.words.intersection(words)))
    known = best.words.intersection(words)
    hints = len(known) + (latin > sum(map(str.isascii, letters.elements())))  # accents are another
    if hints < min(_FEWEST, len(words)) or hints < _SHARE * len(words):
        return None
    return f"{best.line} {ENGLISH_ONLY}" if len(known) > len(english - known) else None


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@cache
def _languages() -> tuple[_Language, ...]:
    content = tomllib.loads((files("bot.language") / "languages.toml").read_text("utf-8"))
    return tuple(
        _Language(
            one["line"],
            frozenset(one.get("scripts", ())),
            one.get("letters", ""),
            frozenset(map(normalise, one.get("words", "").split())),
        )
        for one in content.values()
    )
