"""Finds the actors, treaties and missiles that a message names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cachetools import LRUCache

from bot.language.normalise import tokenize, word_set
from bot.language.spelling import closest, is_code

_TYPO_LETTERS = 5  # a shorter name is not recognised if misspelt ("Amerika" is recognised)
_MAX_CACHED = 10_000
# Before these, a lower-case "us" is the pronoun ("tell us", "all of us").
BEFORE_PRONOUN = word_set("tell give show let of for help remind to all with")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in tokens[start:end]: its kind ("treaty") and member ("inf")."""

    kind: str
    id: str
    start: int
    end: int


class NameFinder:
    """Looks up a vocabulary's names in tokens, misspelt ones included."""

    def __init__(self, names: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        self._names: dict[tuple[str, ...], tuple[str, str]] = {}
        for kind, members in names.items():
            for member, variants in members.items():
                for variant in variants:
                    self._names.setdefault(tuple(tokenize(variant)), (kind, member))
        self._names.pop((), None)
        self._longest: dict[str, int] = {}  # words in a name, by its first word
        for name in self._names:
            self._longest[name[0]] = max(len(name), self._longest.get(name[0], 0))
        self._single = [
            name[0] for name in self._names if len(name) == 1 and len(name[0]) >= _TYPO_LETTERS
        ]
        self._cache: LRUCache[str, str] = LRUCache(_MAX_CACHED)

    def find(self, tokens: Sequence[str], ordinary: Iterable[str] = ()) -> list[Mention]:
        """The names in order, the longest at each place; `ordinary` words are never typos."""
        known = frozenset(ordinary)
        found = []
        at = 0
        while at < len(tokens):
            mention = self._exact(tokens, at) if tokens[at] in self._longest else None
            if not mention and tokens[at] not in known and (spelt := self._corrected(tokens[at])):
                mention = Mention(*self._names[spelt,], at, at + 1)
            if mention:
                found.append(mention)
            at = mention.end if mention else at + 1
        return found

    def _exact(self, tokens: Sequence[str], at: int) -> Mention | None:
        for length in range(min(self._longest[tokens[at]], len(tokens) - at), 0, -1):
            hit = self._names.get(tuple(tokens[at : at + length]))
            is_pronoun = (
                length == 1 and tokens[at] == "us" and at and tokens[at - 1] in BEFORE_PRONOUN
            )
            if hit and not is_pronoun:
                return Mention(*hit, at, at + length)
        return None

    def _corrected(self, token: str) -> str:
        """The name that a token may be a misspelling of; "" if none."""
        if len(token) < _TYPO_LETTERS or is_code(token):
            return ""
        if (known := self._cache.get(token)) is None:
            known = self._cache[token] = closest(token, self._single) or ""
        return known
