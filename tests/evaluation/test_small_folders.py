import io
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


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_small_folder_answers_some_and_seldom_falsely(folder: Path) -> None:
    """Sixty questions by readers who saw the article alone, a third of them near misses."""
    knowledge = load_knowledge(folder)
    answerer = Answerer(knowledge)
    questions = read_questions(folder / "questions/readers.yaml", knowledge)
    tally = Tally.of(ask(answerer, question) for question in questions)
    assert tally.answerable + tally.unanswerable == 60
    assert tally.share("right") >= 0.15
    assert tally.share("right", "suggested") >= 0.5
    assert tally.share("wrong") <= 0.04
    assert tally.share("false") <= 0.12
