"""`check` verifies a knowledge folder; `check --watch` does so again after every save."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from bot.errors import InputError, Problem
from bot.evaluation.self_test import self_test
from bot.knowledge import Knowledge, KnowledgeError
from bot.knowledge.edits import EditDetector, looks
from bot.knowledge.files import require_folder
from bot.knowledge.load import load_folder
from bot.knowledge.style import style_problems
from bot.text_layout import counted, wrap


def check(folder: Path, out: TextIO) -> None:
    """Verify and summarise a folder; raise `InputError` with every problem found."""
    try:
        content, knowledge = load_folder(folder, with_style=True)
        problems: Sequence[Problem] = [*style_problems(content), *self_test(content, knowledge)]
    except KnowledgeError as error:
        problems = error.problems
    if problems:
        count = counted(len(problems), "problem")
        raise InputError(
            "\n".join([f"{count} found in the knowledge folder:", *map(str, problems)])
        )
    print(f"{_summary(knowledge)}\nNo problems found.", file=out, flush=True)


def _summary(knowledge: Knowledge) -> str:
    answers = len(knowledge.answerable_entries())
    phrasings = knowledge.phrasing_count()
    citations = sum(len(entry.citations) for entry in knowledge.entries.values())
    sentences = len(knowledge.article.prose())
    uncited = knowledge.uncited()
    share = 100 * (1 - len(uncited) / max(1, sentences))
    lines = [
        f"knowledge {knowledge.version}: {knowledge.source.title}",
        f"  {answers} entries and {counted(len(knowledge.entries) - answers, 'known gap')}",
        f"  {phrasings} phrasings, the questions included, each of which gets its own answer",
        f"  {citations + len(knowledge.events)} passages, each word for word in the article",
        f"  {answers} answers, with every number, date and name found in their passages",
        f"  {len(knowledge.events)} timeline events, in order",
        f"  {share:.0f} % of the article's {sentences} sentences cited",
        *(wrap(f"not cited: {sentence}", "    ") for sentence in uncited),
    ]
    return "\n".join(lines)


def check_forever(folder: Path, out: TextIO, when: Callable[[], Iterator[None]] = looks) -> None:
    """Check a folder now and after every save, and look for one whenever `when` yields."""
    require_folder(folder)
    edits = EditDetector(folder)
    _check(folder, out)
    print(f"Watching {folder}; press Ctrl-C to stop.", file=out, flush=True)
    for _ in when():
        if edits.has_new_edit():
            _check(folder, out)


def _check(folder: Path, out: TextIO) -> None:
    if out is sys.stdout and out.isatty():
        print("\x1b[2J\x1b[H", end="", file=out)  # clear the screen, to show only the latest
    try:
        check(folder, out)
    except InputError as error:
        print(error, file=out, flush=True)
