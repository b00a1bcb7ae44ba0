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
    latin = sum(count for letter, count in letters.items() if _script(letter) == "LATIN")
    if 0 < letters.total() >= 2 * latin:
        found = next((one for one in _languages() if one.is_written_in(letters)), None)
        return f"{found.line} {ENGLISH_ONLY}" if found else ENGLISH_ONLY
    words = [word for word in tokenize(text) if word.isalpha()]
    best = max(_languages(), key=lambda one: len(one.words.intersection(words)))
    known = best.words.intersection(words)
    hints = len(known) + any(not letter.isascii() for letter in letters)  # accents are one more
    english = {word for word in words if word in FUNCTION_WORDS and len(word) > 1} - known
    is_foreign = hints >= max(min(_FEWEST, len(words)), _SHARE * len(words))
    return f"{best.line} {ENGLISH_ONLY}" if is_foreign and len(known) > len(english) else None


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
