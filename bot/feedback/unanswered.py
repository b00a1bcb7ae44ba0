"""The `unanswered` report: groups of questions that got no answer, or one marked as wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answering import Answerer, Status
from bot.knowledge import Vocabulary
from bot.matching import Similarities
from bot.store import Questions
from bot.store.database import QUESTION_RETENTION_DAYS
from bot.store.questions import SavedQuestion
from bot.text_layout import counted, wrap

# On CLINC150, three quarters of the pairs that are at least this similar have the same intent; at
# 0.25, two thirds do.
SIMILARITY_THRESHOLD = 0.3
MAX_COMPARED = 3000  # of the saved questions, the most asked first; limits time and memory
_SHOWN = 20  # groups in a terminal
_ALSO = 3  # other phrasings shown with a group
_IN_JSON = 100  # groups in JSON, and phrasings of each
_IN_CHAT = 10  # groups in a chat
_LINE = 64  # characters of a line in a chat, so that ten groups fit into one message


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Similar questions, the most asked first; days are counted from 1 January 1970."""

    questions: Sequence[SavedQuestion]
    count: int  # how many times they were asked in all
    voted_wrong: int  # how many of `count` got an answer that was marked as wrong
    first_day: int
    last_day: int

    @classmethod
    def of(cls, questions: Sequence[SavedQuestion]) -> QuestionGroup:
        """The group of some questions."""
        return cls(
            questions,
            sum(question.count for question in questions),
            sum(question.voted_wrong for question in questions),
            min(question.first_day for question in questions),
            max(question.last_day for question in questions),
        )

    @property
    def text(self) -> str:
        """The phrasing asked most."""
        return self.questions[0].text

    @property
    def dates(self) -> str:
        """The first day and the last: `2026-01-02 to 2026-01-05`."""
        return " to ".join(dict.fromkeys(str(day(n)) for n in (self.first_day, self.last_day)))


def group_questions(
    questions: Sequence[SavedQuestion], vocabulary: Vocabulary
) -> list[QuestionGroup]:
    """Group similar questions; the groups asked most come first.

    From the most asked down, each question joins a group that it resembles, or else starts one and
    brings in the others that resemble it.
    """
    ordered = sorted(questions, key=lambda q: (-q.count, -q.last_day, q.text))
    similarities = Similarities(
        [question.text for question in ordered],
        synonyms=vocabulary.synonyms,
        abbreviations=vocabulary.abbreviations,
    )
    groups: dict[int, list[SavedQuestion]] = {}
    taken: set[int] = set()
    for number in range(len(ordered)):
        if number in taken:
            continue
        similar = similarities.most_similar(number, SIMILARITY_THRESHOLD)
        first = next((other for other in similar if other in groups), number)
        members = groups.setdefault(first, [])
        joining = [number, *(n for n in similar if n > number)] if first == number else [number]
        members += [ordered[n] for n in joining if n not in taken]
        taken.update(joining)
    return sorted(
        map(QuestionGroup.of, groups.values()),
        key=lambda group: (-group.count, -group.last_day, group.text),
    )


@dataclass(frozen=True, slots=True)
class UnansweredQuestions:
    """The saved questions in groups; `ungrouped` of the `total` were too rare to be compared."""

    groups: list[QuestionGroup]
    total: int
    ungrouped: int


@dataclass(frozen=True, slots=True)
class NearestEntry:
    """How the current knowledge handles a question; `entry` is None if none is similar."""

    status: Status
    entry: str | None
    confidence: float
    resolution: str = ""  # how it has been resolved since it was asked; "" if it is still open


def read_saved(questions: Questions) -> tuple[list[SavedQuestion], int]:
    """The saved questions that are compared, and how many are saved in all."""
    return questions.most_asked(MAX_COMPARED), questions.saved_count()


def collect(
    most_asked: Sequence[SavedQuestion], total: int, answerer: Answerer
) -> UnansweredQuestions:
    """Group what `read_saved` read; takes seconds if there are thousands."""
    groups = group_questions(most_asked, answerer.knowledge.vocabulary)
    return UnansweredQuestions(groups, total, total - sum(group.count for group in groups))


def nearest_entry(answerer: Answerer, text: str) -> NearestEntry:
    """Answer a question from the current knowledge, and find the entry most likely meant."""
    reply = answerer.answer(text)
    entries = answerer.knowledge.entries
    found = [
        (candidate.confidence, candidate.entry)
        for verdict in answerer.verdicts(text)
        for candidate in verdict.candidates
        if candidate.entry in entries
    ]
    confidence, entry = max(found, default=(0.0, None))
    if not reply.entry:
        return NearestEntry(reply.status, entry, confidence)
    resolution = "now answered" if reply.status == "answered" else "now a known gap"
    return NearestEntry(reply.status, reply.entry, reply.confidence, resolution)


def day(number: int) -> dt.date:
    """The date `number` days after 1 January 1970."""
    return dt.date(1970, 1, 1) + dt.timedelta(days=number)


def as_text(unanswered: UnansweredQuestions, answerer: Answerer) -> str:
    """The groups asked most, for a terminal."""
    if not unanswered.groups:
        return "Nothing was saved: every question was answered, or QUESTION_LOG is false."
    blocks = []
    for group in unanswered.groups[:_SHOWN]:
        head, *lines = _lines(group, answerer)
        blocks.append("\n".join([wrap(head), *(wrap(line, "    ") for line in lines)]))
    return "\n\n".join([*blocks, _summary(unanswered, _SHOWN)])


def as_json(unanswered: UnansweredQuestions, answerer: Answerer) -> dict[str, Any]:
    """The groups asked most, for scripts."""
    groups = []
    for group in unanswered.groups[:_IN_JSON]:
        nearest = nearest_entry(answerer, group.text)
        groups.append(
            {
                "text": group.text,
                "asked": group.count,
                "voted_wrong": group.voted_wrong,
                "oldest": day(group.first_day).isoformat(),
                "newest": day(group.last_day).isoformat(),
                "wordings": [question.text for question in group.questions[:_IN_JSON]],
                "status": nearest.status,
                "nearest": nearest.entry,
                "confidence": round(nearest.confidence, 4),
            }
        )
    return {
        "knowledge": answerer.knowledge.version,
        "asked": unanswered.total,
        "groups": groups,
        "more_groups": max(len(unanswered.groups) - _IN_JSON, 0),
        "not_grouped": unanswered.ungrouped,
    }


def unanswered_text(unanswered: UnansweredQuestions, answerer: Answerer) -> str:
    """The groups asked most, for a chat."""
    if not unanswered.groups:
        return "Nothing was saved: every question was answered, or the log is switched off."
    blocks = [
        "\n   ".join(
            line if len(line) <= _LINE else f"{line[:_LINE]}…" for line in _lines(group, answerer)
        )
        for group in unanswered.groups[:_IN_CHAT]
    ]
    more = "`treaty-bot unanswered --stub` drafts entries for them."
    return "\n\n".join([*blocks, _summary(unanswered, _IN_CHAT), more])


def _lines(group: QuestionGroup, answerer: Answerer) -> Iterator[str]:
    """How often it was asked, other phrasings, the nearest entry, and what became of it."""
    nearest = nearest_entry(answerer, group.text)
    yield f"{group.count}× {group.text}"
    if others := [question.text for question in group.questions[1:]]:
        more = f" · and {len(others) - _ALSO} more" if len(others) > _ALSO else ""
        yield f"also: {' · '.join(others[:_ALSO])}{more}"
    entry = answerer.knowledge.entries.get(nearest.entry or "")
    found = f"{entry.id} ({nearest.confidence:.2f}) {entry.question}" if entry else "none"
    yield f"nearest: {found}"
    wrong = f"; {group.voted_wrong} marked as wrong" if group.voted_wrong else ""
    is_resolved = nearest.resolution and group.voted_wrong < group.count
    yield f"{group.dates}{wrong}{f'; {nearest.resolution}' if is_resolved else ''}"


def _summary(unanswered: UnansweredQuestions, shown: int) -> str:
    more, ungrouped = len(unanswered.groups) - shown, unanswered.ungrouped
    saved = counted(unanswered.total, "question")
    parts = [f"{saved} saved in {QUESTION_RETENTION_DAYS} days"]
    parts += [counted(more, "more group")] if more > 0 else []
    parts += [f"{ungrouped} were too rare to be grouped"] if ungrouped else []
    return "; ".join(parts) + "."
