"""`evaluate`: scores question files with the same answerer that people talk to."""

import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import TypeAlias

from tqdm import tqdm

from bot.answering import Answerer
from bot.errors import InputError
from bot.evaluation.mutate import FLIPPED, LEFT_OUT, SEED, as_table, mutate, one_typo
from bot.evaluation.questions import (
    Outcome,
    Question,
    Result,
    Tally,
    ask,
    question_files,
    read_questions,
)
from bot.knowledge import Knowledge
from bot.knowledge.load import load_folder
from bot.knowledge.read import Files
from bot.text_layout import table

# Percent of the questions that each applies to: at least so many right, at most of the others.
Limits: TypeAlias = Mapping[Outcome, float]
# What an editor can improve, the worst first.
_LISTED = ("false", "wrong", "missed", "suggested", "quiet")
_HEADINGS = ("questions", "right", "wrong", "suggested", "missed", "unknown", "false")


def by_group(heading: str, groups: Mapping[str, Sequence[Result]]) -> str:
    """Outcomes per group, under a heading for the groups' names."""
    answers: tuple[Outcome, ...] = ("right", "wrong", "suggested", "missed")
    rows = []
    for name, results in groups.items():
        tally = Tally.of(results)
        cells = [_cell(tally, outcome, tally.answerable) for outcome in answers]
        false = _cell(tally, "false", tally.unanswerable)
        rows.append((name, len(results), *cells, tally.unanswerable, false))
    return table((heading, *_HEADINGS), rows)


def _cell(tally: Tally, outcome: Outcome, of: int) -> str:
    return f"{tally.counts[outcome]} ({100 * tally.share(outcome):.0f} %)" if of else "-"


def calibration(groups: Mapping[str, Sequence[Result]]) -> str:
    """How often answers were right, by confidence, in each group."""
    rows = []
    for name, results in groups.items():
        tenths: dict[int, list[Result]] = {}
        for result in results:
            if result.reply.status == "answered":
                tenths.setdefault(min(int(result.reply.confidence * 10), 9), []).append(result)
        for tenth, group in sorted(tenths.items()):
            label = f"{tenth / 10:.1f}-{(tenth + 1) / 10:.1f}"
            confidence = mean(result.reply.confidence for result in group)
            right = mean(result.outcome == "right" for result in group)
            rows.append((name, label, str(len(group)), f"{confidence:.2f}", f"{right:.2f}"))
    return table(("answers in", "confidence", "answers", "mean", "right"), rows) if rows else ""


def summary(tally: Tally) -> str:
    """The most important figures, one per line."""
    figures: dict[str, tuple[Outcome, ...]] = {
        "answerable: right": ("right",),
        "answerable: wrong": ("wrong",),
        "answerable: right or suggested": ("right", "suggested"),
        "not answerable: false answers": ("false",),
    }
    return "\n".join(
        f"{name:<37} {100 * tally.share(*outcomes):5.1f} %" for name, outcomes in figures.items()
    )


def confusions(results: Sequence[Result], questions: Mapping[str, str]) -> str:
    """What was not answered rightly: each question, what it got, and the confidence.

    Of the questions without an answer, those that did not get the gap of their label.
    """
    lines = []
    listed = [result for result in results if result.outcome in _LISTED]
    for result in sorted(listed, key=lambda one: _LISTED.index(one.outcome)):
        reply, label, kind = result.reply, result.question.entry, result.outcome
        got = [reply.entry] if reply.entry else [s.entry for s in reply.suggestions]
        if kind == "quiet" and label in {"", reply.entry}:
            continue
        what = "small talk" if reply.status == "smalltalk" else "nothing"
        if got:
            is_gap = reply.entry and reply.status != "answered"
            how = "the gap" if is_gap else "answered with" if reply.entry else "offered"
            also = ", the right one below it" if is_gap and kind == "suggested" else ""
            what = f"{how} {', '.join(got)} ({questions.get(got[0], '')}){also}"
            what += f", confidence {reply.confidence:.2f}"
        lines.append(
            f"{'gap' if kind == 'quiet' else kind:<9} {result.question.kind}:"
            f" {result.question.text!r}\n"
            f"          -> {what}"
        )
    return "\n".join(lines)


def _breaks_limits(limits: Limits, tally: Tally) -> bool:
    """Whether a share is outside its limit; if so, say which on standard error."""
    is_broken = False
    for name, limit in limits.items():
        share, what = 100 * tally.share(name), "needed" if name == "right" else "allowed"
        if share < limit if name == "right" else share > limit:
            print(f"{share:.1f} % {name} answers, {limit} % {what}", file=sys.stderr)
            is_broken = True
    return is_broken


def evaluate(
    answerer: Answerer, files: Sequence[Path], limits: Limits, *, typos: bool = False
) -> int:
    """Score question files and print the report; return 1 if a limit is missed, else 0."""
    knowledge = answerer.knowledge
    source = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    by_file: dict[str, list[Result]] = {}
    for file, questions in gather(files, knowledge):
        asked = [replace(q, text=one_typo(q.text, source)) if typos else q for q in questions]
        bar = tqdm(asked, file.name, unit="q", leave=False, disable=None)
        group = by_file.setdefault(f"{file.parent.name}/{file.name}", [])
        group.extend(ask(answerer, question) for question in bar)
    results = [result for group in by_file.values() for result in group]
    by_kind: dict[str, list[Result]] = {}
    for result in sorted(results, key=lambda r: r.question.kind):
        by_kind.setdefault(result.question.kind, []).append(result)
    tally, texts = Tally.of(results), {e.id: e.question for e in knowledge.entries.values()}
    parts = [
        confusions(results, texts),
        by_group("kind", {**by_kind, "all": results}),
        by_group("file", by_file) if len(by_file) > 1 else "",
        calibration({**by_file, "all": results} if len(by_file) > 1 else {"all": results}),
        summary(tally),
    ]
    print("\n\n".join(part for part in parts if part))
    return int(_breaks_limits(limits, tally))


def evaluate_mutated(folder: Path, limits: Limits, strays: Path | None) -> int:
    """Print the mutation report and write the strays; return 1 if a limit is missed, else 0.

    The limits are for left-out phrasings; with any, no flip may be answered as the original.
    """
    content, knowledge = load_folder(folder)
    results = mutate(knowledge)
    flips = [r for r in results if r.question.kind == FLIPPED and r.outcome == "wrong"]
    print(as_table(results))
    for flip in flips:
        print(f"flip got the original answer: {flip.question.text!r} -> {flip.question.entry}")
    if strays:
        found = _strays(results, content)
        strays.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
        print(f"{len(found)} phrasings, altered or left out, got another entry; see {strays}")
    if not limits:
        return 0
    if flips:
        print(f"{len(flips)} flips got the original answer", file=sys.stderr)
    is_broken = _breaks_limits(limits, Tally.of(r for r in results if r.question.kind == LEFT_OUT))
    return int(is_broken or bool(flips))


def _strays(results: Sequence[Result], content: Files) -> list[str]:
    """What got another entry or should have got none, the surest first, and where it stands."""
    places = {p.text: "{}:{}".format(*p.file.location(p.place)) for p in content.phrasings()}
    found = []
    for result in sorted(results, key=lambda result: -result.reply.confidence):
        question, entry = result.question, result.reply.entry
        is_other = entry and (entry != question.entry or result.outcome == "false")
        if is_other and result.outcome != "right" and question.kind != FLIPPED:
            where = places.get(question.text, question.kind)
            found.append(f"{result.reply.confidence:.2f} {where}: {question.text} -> {entry}")
    return found


def gather(files: Sequence[Path], knowledge: Knowledge) -> list[tuple[Path, list[Question]]]:
    """Each file, or file in a folder, with its questions; `InputError` if there are none at all."""
    found = [file for path in files for file in question_files(path)]
    gathered = [(file, read_questions(file, knowledge)) for file in found]
    if not any(questions for _, questions in gathered):
        raise InputError("the files contain no question addressed to the bot; add at least one")
    return gathered
