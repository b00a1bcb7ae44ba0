"""Finds the names in a message: of people, organisations, places or whatever a folder declares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.language.normalise import tokenize, word_set
from bot.language.reader import PhraseMatch, PhraseTable
from bot.language.spelling import closest, is_code

_TYPO_LETTERS = 5  # a shorter name is not recognised if misspelt ("Amerika" is recognised)
_MAX_CACHED = 10_000  # words looked up; about as many as a large folder has
# Before these, a lower-case "us" is the pronoun ("tell us", "all of us").
BEFORE_PRONOUN = word_set("tell give show let of for help remind to all with")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in tokens[start:end]: its kind ("actor") and member ("mayor")."""

    kind: str
    id: str
    start: int
    end: int


class NameFinder:
    """Looks up a vocabulary's names in tokens, misspelt ones included."""

    def __init__(self, names: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        owners: dict[tuple[str, ...], tuple[str, str]] = {}  # kind and member
        for kind, members in names.items():
            for member, variants in members.items():
                for variant in variants:
                    owners.setdefault(tuple(tokenize(variant)), (kind, member))
        self._names = PhraseTable.of(owners.items())
        self._single = {
            name[0]: owner
            for name, owner in owners.items()
            if len(name) == 1 and len(name[0]) >= _TYPO_LETTERS
        }
        self._corrected = lru_cache(_MAX_CACHED)(self._correct)

    def find(self, tokens: Sequence[str], ordinary: Iterable[str] = ()) -> list[Mention]:
        """The names in order, the longest at each place; `ordinary` words are never typos."""
        known = frozenset(ordinary)
        runs = {run.start: run for run in self._names.find(tokens)}
        found = []
        at = 0
        while at < len(tokens):
            mention = None
            if (run := runs.get(at)) and not _is_pronoun(tokens, run):
                mention = Mention(*run.meaning, at, at + run.length)
            elif tokens[at] not in known and (spelt := self._corrected(tokens[at])):
                mention = Mention(*self._single[spelt], at, at + 1)
            if mention:
                found.append(mention)
            at = mention.end if mention else at + 1
        return found

    def _correct(self, token: str) -> str | None:
        """The name that a token may be a misspelling of."""
        may_be_misspelt = len(token) >= _TYPO_LETTERS and not is_code(token)
        return closest(token, self._single.keys()) if may_be_misspelt else None


def _is_pronoun(tokens: Sequence[str], run: PhraseMatch[tuple[str, str]]) -> bool:
    at = run.start
    return run.length == 1 and tokens[at] == "us" and at > 0 and tokens[at - 1] in BEFORE_PRONOUN
