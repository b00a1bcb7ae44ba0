"""From what people type to words and stems: Unicode, contractions, possessives, numbers."""

import re
import unicodedata
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

from bot.matching.dates import join_dates, spell_numeric_dates

MAX_CHARACTERS = 4096  # a Telegram message; what comes after it is not read
MAX_WORD = 32  # letters; longer runs are no words and never worth a look-up

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´＇", "'"))
# Missile designations are pasted in Cyrillic (9М729), which looks the same.
_LOOKALIKES = str.maketrans("авекмнорстху", "abekmhopctxy")

_CONTRACTED = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "let's": ("let", "us"),
    "i'm": ("i", "am"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
}
_VERBS = (
    "do", "does", "did", "is", "are", "was", "were", "has", "have", "had",
    "would", "could", "should",
)  # fmt: skip
_CONTRACTED |= {f"{verb}nt": (verb, "not") for verb in _VERBS}
_CONTRACTED |= {"cant": ("can", "not"), "wont": ("will", "not")}
_SUFFIXES = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am", "'d": "would"}
# After these an 's is "is"; after any other word it is a possessive.
_IS_AFTER = frozenset(
    ("what", "where", "who", "how", "when", "why", "it", "that", "there", "here", "he", "she")
)
_CONTRACTED |= {
    f"{word}s": (word, "is") for word in ("what", "where", "who", "how", "when", "that", "there")
}
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        (
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ),
        start=2,
    )
}
_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third"}

_stemmer = Stemmer.Stemmer("english")


def normalise(text: str) -> str:
    """Fold case, compatibility forms, accents, quotes; drop invisible marks. Bounded length."""
    text = text[:MAX_CHARACTERS]
    if text.isascii():
        return text.lower().replace("`", "'")
    # One character may unfold into eighteen: what is bounded once is bounded again.
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))[:MAX_CHARACTERS]
    text = unicodedata.normalize("NFD", text.casefold())
    kept = (c for c in text if unicodedata.category(c) not in {"Mn", "Me", "Cf"})
    return "".join(kept)[:MAX_CHARACTERS]


def _expand(word: str) -> tuple[str, ...]:
    if word in _CONTRACTED:
        return _CONTRACTED[word]
    for suffix, meaning in _SUFFIXES.items():
        if word.endswith(suffix) and len(word) > len(suffix):
            return (word[: -len(suffix)].replace("'", ""), meaning)
    if word.endswith("'s"):
        word = word[:-2].replace("'", "")
        return (word, "is") if word in _IS_AFTER else (word,)
    return (word.replace("'", ""),)


def _plain(word: str) -> str:
    if word.isascii() or not any(character.isdigit() for character in word):
        return _ORDINALS.get(word, word)
    return word.translate(_LOOKALIKES)


def tokens(text: str) -> list[str]:
    """Words of a message in order; a day of the year becomes month and one joint word."""
    words = _WORD.findall(spell_numeric_dates(normalise(text)))
    parts: list[str] = []
    for word in words:
        if "'" in word or word in _CONTRACTED:
            parts += _expand(word)
        else:
            parts.append(_NUMBERS.get(word, word))
    return [_plain(word) for word in join_dates(parts)]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Porter2 stem; codes and numbers are their own stems."""
    if len(word) > MAX_WORD or is_code(word):
        return word
    return str(_stemmer.stemWord(word))


def is_code(word: str) -> bool:
    """Whether the word holds a digit: such a word is right or wrong, never nearly right."""
    return any(character.isdigit() for character in word)
