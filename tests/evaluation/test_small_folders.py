import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.evaluation.check import check
from bot.evaluation.questions import Tally, ask, read_questions
from bot.knowledge import load_knowledge
from tests.paths import EXAMPLES, SMALL_FOLDERS

FOLDERS = [*EXAMPLES, *SMALL_FOLDERS]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_small_folder_is_in_order(folder: Path) -> None:
    """Nobody but its editor prepared it, and `check` finds no problem."""
    printed = io.StringIO()
    check(folder, printed)
    assert printed.getvalue().endswith("No problems found.\n")


def test_small_folders_answer_many_questions_and_seldom_falsely() -> None:
    """Sixty questions each by readers who saw the article alone, a third of them near misses."""
    tallies = []
    for folder in FOLDERS:
        knowledge = load_knowledge(folder)
        answerer = Answerer(knowledge)
        questions = read_questions(folder / "questions/readers.yaml", knowledge)
        tally = Tally.of(ask(answerer, question) for question in questions)
        assert tally.answerable + tally.unanswerable == 60
        assert tally.share("right") >= 0.4, folder.name
        assert tally.share("right", "suggested") >= 0.5, folder.name
        assert tally.share("wrong") <= 0.1, folder.name
        assert tally.share("false") <= 0.3, folder.name
        tallies.append(tally)
    assert _mean([tally.share("right") for tally in tallies]) >= 0.57
    assert _mean([tally.share("wrong") for tally in tallies]) <= 0.02
    assert _mean([tally.share("false") for tally in tallies]) <= 0.12


def _mean(shares: Sequence[float]) -> float:
    return sum(shares) / len(shares)
