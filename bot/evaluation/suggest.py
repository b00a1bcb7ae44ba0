"""`suggest`: finds the entries that lack phrasings, with what more of them would gain."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tqdm import tqdm

from bot.answering import Answerer
from bot.evaluation.mutate import FOLDS, as_table, column_of, left_out
from bot.evaluation.questions import Result, ask
from bot.knowledge import Knowledge
from bot.text_layout import wrap

_ENOUGH = 1500  # phrasings to leave out: one fold of a large folder, all folds of a small one
_ENTRIES = 10  # shown
_EXAMPLES = 4  # of each
_YARDSTICK = (
    "Each phrasing was asked while the bot didn't know it. Half the answers here have {typical:.0f}"
    " phrasings or more; with fewer than 30, it is usual that most are only offered. Questions"
    " that other people wrote tell more (`treaty-bot evaluate`)."
)
_ADVICE = (
    "More phrasings help these most. “No answer” means that no other phrasing has the words: write"
    " more with those shown, and with other words for the same. Where another entry is named, the"
    " two share too many words, or the phrasing belongs there."
)


@dataclass(frozen=True, slots=True)
class Shortage:
    """An entry whose phrasings are found less often than those of the rest when left out."""

    entry: str
    asked: int
    missed: Sequence[Result]
    gain: float  # how much the share of all found rises if the entry were found as often as all

    @property
    def lost(self) -> Sequence[Result]:
        """Those whose own question was not even offered."""
        return [result for result in self.missed if column_of(result) != "offered"]


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
    return sorted(found, key=lambda one: (-one.gain, -len(one.lost), one.entry))


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
    typical = median(len(entry.phrasings) for entry in knowledge.answerable_entries())
    blocks = [as_table(asked), wrap(_YARDSTICK.format(typical=typical))]
    if found := shortages(asked):
        blocks += [wrap(_ADVICE), *map(_block, found[:_ENTRIES])]
    return "\n\n".join(blocks)


def _block(found: Shortage) -> str:
    right, lost = found.asked - len(found.missed), len(found.lost)
    offered = len(found.missed) - lost
    head = f"{found.entry}: of {found.asked}, {right} answered, {offered} offered, {lost} neither"
    shown = found.lost or found.missed
    every = -(-len(shown) // _EXAMPLES)  # from all phrasings, not only the first
    examples = (f"“{r.question.text}”: {_got(r)}" for r in shown[::every])
    return "\n".join([head, *(wrap(example, "  - ") for example in examples)])


def _got(result: Result) -> str:
    """The other entries answered or offered, or that there was no answer."""
    reply = result.reply
    if reply.entry:
        return f"got {reply.entry}"
    others = [s.entry for s in reply.suggestions if s.entry != result.question.entry]
    return ", ".join([column_of(result), *others])
