"""`suggest`: finds the entries that lack phrasings, with what more of them would gain."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tqdm import tqdm

from bot.answering import Answerer
from bot.evaluation.mutate import FOLDS, fate, fates, left_out
from bot.evaluation.questions import Result, ask
from bot.knowledge import Knowledge
from bot.text_layout import wrap

_ENOUGH = 1500  # phrasings to leave out: one fold of a large folder, all folds of a small one
_ENTRIES = 10  # shown
_EXAMPLES = 4  # of each
_YARDSTICK = (
    "Each phrasing was asked while the bot didn't know it; where there are few, most are only"
    " offered. Half the entries here have {typical:.0f} phrasings or more. A table in"
    " knowledge/README.md shows how many more of strangers' questions are answered with more."
)
_ADVICE = (
    "The entries below were found least. Add phrasings that use other words, like those shown, or"
    " move a phrasing to the entry that it got. The points say by how much the share of all found"
    " would rise if the entry were found as often as the rest."
)


@dataclass(frozen=True, slots=True)
class Shortage:
    """An entry whose phrasings are found less often than those of the rest when left out."""

    entry: str
    asked: int
    missed: Sequence[Result]
    gain: float  # how much the share of all found rises if the entry were found as often as all


def shortages(results: Sequence[Result]) -> list[Shortage]:
    """The entries that lack phrasings, those with the most to gain first."""
    of: dict[str, list[Result]] = {}
    for result in results:
        of.setdefault(result.question.entry, []).append(result)
    expected = len(_missed(results)) / len(results)
    found = []
    for entry, group in of.items():
        missed = _missed(group)
        gain = (len(missed) - expected * len(group)) / len(results)
        if gain > 0:
            found.append(Shortage(entry, len(group), missed, gain))
    return sorted(found, key=lambda one: (-one.gain, one.entry))


def _missed(results: Sequence[Result]) -> list[Result]:
    return [result for result in results if result.outcome not in {"right", "quiet"}]


def suggest(knowledge: Knowledge) -> str:
    """Leave phrasings out, ask them, and report which entries they show to lack phrasings."""
    total = sum(len(entry.phrasings) for entry in knowledge.entries.values())
    folds = max(1, min(FOLDS, _ENOUGH * FOLDS // max(1, total)))
    asked = []
    for fold in range(folds):
        rest, questions = left_out(knowledge, fold)
        answerer = Answerer(rest)
        bar = tqdm(questions, f"part {fold + 1} of {folds}", unit="q", leave=False, disable=None)
        asked += [ask(answerer, question) for question in bar]
    if not asked:
        return "The folder has no phrasings yet, only questions; write some for each entry."
    typical = median(len(entry.phrasings) for entry in knowledge.entries.values())
    blocks = [fates(asked), wrap(_YARDSTICK.format(typical=typical))]
    if found := shortages(asked):
        blocks += [wrap(_ADVICE), *map(_block, found[:_ENTRIES])]
    return "\n\n".join(blocks)


def _block(found: Shortage) -> str:
    right = found.asked - len(found.missed)
    head = f"{found.entry}: {right} of {found.asked} found, {100 * found.gain:+.2f} points"
    every = -(-len(found.missed) // _EXAMPLES)  # from all phrasings, not only the first
    examples = (
        f"“{r.question.text}”: {f'got {r.reply.entry}' if r.reply.entry else fate(r)}"
        for r in found.missed[::every]
    )
    return "\n".join([head, *(wrap(example, "  - ") for example in examples)])
