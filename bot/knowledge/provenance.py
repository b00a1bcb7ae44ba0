"""Checks that the numbers, dates and names in an answer appear in the passages it cites."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.language.dates import MONTHS
from bot.language.normalise import word_set

_NUMBER_WORDS = word_set(
    "two three four five six seven eight nine ten eleven twelve dozen twenty thirty forty fifty"
    " hundred thousand million"
)
_MONTH = "|".join(MONTHS)
_DATE = re.compile(rf"\b(?:(\d{{1,2}})\s+({_MONTH})|({_MONTH})\s+(\d{{1,2}})(?!\d))\b")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]\s+)[\"“(]*$")

Names = Mapping[str, Mapping[str, Sequence[str]]]


def find_unsupported(
    text: str, support: Iterable[str], names: Names, ordinary: set[str]
) -> list[str]:
    """The numbers, dates and proper names in `text` that are not in any text of `support`.

    `names` groups each thing's names ("US", "United States"); `ordinary` holds lower-case
    words that are not taken for names when capitalised at the start of a sentence.
    """
    evidence = "\n".join(support)
    words = set(_WORD.findall(evidence.casefold()))
    words |= {part for word in words for part in re.split(r"[-'’]", word)}
    dates = set(_dates(evidence))
    missing = [f"{day} {month}" for day, month in _dates(text) if (day, month) not in dates]
    for found in _WORD.finditer(text):
        word, folded = found[0], found[0].casefold()
        if folded in words or _bare(folded) in words:
            continue
        if any(character.isdigit() for character in word) or folded in _NUMBER_WORDS:
            missing.append(word)
        elif word[0].isupper() and not _has_other_name(folded, evidence, names):
            starts_sentence = _SENTENCE_START.search(text[: found.start()]) is not None
            if not (starts_sentence and folded in ordinary):
                missing.append(word)
    return list(dict.fromkeys(missing))


def _dates(text: str) -> Iterator[tuple[int, str]]:
    for found in _DATE.finditer(text):
        yield int(found[1] or found[4]), found[2] or found[3]


def _bare(word: str) -> str:
    """Strip a possessive or plural ending ("mayor's", "months")."""
    return re.sub(r"(?:['’]s|s['’]|s)$", "", word)


def _has_other_name(word: str, evidence: str, names: Names) -> bool:
    """Whether `evidence` contains any name of the thing that `word` names."""
    for members in names.values():
        for variants in members.values():
            if any(_bare(word) in _bare(v.casefold()).split() for v in variants) and any(
                re.search(rf"\b{re.escape(v)}\b", evidence, re.IGNORECASE) for v in variants
            ):
                return True
    return False
