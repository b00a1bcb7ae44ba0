"""`evaluate --baselines`: the usual matchers on the same knowledge and the same questions.

A baseline answers with its best entry if the score reaches a cut-off; a known gap or a
pleasantry on top is no answer. Each gets the cut-off that suits it best: the most right
answers at no more false answers than ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tqdm import tqdm

from bot.evaluation.baselines import Ranker, baselines
from bot.evaluation.outcomes import Result, Tally, overlap
from bot.knowledge import Knowledge
from bot.tables import table


@dataclass(frozen=True, slots=True)
class _Try:
    """A baseline's best entry for one question: its score, and what answering would be."""

    score: float
    answers: bool  # whether the entry is one that the article answers
    right: bool
    answerable: bool


def compare(knowledge: Knowledge, results: Sequence[Result]) -> str:
    """Our results beside each baseline's at its best cut-off, as a table."""
    alone = [result for result in results if not result.question.turns]
    ours = Tally.of(alone)
    rows = [("Treaty Bot", ours.share("right"), ours.share("wrong"), ours.share("false"))]
    entries = {entry.id: entry.wordings for entry in knowledge.entries.values()}
    entries |= {f"smalltalk/{s.id}": s.phrasings for s in knowledge.vocabulary.smalltalk}
    for name, ranker in baselines(entries).items():
        tries = [_ask(ranker, knowledge, result) for result in tqdm(alone, desc=name, leave=False)]
        rows.append((name, *_best(tries, max(ours.share("false"), 0.03))))
    return table(
        ("matcher", "right", "wrong", "false"),
        [(name, *(f"{100 * share:.1f} %" for share in shares)) for name, *shares in rows],
    )


def _ask(ranker: Ranker, knowledge: Knowledge, result: Result) -> _Try:
    ranked = ranker.rank(result.question.text)
    name, score = ranked[0] if ranked else ("", 0.0)
    entry = knowledge.entries.get(name)
    gold = result.question.gold
    known = entry is not None and entry.known
    right = entry is not None and known and overlap(entry.citations, gold)
    return _Try(score, known, right, bool(gold))


def _best(tries: Sequence[_Try], most_false: float) -> tuple[float, float, float]:
    """Right, wrong and false shares at the best cut-off within the false answers allowed."""
    answerable = sum(t.answerable for t in tries) or 1
    others = sum(not t.answerable for t in tries) or 1
    best = (0.0, 0.0, 0.0)
    for cut in sorted({t.score for t in tries}):
        said = [t for t in tries if t.answers and t.score >= cut]
        false = sum(not t.answerable for t in said) / others
        right = sum(t.right for t in said) / answerable
        if false <= most_false and right > best[0]:
            wrong = sum(t.answerable and not t.right for t in said) / answerable
            best = (right, wrong, false)
    return best
