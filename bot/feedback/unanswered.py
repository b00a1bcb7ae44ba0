"""`unanswered`: what people asked in vain, what was voted wrong, and what comes nearest."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answering import Answerer, Status
from bot.knowledge import Vocabulary
from bot.matching import Matcher
from bot.store import Questions, Store
from bot.store.questions import KeptQuestion
from bot.text_layout import wrap

# Score from which two questions count as alike. Of pairs of CLINC150's questions that it puts
# together three in four have the same intent; at 0.45 it is two in three.
ALIKE = 0.5
_LOOKED_AT = 20  # questions most like one that may join it at once

Progress = Callable[[Iterable[int]], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask alike, the most asked first."""

    wordings: tuple[KeptQuestion, ...]

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
    wordings: Sequence[KeptQuestion], vocabulary: Vocabulary, progress: Progress = iter
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
    groups: dict[int, list[KeptQuestion]] = {}
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


# Wordings compared with each other: the most asked ones. It bounds time and memory.
MOST_COMPARED = 3000
_SHOWN = 20  # groups in a terminal
_ALSO = 3  # further wordings of a group shown
_IN_JSON = 100  # groups in JSON, and wordings of each
_IN_CHAT = 10  # groups in a chat
_LINE = 120  # characters of a question in a chat; ten of them fit into one message


@dataclass(frozen=True, slots=True)
class UnansweredQuestions:
    """All that was kept: in groups, and how many questions are in wordings too rare for it."""

    groups: list[Group]
    number: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Nearest:
    """What today's knowledge makes of a question; `entry` is None if nothing is near."""

    status: Status
    entry: str | None
    confidence: float
    settled: str = ""  # what has become of it since it was kept; "" if it is still open


def collect(
    questions: Questions, answerer: Answerer, *, quiet: bool = False
) -> UnansweredQuestions:
    """Read and group what was kept; `quiet` shows no progress on stderr."""

    def bar(numbers: Iterable[int]) -> Iterable[int]:
        if quiet:
            return numbers
        from tqdm import tqdm  # noqa: PLC0415 - a bot that serves needs no progress bar

        return tqdm(numbers, "comparing", leave=False, unit="q")

    most = questions.wordings(MOST_COMPARED)
    groups = grouped(most, answerer.knowledge.vocabulary, bar)
    number = questions.kept()
    return UnansweredQuestions(groups, number, number - sum(group.number for group in groups))


def nearest(answerer: Answerer, text: str) -> Nearest:
    """Ask today's knowledge."""
    reply = answerer.answer(text)
    entries = answerer.knowledge.entries
    found = [
        (candidate.confidence, candidate.entry)
        for verdict in answerer.verdicts(text)
        for candidate in verdict.candidates[:1]
        if candidate.entry in entries
    ]
    confidence, entry = max(found, default=(0.0, None))
    settled = ""
    if reply.entry:
        entry, confidence = reply.entry, reply.confidence
        settled = {"answered": "answered by now", "unanswered": "a known gap by now"}.get(
            reply.status, ""
        )
    return Nearest(reply.status, entry, confidence, settled)


def day(number: int) -> dt.date:
    """The date of a day counted from 1 January 1970."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=number)


def as_text(asked: UnansweredQuestions, answerer: Answerer) -> str:
    """The groups asked most, for a terminal."""
    if not asked.groups:
        return "Nothing was kept: all was answered, or QUESTION_LOG is false."
    blocks = [
        _block(group, nearest(answerer, group.text), answerer) for group in asked.groups[:_SHOWN]
    ]
    return "\n\n".join([*blocks, _sum(asked, _SHOWN)])


def as_json(asked: UnansweredQuestions, answerer: Answerer) -> dict[str, Any]:
    """The groups asked most, for scripts."""
    groups = []
    for group in asked.groups[:_IN_JSON]:
        near = nearest(answerer, group.text)
        groups.append(
            {
                "text": group.text,
                "asked": group.number,
                "voted_wrong": group.voted_wrong,
                "oldest": day(group.oldest).isoformat(),
                "newest": day(group.newest).isoformat(),
                "wordings": [wording.text for wording in group.wordings[:_IN_JSON]],
                "status": near.status,
                "nearest": near.entry,
                "confidence": round(near.confidence, 4),
            }
        )
    return {
        "knowledge": answerer.knowledge.version,
        "asked": asked.number,
        "groups": groups,
        "more_groups": max(len(asked.groups) - _IN_JSON, 0),
        "not_grouped": asked.left_out,
    }


def unanswered_text(store: Store, answerer: Answerer) -> str:
    """The groups asked most, for a chat; may run in any thread, and takes seconds if much is kept.

    Raise `sqlite3.Error` or `InputError` if the store cannot be read.
    """
    with store.beside() as own:
        asked = collect(Questions(own), answerer, quiet=True)
    if not asked.groups:
        return "Nothing is kept: all was answered, or the log is switched off."
    lines = []
    for group in asked.groups[:_IN_CHAT]:
        near = nearest(answerer, group.text)
        text = group.text if len(group.text) <= _LINE else f"{group.text[:_LINE]}…"
        line = f"{group.number}× {text}"
        line += f"\n   nearest: {near.entry} ({near.confidence:.2f})" if near.entry else ""
        lines.append(line + _remarks(group, near))
    more = "`treaty-bot unanswered --stub` writes entries to begin with."
    return "\n\n".join([*lines, _sum(asked, _IN_CHAT), more])


def _block(group: Group, near: Nearest, answerer: Answerer) -> str:
    lines = [wrap(group.text, f"{group.number:>5}×  ")]
    pad = " " * 8
    if others := [wording.text for wording in group.wordings[1:]]:
        more = f" · and {len(others) - _ALSO} more" if len(others) > _ALSO else ""
        lines.append(wrap(f"also: {' · '.join(others[:_ALSO])}{more}", pad))
    if near.entry:
        question = answerer.knowledge.entries[near.entry].question
        lines.append(wrap(f"nearest: {near.entry} ({near.confidence:.2f}) {question}", pad))
    else:
        lines.append(f"{pad}nearest: none")
    dates = dict.fromkeys([day(group.oldest).isoformat(), day(group.newest).isoformat()])
    lines.append(f"{pad}{' to '.join(dates)}{_remarks(group, near)}")
    return "\n".join(lines)


def _remarks(group: Group, near: Nearest) -> str:
    wrong = f"; {group.voted_wrong} voted wrong" if group.voted_wrong else ""
    is_settled = near.settled and group.voted_wrong < group.number
    return wrong + (f"; {near.settled}" if is_settled else "")


def _sum(asked: UnansweredQuestions, shown: int) -> str:
    more = len(asked.groups) - shown
    parts = [f"{asked.number} questions kept in 90 days"]
    parts += [f"{more} more groups"] if more > 0 else []
    parts += [f"{asked.left_out} in wordings too rare to be grouped"] if asked.left_out else []
    return "; ".join(parts) + "."
