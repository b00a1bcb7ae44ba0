"""`suggest`: finds the entries that lack phrasings, with what more of them would gain."""

from collections.abc import Sequence
from dataclasses import dataclass

from tqdm import tqdm

from bot.answering import Answerer
from bot.evaluation.mutate import FOLDS, Asked, ask, left_out
from bot.knowledge import Entry, Knowledge
from bot.text_layout import wrap

_ENOUGH = 1500  # phrasings to leave out: one fold of a large folder, all folds of a small one
_ENTRIES = 10  # shown
_EXAMPLES = 4  # of each


@dataclass(frozen=True, slots=True)
class Shortage:
    """An entry whose phrasings are found less often than those of the rest when left out."""

    entry: Entry
    asked: int
    missed: Sequence[Asked]
    gain: float  # how much the share of all found rises if the entry were found as often as all


def shortages(asked: Sequence[Asked]) -> list[Shortage]:
    """The entries that lack phrasings, those with the most to gain first."""
    of: dict[str, list[Asked]] = {}
    for one in asked:
        of.setdefault(one.probe.entry.id, []).append(one)
    expected = sum(not one.is_found for one in asked) / len(asked)
    found = []
    for group in of.values():
        missed = [one for one in group if not one.is_found]
        gain = (len(missed) - expected * len(group)) / len(asked)
        if gain > 0:
            found.append(Shortage(group[0].probe.entry, len(group), missed, gain))
    return sorted(found, key=lambda one: (-one.gain, one.entry.id))


def suggest(knowledge: Knowledge) -> str:
    """Leave phrasings out, ask them, and report which entries they show to lack phrasings."""
    total = sum(len(entry.phrasings) for entry in knowledge.entries.values())
    folds = max(1, min(FOLDS, _ENOUGH * FOLDS // max(1, total)))
    asked = []
    for fold in range(folds):
        rest, probes = left_out(knowledge, fold)
        answerer = Answerer(rest)
        bar = tqdm(probes, f"left-out phrasings, {fold + 1} of {folds}", leave=False, disable=None)
        asked += [ask(answerer, probe) for probe in bar]
    if not asked:
        return "The folder has no phrasings yet, only questions; write some for each entry."
    share = 100 * sum(one.is_found for one in asked) / len(asked)
    found = shortages(asked)
    head = (
        f"{len(asked)} phrasings were left out and then asked; {share:.1f} % got their own entry."
    )
    if not found:
        return head
    advice = (
        "The entries below were found least. Add phrasings that use other words, like those shown,"
        " or move a phrasing to the entry that it got. The points say how much the share would"
        " rise if the entry were found as often as the rest."
    )
    return "\n\n".join([wrap(f"{head} {advice}"), *map(_block, found[:_ENTRIES])])


def _block(found: Shortage) -> str:
    entry, right = found.entry, found.asked - len(found.missed)
    return "\n".join(
        [
            f"{entry.id}: {right} of {found.asked} found, {100 * found.gain:+.2f} points",
            *(wrap(f"“{one.probe.text}”: {_fate(one)}", "  - ") for one in _spread(found.missed)),
        ]
    )


def _spread(missed: Sequence[Asked]) -> Sequence[Asked]:
    """A few examples, from the whole of the phrasings rather than from their beginning."""
    return missed[:: -(-len(missed) // _EXAMPLES)]


def _fate(one: Asked) -> str:
    if one.entry:
        return f"got {one.entry}"
    return "only offered" if one.outcome == "suggested" else "not understood"
