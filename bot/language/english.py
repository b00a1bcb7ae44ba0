"""English that every knowledge folder may rely on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain

import msgspec

from bot.language.normalise import FUNCTION_STEMS, tokenize
from bot.language.spelling import stem

ACCEPTED = "yes"  # the cue that takes up what the bot has offered
ANY_NAME = "NAME"  # in cues about a name: "what does NAME say"


@dataclass(frozen=True, slots=True)
class Smalltalk:
    """A greeting, thanks or the like, and the reply to it."""

    id: str
    phrasings: tuple[str, ...]
    reply: str
    general: tuple[str, ...] = ()  # further phrasings, which are not about any article

    @property
    def all_phrasings(self) -> tuple[str, ...]:
        """What people say, the folder's own phrasings first."""
        return self.phrasings + self.general


_NOTHING = Smalltalk("", (), "")


@dataclass(frozen=True, slots=True)
class English:
    """What english.yaml contains."""

    synonyms: tuple[tuple[str, ...], ...]
    abbreviations: Mapping[str, str]
    follow_ups: Mapping[str, tuple[str, ...]]  # phrasings by cue: "why" -> "how come", ...
    roles: Mapping[str, frozenset[str]]
    smalltalk: tuple[Smalltalk, ...]
    shortened: Mapping[str, frozenset[str]]  # words that end with a full stop, and where they do
    saying: frozenset[str]  # verbs that tell who said what is quoted
    units: Mapping[str, Sequence[str]]  # of measurement, with other ways to write them
    style: Mapping[str, Sequence[str]]  # words that rules of style are about

    def with_synonyms(self, own: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
        """A folder's own groups, then the general ones without the terms that it has grouped."""
        grouped = {term.casefold() for group in own for term in group}
        # A longer term with one of them, such as "how heavy", would hide it.
        hidden = set(map(stem, grouped)) - FUNCTION_STEMS
        rest = (
            tuple(t for t in group if t not in grouped and hidden.isdisjoint(map(stem, t.split())))
            for group in self.synonyms
        )
        return (*map(tuple, own), *(group for group in rest if len(group) > 1))

    def with_smalltalk(
        self, own: Sequence[Smalltalk], taken: Collection[str], fill: Callable[[str], str]
    ) -> tuple[Smalltalk, ...]:
        """The general small talk with a folder's own, which counts if both have the same id.

        The values in general replies are filled in with `fill`.
        General phrasings that are among the `taken` ones, in lower case, are left out.
        """
        mine = {item.id: item for item in own}
        general = {item.id: item for item in self.smalltalk}
        found = []
        for id_ in dict.fromkeys((*general, *mine)):
            usual, special = general.get(id_, _NOTHING), mine.get(id_, _NOTHING)
            reply = special.reply or fill(usual.reply)
            phrasings = tuple(p for p in usual.phrasings if p not in taken)
            found.append(Smalltalk(id_, special.phrasings, reply, phrasings))
        return tuple(found)

    def with_follow_ups(self, own: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
        """The general cues and a folder's own, which count if both have the same phrasing."""
        mine = {tuple(tokenize(phrasing)) for phrasing in chain.from_iterable(own.values())}
        general = {
            name: tuple(p for p in phrasings if tuple(tokenize(p)) not in mine)
            for name, phrasings in self.follow_ups.items()
        }
        names = dict.fromkeys((*general, *own))
        return {name: (*general.get(name, ()), *own.get(name, ())) for name in names}


@cache
def english() -> English:
    """Read english.yaml."""
    import yaml  # noqa: PLC0415 - a start from the cache does not need it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C: ten times faster
    content = yaml.load(_read("english.yaml"), loader)  # noqa: S506 - both are safe
    return msgspec.convert(content, English)


def everyday_messages() -> list[str]:
    """Everyday messages that have nothing to do with any article: examples of "elsewhere"."""
    lines = _read("elsewhere.txt").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _read(name: str) -> str:
    return (files("bot.language") / name).read_text("utf-8")
