"""Puts questions that ask alike into groups, with the matcher that also answers them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.knowledge import Vocabulary
from bot.matching import Matcher
from bot.store.questions import Wording

# Score from which two questions count as alike. Of pairs of CLINC150's questions that it puts
# together three in four have the same intent; at 0.45 it is two in three.
ALIKE = 0.5
_LOOKED_AT = 20  # questions most like one that may join it at once

Progress = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask alike, the most asked first."""

    wordings: tuple[Wording, ...]

    @property
    def text(self) -> str:
        """The wording asked most."""
        return self.wordings[0].text

    @property
    def number(self) -> int:
        """How often any of them was asked."""
        return sum(wording.number for wording in self.wordings)

    @property
    def voted_wrong(self) -> int:
        """How many of the number were answered and voted wrong."""
        return sum(wording.voted_wrong for wording in self.wordings)

    @property
    def oldest(self) -> int:
        """The first day, in days since 1 January 1970."""
        return min(wording.oldest for wording in self.wordings)

    @property
    def newest(self) -> int:
        """The last day, in days since 1 January 1970."""
        return max(wording.newest for wording in self.wordings)


def grouped(
    wordings: Sequence[Wording], vocabulary: Vocabulary, progress: Progress = iter
) -> list[Group]:
    """Group wordings by likeness; the groups asked most come first.

    The most asked wording that is like no group before it begins a group, and takes in what is
    like it. `progress` sees the numbers of the wordings go by.
    """
    ordered = sorted(wordings, key=lambda w: (-w.number, -w.newest, w.text))
    matcher = Matcher(
        {f"{number:09}": [wording.text] for number, wording in enumerate(ordered)},
        synonyms=vocabulary.synonyms,
        abbreviations=vocabulary.abbreviations,
    )
    groups: dict[int, list[Wording]] = {}
    taken: set[int] = set()
    for number in progress(range(len(ordered))):
        if number in taken:
            continue
        matches = matcher.rank(ordered[number].text, limit=_LOOKED_AT)
        alike = [int(match.entry) for match in matches if match.score >= ALIKE]
        first = next((other for other in alike if other in groups), number)
        members = groups.setdefault(first, [])
        joining = [number, *(n for n in alike if n > number)] if first == number else [number]
        members += [ordered[n] for n in joining if n not in taken]
        taken.update(joining)
    made = [Group(tuple(members)) for members in groups.values()]
    return sorted(made, key=lambda group: (-group.number, -group.newest, group.text))
