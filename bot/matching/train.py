"""Words that tell an entry from those most like it, learned from its own phrasings.

Each phrasing is asked of its entry and of the rivals whose profiles come closest. Where its own
does not lead by the margin, its words are made to speak more for its own and less for the rival
that leads: the passive-aggressive rule PA-I for several classes (Crammer et al., JMLR 7, 2006),
averaged over all steps (Collins, EMNLP 2002). P phrasings, E entries, T terms.
"""

import random
from collections.abc import Iterator, Sequence

import numpy as np

from bot.matching.index import Floats, Integers, Postings, WordIndex, apart

RIVALS = 7  # entries that a phrasing learns to be told from
MARGIN = 1.0  # by which its own entry is to lead
STEP = 0.3  # the most that one phrasing changes at once
ROUNDS = 3  # over all phrasings; more gain nothing
MOST = 2**27  # entries times phrasings; beyond it learning takes minutes and is left out
_SEED = 20190705  # of the order in which the phrasings are gone through


def learn(words: WordIndex, owners: Integers) -> Postings:
    """Learn how much each term speaks for an entry; `owners` (P,) names each phrasing's entry."""
    several = np.bincount(owners, minlength=words.entries)[owners] > 1
    if words.entries < 2 or words.entries * len(owners) > MOST or not several.any():  # noqa: PLR2004
        return Postings(np.empty(0, np.int64), np.empty(0), words.entries, len(words.terms))
    lessons = []
    for line, rivals in _rivals(words, owners):
        if several[line]:  # a phrasing alone in its entry says nothing that its words do not
            terms, values = words.phrasing(line)
            keys = np.array([owners[line], *rivals])[:, None] * len(words.terms) + terms
            lessons.append((keys, values))
    known, places = np.unique(
        np.concatenate([keys.ravel() for keys, _ in lessons]), return_inverse=True
    )
    sizes = np.array([keys.size for keys, _ in lessons])
    weights = _taught(
        [
            (run.reshape(keys.shape), values)
            for run, (keys, values) in zip(
                apart(places, sizes.cumsum() - sizes), lessons, strict=True
            )
        ],
        len(known),
    )
    kept = weights != 0
    return Postings(known[kept], weights[kept], words.entries, len(words.terms))


def _taught(lessons: Sequence[tuple[Integers, Floats]], count: int) -> Floats:
    """The averaged weights; a lesson's first row is its own entry's, with the values beside."""
    weights, steps = np.zeros(count), np.zeros(count)
    order = list(range(len(lessons)))
    shuffled = random.Random(_SEED)  # noqa: S311 - repeatable, not secret
    step = 0
    for _ in range(ROUNDS):
        shuffled.shuffle(order)
        for number in order:
            step += 1
            places, values = lessons[number]
            # Rounded, so that on every machine a tie is a tie and goes to the first entry.
            scores = (weights[places] @ values).round(6)
            rival = 1 + int(scores[1:].argmax())
            loss = MARGIN - scores[0] + scores[rival]
            if loss > 0:
                change = min(STEP, loss / 2) * values  # the values have length 1
                weights[places[0]] += change
                weights[places[rival]] -= change
                steps[places[0]] += step * change
                steps[places[rival]] -= step * change
    return weights - steps / max(step, 1)


def _rivals(words: WordIndex, owners: Integers) -> Iterator[tuple[int, Integers]]:
    """Each phrasing with the entries, but for its own, whose profiles come closest to it."""
    count = min(RIVALS, words.entries - 1)
    for lines, scores in words.all_profiles():
        scores[np.arange(len(lines)), owners[lines.start : lines.stop]] = -1.0
        best = np.argpartition(-scores.round(5), count - 1)[:, :count]
        best.sort()
        yield from zip(lines, best, strict=True)
