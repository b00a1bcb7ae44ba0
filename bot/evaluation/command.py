"""`evaluate`: scores question files with the same answerer that people talk to."""

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from bot.answering import Answerer, Conversation
from bot.errors import InputError
from bot.evaluation.mutate import FLIPPED, LEFT_OUT, mutate, one_typo
from bot.evaluation.questions import (
    Outcome,
    Question,
    Result,
    Tally,
    outcome,
    question_files,
    read_questions,
)
from bot.knowledge import Knowledge
from bot.text_layout import table

_HEADINGS = ("questions", "right", "wrong", "suggested", "missed", "unknown", "false")


def by_kind(results: Sequence[Result]) -> str:
    """Outcomes per kind of question, and in total."""
    groups: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda r: r.question.kind):
        groups.setdefault(result.question.kind, []).append(result)
    return by_group("kind", {**groups, "all": results})


def by_group(heading: str, groups: Mapping[str, Sequence[Result]]) -> str:
    """Outcomes per group, under a heading for the groups' names."""
    rows = [_row(name, _tally(group)) for name, group in groups.items()]
    return table((heading, *_HEADINGS), rows)


def _tally(results: Iterable[Result]) -> Tally:
    return Tally(Counter(result.outcome for result in results))


def _row(kind: str, tally: Tally) -> list[str]:
    counts = tally.counts
    return [
        kind,
        str(tally.answerable + tally.unanswerable),
        *(
            f"{counts[name]} ({100 * tally.share(name):.0f} %)" if tally.answerable else "-"
            for name in ("right", "wrong", "suggested", "missed")
        ),
        str(tally.unanswerable),
        f"{counts['false']} ({100 * tally.share('false'):.0f} %)" if tally.unanswerable else "-",
    ]


def calibration(groups: Mapping[str, Sequence[Result]]) -> str:
    """How often answers were right, by confidence, in each group and in total."""
    everything = [result for group in groups.values() for result in group]
    named = {"all": everything} if len(groups) == 1 else {**groups, "all": everything}
    rows = [(name, *row) for name, results in named.items() for row in _by_confidence(results)]
    return table(("answers in", "confidence", "answers", "mean", "right"), rows) if rows else ""


def _by_confidence(results: Sequence[Result]) -> Iterator[tuple[str, ...]]:
    tenths: dict[int, list[Result]] = {}
    for result in results:
        if result.reply.status == "answered":
            tenths.setdefault(min(int(result.reply.confidence * 10), 9), []).append(result)
    for tenth, group in sorted(tenths.items()):
        right = sum(result.outcome == "right" for result in group)
        mean = sum(result.reply.confidence for result in group) / len(group)
        label = f"{tenth / 10:.1f}-{(tenth + 1) / 10:.1f}"
        yield label, str(len(group)), f"{mean:.2f}", f"{right / len(group):.2f}"


def summary(tally: Tally) -> str:
    """The most important figures, one per line."""
    lines = [
        f"answerable: right                     {100 * tally.share('right'):5.1f} %",
        f"answerable: wrong                     {100 * tally.share('wrong'):5.1f} %",
        f"answerable: right or suggested        {100 * tally.share('right', 'suggested'):5.1f} %",
        f"not answerable: false answers         {100 * tally.share('false'):5.1f} %",
    ]
    return "\n".join(lines)


def confusions(results: Sequence[Result], questions: Mapping[str, str]) -> str:
    """The mistakes: each question, the entry answered or offered, and the confidence."""
    lines = []
    for result in results:
        if result.outcome in {"wrong", "false", "missed"}:
            reply = result.reply
            entry = reply.entry or next((s.entry for s in reply.suggestions), None)
            said = f"{entry} ({questions.get(entry or '', reply.status)})"
            lines.append(
                f"{result.outcome:<6} {result.question.kind}: {result.question.text!r}\n"
                f"       -> {reply.status} {said}, confidence {reply.confidence:.2f}"
            )
    return "\n".join(lines)


_SEED = 20190705


@dataclass(frozen=True, slots=True)
class Limits:
    """What passes, in percent of the questions that each applies to; None for no limit."""

    right: float | None = None  # at least
    wrong: float | None = None  # at most
    false: float | None = None  # at most

    def missed(self, tally: Tally) -> bool:
        """Whether a share is outside its limit; if so, say which on standard error."""
        rules: list[tuple[Outcome, float | None, str]] = [
            ("right", self.right, "needed"),
            ("wrong", self.wrong, "allowed"),
            ("false", self.false, "allowed"),
        ]
        missed = False
        for name, limit, what in rules:
            share = 100 * tally.share(name)
            if limit is not None and (share < limit if what == "needed" else share > limit):
                print(f"{share:.1f} % {name} answers, {limit} % {what}", file=sys.stderr)
                missed = True
        return missed


def evaluate(
    knowledge: Knowledge, files: Sequence[Path], limits: Limits, *, typos: bool = False
) -> int:
    """Score question files and print the report; return 1 if a limit is missed, else 0."""
    gathered = gather(files, knowledge)
    answerer, source = Answerer(knowledge), random.Random(_SEED)  # noqa: S311 - repeatable, not secret
    groups: dict[str, list[Result]] = {}
    for file, questions in gathered:
        asked = [replace(q, text=one_typo(q.text, source)) if typos else q for q in questions]
        groups.setdefault(f"{file.parent.name}/{file.name}", []).extend(run(answerer, asked))
    results = [result for group in groups.values() for result in group]
    titles = {entry.id: entry.question for entry in knowledge.entries.values()}
    parts = [
        confusions(results, titles),
        by_kind(results),
        by_group("file", groups) if len(groups) > 1 else "",
        calibration(groups),
        summary(tally := _tally(results)),
    ]
    print("\n\n".join(part for part in parts if part))
    return int(limits.missed(tally))


def mutated(knowledge: Knowledge, limits: Limits, strays: Path | None) -> int:
    """Print the mutation report and write the strays; return 1 if a limit is missed, else 0.

    The limits are for left-out phrasings; with any, no flip may be answered as the original.
    """
    text, tallies, found = mutate(knowledge)
    print(text)
    if strays:
        strays.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
        print(f"{len(found)} phrasings, left out, got another entry; see {strays}")
    if limits == Limits():
        return 0
    flipped = tallies[FLIPPED].counts["wrong"] if FLIPPED in tallies else 0
    if flipped:
        print(f"{flipped} flips got the original answer", file=sys.stderr)
    return int(limits.missed(tallies[LEFT_OUT]) or flipped > 0)


def gather(files: Sequence[Path], knowledge: Knowledge) -> list[tuple[Path, list[Question]]]:
    """Each file, or file in a folder, with its questions; `InputError` if there are none at all."""
    found = [file for path in files for file in question_files(path)]
    gathered = [(file, read_questions(file, knowledge)) for file in found]
    if not any(questions for _, questions in gathered):
        raise InputError("the files contain no question addressed to the bot; add at least one")
    return gathered


def run(answerer: Answerer, questions: Iterable[Question]) -> list[Result]:
    """Ask every question; each turn of a dialogue has the earlier ones as its context."""
    results = []
    for question in tqdm(list(questions), desc="asking", unit="q", leave=False, disable=None):
        conversation = Conversation()
        for turn in question.turns:
            conversation = conversation.after(answerer.answer(turn, conversation))
        reply = answerer.answer(question.text, conversation if question.turns else None)
        results.append(Result(question, reply, outcome(reply, question.gold)))
    return results
