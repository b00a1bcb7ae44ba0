"""`python -m tests.benchmarks.phrasings [FILE...]`: accuracy by the number of phrasings per entry.

Asks the questions in the files, or in tests/questions/holdout, of the shipped knowledge with only
some of its phrasings.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.answering import Answerer
from bot.evaluation.command import gather
from bot.evaluation.questions import Tally, ask
from bot.knowledge import Knowledge, load_knowledge
from bot.language.text_list import TextList
from bot.text_layout import table
from tests.paths import QUESTIONS

_LIMITS = (8, 15, 30, 60, 120)


def thinned(knowledge: Knowledge, limit: int) -> Knowledge:
    """The knowledge with at most so many phrasings per entry, evenly spread over its list."""
    entries = {}
    for entry in knowledge.entries.values():
        step = max(1.0, len(entry.phrasings) / limit)
        places = [int(number * step) for number in range(min(limit, len(entry.phrasings)))]
        phrasings = [*entry.phrasings]
        some = TextList.of(phrasings[place] for place in places)
        entries[entry.id] = replace(entry, phrasings=some)
    return replace(knowledge, entries=entries)


def main(arguments: Sequence[str]) -> None:
    """Print a row for each number of phrasings."""
    knowledge = load_knowledge()
    files = [Path(name) for name in arguments] or [QUESTIONS / "holdout"]
    questions = [question for _, found in gather(files, knowledge) for question in found]
    rows = []
    for limit in (*_LIMITS, None):
        answerer = Answerer(thinned(knowledge, limit) if limit else knowledge)
        tally = Tally.of(ask(answerer, question) for question in questions)
        shares = [
            tally.share(*outcomes)
            for outcomes in (("right",), ("wrong",), ("right", "suggested"), ("false",))
        ]
        rows.append((f"at most {limit}" if limit else "all", *(f"{100 * s:.1f} %" for s in shares)))
    print(table(("phrasings", "right", "wrong", "right or offered", "false"), rows))


if __name__ == "__main__":
    main(sys.argv[1:])
