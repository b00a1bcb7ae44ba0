"""Finds what was probably meant by a word, or a file's name, that is not among those known."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from rapidfuzz import fuzz, process

_MAX_LISTED = 12  # words, where there are more to choose from
_SIMILAR = 75  # percent, to suggest a word; "vioce" is 80 % similar to "voice"
_ENDING = re.compile(r"\.(?:ya?ml|te?xt|docx?|odt|rtf|html?|pdf|md)$", re.IGNORECASE)
# What file managers and people add to the name of a copy.
_COPY = re.compile(
    r"^copy of |(?:[ _-]*(?:\(\d+\)|copy|backup|old|new|final|\d+))+$", re.IGNORECASE
)


def choose(
    wrong: str,
    right: Iterable[str],
    labels: Mapping[str, Sequence[str]] = MappingProxyType({}),
    first: Sequence[str] = (),
) -> str:
    """Advice for a word that is none of `right`: the one that is probably meant, or which exist.

    `labels` are other words for some of them, such as titles; of `first`, all are listed.
    """
    known = [*first, *right]
    named = [word for word in known if wrong.casefold() in map(str.casefold, labels.get(word, ()))]
    if close := next(iter(named), None) or meant_word(wrong, known):
        return f"did you mean '{close}'?"
    if len(known) > _MAX_LISTED:
        found = process.extract(wrong, known[len(first) :], limit=_MAX_LISTED)
        known = [*first, *(name for name, *_ in found), "..."]
    return f"choose one of: {', '.join(known)}" if known else "there are none yet"


def meant_word(wrong: str, right: Collection[str]) -> str | None:
    """The word that is so similar that it is probably meant."""
    for word in (wrong, _as_id(wrong)):
        if found := process.extractOne(word, list(right), scorer=fuzz.ratio, score_cutoff=_SIMILAR):
            return found[0]
    return None


def meant_name(file: str, known: Collection[str]) -> str | None:
    """Which name, without its ending, a file has but for its ending, capitals and "(1)"."""
    while found := _ENDING.search(file):
        file = file[: found.start()]
    forms = (file, _as_id(file), _as_id(_COPY.sub("", file)))
    return next((form for form in forms if form in known), None)


def rename(file: str, name: str) -> str:
    """Advice to give a file its right name, or to save it as what that name says."""
    ending = _ENDING.search(file)
    if ending and ending[0].lower()[1:4] in {"doc", "odt", "rtf", "htm", "pdf"}:
        return f"save the text of '{file}' as plain text (UTF-8), under the name {name}"
    return f"rename '{file}' to {name} (its ending counts, even if it is hidden)"


def _as_id(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))
