"""`check` verifies a knowledge folder; `check --watch` does so again after every save."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from bot.errors import InputError, Problem
from bot.evaluation.self_test import self_test
from bot.knowledge import Knowledge, KnowledgeError, default_folder
from bot.knowledge.edits import EditDetector, watch_folder
from bot.knowledge.load import load_folder
from bot.knowledge.style import style_problems
from bot.text_layout import wrap

_POLL_EVERY = 500  # phrasings


def check(folder: Path | None, out: TextIO, is_outdated: Callable[[], bool] = bool) -> bool:
    """Verify and summarise a folder, then ask the bot every phrasing in it.

    Raise `InputError` with every problem found. Return False if given up because `is_outdated`.
    """
    try:
        content, knowledge = load_folder(folder)
    except KnowledgeError as error:
        raise _summed_up(error.problems) from None
    print(_summary(knowledge), file=out, flush=True)
    problems = list(style_problems(content))
    for asked, problem in enumerate(self_test(content, knowledge), 1):
        problems += [problem] if problem else []
        if asked % _POLL_EVERY == 0 and is_outdated():
            return False
    if problems:
        raise _summed_up(problems)
    print(
        "  each reply keeps the rules of style\n  each phrasing gets its own answer"
        "\nNo problems found.",
        file=out,
        flush=True,
    )
    return True


def _summed_up(problems: Sequence[Problem]) -> InputError:
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found"
    return InputError("\n".join([f"{count} in the knowledge folder:", *map(str, problems)]))


def _summary(knowledge: Knowledge) -> str:
    answers = len(knowledge.answerable_entries())
    phrasings = sum(len(entry.all_phrasings) for entry in knowledge.entries.values())
    citations = sum(len(entry.citations) for entry in knowledge.entries.values())
    sentences = len(knowledge.article.sentences)
    uncited = knowledge.uncited()
    share = 100 * (sentences - len(uncited)) / sentences
    lines = [
        f"knowledge {knowledge.version}: {knowledge.source.title}",
        f"  {answers} entries and {len(knowledge.entries) - answers} known gaps",
        f"  {phrasings} phrasings, none of them used twice",
        f"  {citations + len(knowledge.events)} passages, each word for word in the article",
        f"  {answers} answers, with every number, date and name found in their passages",
        f"  {len(knowledge.events)} timeline events, in order",
        f"  {share:.0f} % of the article's {sentences} sentences cited",
        *(wrap(f"not cited: {sentence}", "    ") for sentence in uncited),
    ]
    return "\n".join(lines)


def check_forever(
    folder: Path | None, out: TextIO, changes: Callable[[Path], Iterator[object]] = watch_folder
) -> None:
    """Check a folder now and after every save, for as long as `changes` yields."""
    folder = folder or default_folder()
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give a knowledge folder with --knowledge")
    edits = EditDetector(folder)
    _check(folder, out, edits)
    print(f"Watching {folder}; press Ctrl-C to stop.", file=out, flush=True)
    for _ in changes(folder):
        if edits.has_new_edit():
            _check(folder, out, edits)


def _check(folder: Path, out: TextIO, edits: EditDetector) -> None:
    """Check a folder until it is not edited in the meantime."""
    finished = False
    while not finished:
        if out is sys.stdout and out.isatty():
            print("\x1b[2J\x1b[H", end="", file=out)  # clear the screen, to show only the latest
        try:
            finished = check(folder, out, edits.has_new_edit)
        except InputError as error:
            print(error, file=out, flush=True)
            finished = True
