"""English that every knowledge folder may rely on."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class English(NamedTuple):
    """General synonyms, in groups, chat spelling, and the words that rules of style are about."""

    synonyms: tuple[tuple[str, ...], ...]
    abbreviations: Mapping[str, str]
    style: Mapping[str, Sequence[str]]

    def with_synonyms(self, own: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
        """A folder's own groups, then the general ones without the terms that it has grouped."""
        grouped = {term.casefold() for group in own for term in group}
        rest = (tuple(t for t in group if t not in grouped) for group in self.synonyms)
        return (*map(tuple, own), *(group for group in rest if len(group) > 1))


@cache
def english() -> English:
    """Read english.yaml."""
    import yaml  # noqa: PLC0415 - a start from the cache does not need it

    content = yaml.safe_load(_read("english.yaml"))
    return English(
        tuple(map(tuple, content["synonyms"])), content["abbreviations"], content["style"]
    )


def everyday_messages() -> list[str]:
    """Everyday messages that have nothing to do with any article: examples of "elsewhere"."""
    lines = _read("elsewhere.txt").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _read(name: str) -> str:
    return (files("bot.language") / name).read_text("utf-8")
