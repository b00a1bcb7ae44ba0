"""Turns what people type into words: Unicode, contractions, possessives, numbers, dates."""

import re
import unicodedata
from collections.abc import Iterable

from bot.language.dates import MONTH_WORDS, join_dates, spell_numeric_dates
from bot.language.spelling import stem

MAX_CHARACTERS = 4096  # Telegram's limit for a message; the rest is not read

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ`´＇", "'"))
# Words and codes with Cyrillic letters among the Latin ones or digits (9М729) look the same.
_LOOKALIKES = str.maketrans("авекмнорстхуіјѕ", "abekmhopctxyijs")
_LATIN = re.compile("[a-z0-9]")


def word_set(text: str) -> frozenset[str]:
    """The words of a list written as a text."""
    return frozenset(text.split())


QUESTION_WORDS = word_set("who whom whose what which when where why how")
_VERBS = word_set("do does did is are was were has have had would could should")
_CONTRACTED = {
    **dict.fromkeys(("can't", "cant", "cannot"), ("can", "not")),
    **dict.fromkeys(("won't", "wont"), ("will", "not")),
    **{f"{verb}nt": (verb, "not") for verb in _VERBS},
    **{f"{word}s": (word, "is") for word in word_set("what where who how when that there")},
    **dict.fromkeys(("ain't", "aint"), ("is", "not")),
    "shan't": ("shall", "not"),
    "let's": ("let", "us"),
    "i'm": ("i", "am"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
}
_SUFFIXES = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'m": "am", "'d": "would"}
# After these, "'s" means "is"; after any other word, it is a possessive.
_IS_AFTER = word_set("what where who how when why it that there here he she")
_NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: str(number) for number, word in enumerate(_NUMBER_WORDS.split(), 2)}
_ORDINALS = {"1st": "first", "2nd": "second", "3rd": "third"}
# Most texts have none of these, and are read faster.
_REPLACED = frozenset({*_CONTRACTED, *_NUMBERS, *_ORDINALS.values(), *MONTH_WORDS})
_MAY_BE_REPLACED = re.compile(r"[\d']")


def normalise(text: str) -> str:
    """Fold case, accents and quotes; drop invisible characters; bound the length."""
    text = text[:MAX_CHARACTERS]
    if text.isascii():
        return text.lower().replace("`", "'")
    # One character may expand into eighteen, so the length is bounded again.
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
    if word.isascii() or not _LATIN.search(word):
        return _ORDINALS.get(word, word)
    return word.translate(_LOOKALIKES)


def tokenize(text: str) -> list[str]:
    """The words of a message, in order; "1 February" becomes "february" and "february1"."""
    text = spell_numeric_dates(normalise(text))
    words = _WORD.findall(text)
    if text.isascii() and _REPLACED.isdisjoint(words) and not _MAY_BE_REPLACED.search(text):
        return words
    parts: list[str] = []
    for word in words:
        if "'" in word or word in _CONTRACTED:
            parts += _expand(word)
        else:
            parts.append(_NUMBERS.get(word, word))
    return [_plain(word) for word in join_dates(parts)]


AUXILIARIES = _VERBS | word_set("am can will shall may might must need")


def asks_yes_or_no(question: str) -> bool:
    """Whether a question begins as those do that want a yes or a no."""
    return not AUXILIARIES.isdisjoint(tokenize(question)[:1])


# Articles, pronouns, prepositions, auxiliaries, question words and chat fillers. A message made
# up only of these is never answered.
FUNCTION_WORDS = word_set(
    """a an the this that these those it its i you he she we they me him her us them my your his
    our their who whom whose what when where why how which is are was were be been being am do
    does did done has have had will would can could shall should may might must not no yes and or
    but if so than then as of in on at by to from for with about into under after before up
    down out off there here all any some one ok okay please just also too very really only well oh
    hey hi yo em omg bro
    bruh mate dude guys lads folks um uh erm huh hmm btw tbh imo ngl ffs anyway
    anyways actually basically maybe perhaps seem seems appear appears
    myself yourself himself herself itself ourself ourselves yourselves themselves
    something anything nothing everything someone anyone somebody anybody nobody
    because while though although since until whether now yet still ever again
    say says said tell told know think get got go going like want need let make lol
    """
)
FUNCTION_STEMS = frozenset(map(stem, FUNCTION_WORDS))


def is_function_word(token: str) -> bool:
    """Whether a word gives no clue to what a message is about; single letters give none either."""
    return token in FUNCTION_WORDS or len(token) == 1


def has_content(tokens: Iterable[str]) -> bool:
    """Whether any word gives a clue to what a message is about."""
    return not all(map(is_function_word, tokens))


def gist(text: str) -> str:
    """The sorted stems of the content words; if there are none, all the words as they are."""
    words = tokenize(text)
    stems = {stem(word) for word in words}
    return " ".join(sorted(stems - FUNCTION_STEMS)) or " ".join(words)
