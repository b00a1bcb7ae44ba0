"""Learns from the phrasings which words tell an entry from those most like it.

Each phrasing is scored for its own entry and for the rivals whose profiles come closest. Unless its
own leads by the margin, the phrasing's words are made to speak more for it and less for the leading
rival: the passive-aggressive rule PA-I for several classes (Crammer et al., JMLR 7, 2006), averaged
over all steps (Collins, EMNLP 2002). P phrasings, E entries, T terms.
"""

import random
from collections.abc import Iterator, Sequence

import numpy as np

from bot.matching.index import Floats, Integers, Postings, WordIndex, split_at

RIVALS = 7  # entries that each phrasing is told apart from
_MARGIN = 1.0  # by which its own entry should lead
_STEP = 0.3  # the most that one phrasing changes the weights at once
_ROUNDS = 3  # over all phrasings; more gain nothing
_MAX_CELLS = 2**27  # entries times phrasings; beyond it learning takes minutes and is skipped
_SEED = 20190705  # of the order in which the phrasings are visited


def learn(words: WordIndex, owners: Integers) -> Postings:
    """How much each term speaks for each entry; `owners` (P,) is the entry of each phrasing."""
    several = np.bincount(owners, minlength=words.entries)[owners] > 1
    too_many = words.entries * len(owners) > _MAX_CELLS
    if words.entries < 2 or too_many or not several.any():  # noqa: PLR2004 - one has no rival
        return Postings(np.empty(0, np.int64), np.empty(0), words.entries, len(words.terms))
    lessons = []
    for line, rivals in _rivals(words, owners):
        if several[line]:  # a phrasing alone in its entry adds nothing to its words
            terms, values = words.phrasing(line)
            keys = np.array([owners[line], *rivals])[:, None] * len(words.terms) + terms
            lessons.append((keys, values))
    known, places = np.unique(
        np.concatenate([keys.ravel() for keys, _ in lessons]), return_inverse=True
    )
    sizes = np.array([keys.size for keys, _ in lessons])
    weights = _trained(
        [
            (run.reshape(keys.shape), values)
            for run, (keys, values) in zip(
                split_at(places, sizes.cumsum() - sizes), lessons, strict=True
            )
        ],
        len(known),
    )
    used = weights != 0
    return Postings(known[used], weights[used], words.entries, len(words.terms))


def _trained(lessons: Sequence[tuple[Integers, Floats]], count: int) -> Floats:
    """The averaged weights. Row 0 of a lesson's places is its own entry, the others its rivals."""
    weights, steps = np.zeros(count), np.zeros(count)
    order = list(range(len(lessons)))
    shuffled = random.Random(_SEED)  # noqa: S311 - repeatable, not secret
    step = 0
    for _ in range(_ROUNDS):
        shuffled.shuffle(order)
        for number in order:
            step += 1
            places, values = lessons[number]
            # Rounded, so that a tie is a tie on every machine and goes to the first entry.
            scores = (weights[places] @ values).round(6)
            rival = 1 + int(scores[1:].argmax())
            loss = _MARGIN - scores[0] + scores[rival]
            if loss > 0:
                change = min(_STEP, loss / 2) * values  # the values have length 1
                weights[places[0]] += change
                weights[places[rival]] -= change
                steps[places[0]] += step * change
                steps[places[rival]] -= step * change
    return weights - steps / max(step, 1)


def _rivals(words: WordIndex, owners: Integers) -> Iterator[tuple[int, Integers]]:
    """Each phrasing with the other entries whose profiles come closest to it."""
    count = min(RIVALS, words.entries - 1)
    for lines, scores in words.all_profiles():
        scores[np.arange(len(lines)), owners[lines.start : lines.stop]] = -1.0
        best = np.argpartition(-scores.round(5), count - 1)[:, :count]
        best.sort()
        yield from zip(lines, best, strict=True)
