"""The tables of `evaluate`, as Markdown that reads well in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from bot.evaluation.outcomes import Result, Tally
from bot.tables import table

_HEADINGS = ("kind", "questions", "right", "wrong", "suggested", "missed", "unknown", "false")


def by_kind(results: Sequence[Result]) -> str:
    """Outcomes per kind of question, and in all."""
    ordered = sorted(results, key=lambda r: r.question.kind)
    groups: dict[str, list[Result]] = {
        kind: list(group) for kind, group in groupby(ordered, key=lambda r: r.question.kind)
    }
    groups["all"] = list(results)
    return table(_HEADINGS, [_row(kind, Tally.of(group)) for kind, group in groups.items()])


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


def by_entry(results: Sequence[Result]) -> str:
    """The entries that were answered, those with wrong or false answers first."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        if result.reply.status == "answered" and result.reply.entry:
            groups.setdefault(result.reply.entry, []).append(result)
    rows = []
    for entry, group in groups.items():
        counts = Tally.of(group).counts
        bad = counts["wrong"] + counts["false"]
        rows.append((entry, str(len(group)), str(counts["right"]), str(bad)))
    rows.sort(key=lambda row: (-int(row[3]), -int(row[1]), row[0]))
    return table(("entry", "answered", "right", "wrong or false"), rows) if rows else ""


def calibration(results: Sequence[Result]) -> str:
    """How often the answers of each confidence were right."""
    groups: dict[int, list[Result]] = {}
    for result in results:
        if result.reply.status == "answered":
            groups.setdefault(min(int(result.reply.confidence * 10), 9), []).append(result)
    rows = []
    for tenth, group in sorted(groups.items()):
        right = sum(result.outcome == "right" for result in group)
        mean = sum(result.reply.confidence for result in group) / len(group)
        label = f"{tenth / 10:.1f}-{(tenth + 1) / 10:.1f}"
        rows.append((label, str(len(group)), f"{mean:.2f}", f"{right / len(group):.2f}"))
    return table(("confidence", "answers", "mean", "right"), rows) if rows else ""


def summary(tally: Tally) -> str:
    """The five figures that decide, one line each."""
    lines = [
        f"answerable: right                     {100 * tally.share('right'):5.1f} %",
        f"answerable: wrong                     {100 * tally.share('wrong'):5.1f} %",
        f"answerable: right or suggested        {100 * tally.share('right', 'suggested'):5.1f} %",
        f"not answerable: false answers         {100 * tally.share('false'):5.1f} %",
    ]
    return "\n".join(lines)


def confusions(results: Sequence[Result], questions: Mapping[str, str]) -> str:
    """What went wrong: the question, the entry answered or offered, the confidence."""
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
