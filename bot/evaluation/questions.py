"""Compares replies with labels: right, wrong, suggested, missed, false, quiet."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.answering import Answerer, Conversation, Reply
from bot.errors import InputError
from bot.knowledge import Citation, Entry, Knowledge, KnowledgeError
from bot.knowledge.yaml_lines import YamlFile, read_yaml

Span = tuple[int, int]
_Labels = Mapping[str, tuple[Span, ...]]

_SENTENCES = "sentences.yaml"  # where it stands beside the questions, the labels name sentences


@dataclass(frozen=True, slots=True)
class Question:
    """One labelled message; `turns` holds the earlier messages of its dialogue."""

    text: str
    gold: tuple[Span, ...]  # spans of the article that answer it; () if none do
    kind: str
    turns: tuple[str, ...] = ()
    entry: str = ""  # from whose phrasing it was made, or the known gap that it is labelled with


class _Turn(BaseModel, extra="forbid"):
    q: str
    gold: list[str]


class _Row(_Turn):
    kind: str = ""
    addressed: bool = True


class _Dialogue(BaseModel, extra="forbid"):
    turns: list[_Turn]


# By the row's number, which errors then name.
_ROW, _DIALOGUE = TypeAdapter(dict[int, _Row]), TypeAdapter(dict[int, _Dialogue])
_LIST = TypeAdapter(list[object])
# What is wrong with a row, in plain words.
_FAULTS = {
    "missing": "“{key}: …” is missing",
    "extra_forbidden": "“{key}: …” does not belong here; delete it",
    "string_type": "“{key}: …” must be one text",
    "list_type": "a list in brackets is needed here, like [closing-date] or []",
    "model_type": "this is no row",
}


def read_questions(path: Path, knowledge: Knowledge) -> list[Question]:
    """Read the rows that address the bot; raise `InputError` with file and line if one is wrong."""
    if not path.is_file():
        raise InputError(f"{path}: is not a file; name a file of labelled questions")
    try:
        file = _read(path, _wrong_rows)
        rows = [_validated(*row) for row in enumerate(_LIST.validate_python(file.data))]
        labels = _labels(path.with_name(_SENTENCES), knowledge)
    except KnowledgeError as error:
        raise InputError(f"{path.parent}{os.sep}{error}") from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = fault["loc"]
        reason = _FAULTS.get(fault["type"], fault["msg"]).format(key=place[-1] if place else "")
        form = "a row is {q, gold, kind} or {turns: [{q, gold}, ...]}"
        raise InputError(f"{path}:{file.line(place)}: {reason}; {form}") from None
    for number, row in enumerate(rows):
        turns = [row] if isinstance(row, _Row) else row.turns
        for name in [name for turn in turns for name in turn.gold if name not in labels]:
            what = "sentence" if path.with_name(_SENTENCES).exists() else "entry"
            reason = f"there is no {what} {name!r}; correct the label"
            raise InputError(f"{path}:{file.line((number,))}: {reason}")
    return [question for row in rows for question in _questions(row, labels)]


def _validated(number: int, row: object) -> _Row | _Dialogue:
    is_dialogue = isinstance(row, dict) and "turns" in row
    return (_DIALOGUE if is_dialogue else _ROW).validate_python({number: row})[number]


def question_files(path: Path) -> list[Path]:
    """The question files in a folder; a file stands for itself."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.glob("*.yaml") if file.name != _SENTENCES)


def _wrong_rows(file: YamlFile) -> list[int]:
    """The lines of the rows that are wrong."""
    lines = []
    for number, row in enumerate(file.data if isinstance(file.data, list) else ()):
        try:
            _validated(number, row)
        except ValidationError:
            lines.append(file.line((number,)))
    return lines


def _read(path: Path, wrong: Callable[[YamlFile], Sequence[int]] = lambda _: ()) -> YamlFile:
    file = read_yaml(path, wrong=wrong)
    if file.problems:
        raise KnowledgeError(*file.problems)
    return file


def _questions(row: _Row | _Dialogue, labels: _Labels) -> list[Question]:
    def question(turn: _Turn, kind: str, earlier: tuple[str, ...] = ()) -> Question:
        gold = tuple(span for name in turn.gold for span in labels[name])
        gap = next((name for name in turn.gold if not labels[name]), "")
        return Question(turn.q, gold, kind, earlier, gap)

    if isinstance(row, _Row):
        return [question(row, row.kind or "question")] if row.addressed else []
    texts = tuple(turn.q for turn in row.turns)
    return [
        question(turn, "follow-up" if n else "first-turn", texts[:n])
        for n, turn in enumerate(row.turns)
    ]


def _labels(sentences: Path, knowledge: Knowledge) -> _Labels:
    """What labels may name: the file's sentences if it exists, or else the entries."""
    if not sentences.exists():
        return {entry.id: answered_at(entry) for entry in knowledge.entries.values()}
    file = _read(sentences)
    texts = file.data.get("sentences") if isinstance(file.data, dict) else None
    if not isinstance(texts, dict):
        form = "`sentences:`, a mapping of ids to the article's sentences"
        raise InputError(f"{sentences}: needs {form}")
    labels = {}
    for name, text in texts.items():
        citation = knowledge.article.cite(str(text))
        if citation is None:
            line = file.line(("sentences", str(name)))
            reason = f"sentence {name} is not in the article word for word"
            raise InputError(f"{sentences}:{line}: {reason}")
        labels[str(name)] = ((citation.start, citation.end),)
    return labels


Outcome = Literal["right", "wrong", "suggested", "missed", "false", "quiet"]


@dataclass(frozen=True, slots=True)
class Result:
    """A question with its reply and the outcome."""

    question: Question
    reply: Reply
    outcome: Outcome


def ask(answerer: Answerer, question: Question) -> Result:
    """Ask a question, after the earlier turns of its dialogue, and judge the reply."""
    conversation = Conversation()
    for turn in question.turns:
        conversation = conversation.after(answerer.answer(turn, conversation))
    reply = answerer.answer(question.text, conversation if question.turns else None)
    return Result(question, reply, outcome(reply, question.gold))


def outcome(reply: Reply, gold: Sequence[Span]) -> Outcome:
    """Judge one reply; an empty `gold` means that the article has no answer."""
    answered = reply.status == "answered"
    if not gold:
        return "false" if answered else "quiet"
    if answered:
        return "right" if overlap(reply.citations, gold) else "wrong"
    offered = [citation for s in reply.suggestions for citation in s.citations]
    return "suggested" if overlap(offered, gold) else "missed"


def answered_at(entry: Entry) -> tuple[Span, ...]:
    """Where the article answers an entry's question; () for a known gap."""
    return tuple((c.start, c.end) for c in entry.citations) if entry.answerable else ()


def overlap(citations: Iterable[Citation], gold: Sequence[Span]) -> bool:
    """Whether any citation shares text with a gold sentence."""
    return any(c.overlaps(start, end) for c in citations for start, end in gold)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of outcomes, and their shares."""

    counts: Counter[Outcome]

    @classmethod
    def of(cls, results: Iterable[Result]) -> Self:
        """Count the outcomes of some results."""
        return cls(Counter(result.outcome for result in results))

    @property
    def answerable(self) -> int:
        """The number of questions that the article answers."""
        return sum(self.counts[name] for name in ("right", "wrong", "suggested", "missed"))

    @property
    def unanswerable(self) -> int:
        """The number of questions that it does not answer."""
        return self.counts["false"] + self.counts["quiet"]

    def share(self, *names: Outcome) -> float:
        """The share of some outcomes among the questions they apply to, in [0, 1]."""
        of = self.unanswerable if names[0] in {"false", "quiet"} else self.answerable
        return sum(self.counts[name] for name in names) / of if of else 0.0
