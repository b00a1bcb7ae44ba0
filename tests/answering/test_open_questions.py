from pathlib import Path
from typing import TypedDict

import yaml

from bot.answering import Answerer
from bot.evaluation.questions import read_questions
from bot.knowledge import load_knowledge
from bot.loading.cache import load_answerer
from tests.paths import QUESTIONS


class Row(TypedDict):
    """One row of open_questions.yaml."""

    q: str
    replies: list[str]


ROWS: list[Row] = yaml.safe_load(
    (Path(__file__).parent / "open_questions.yaml").read_text(encoding="utf-8")
)


def test_nine_open_questions_in_ten_are_answered_well_and_none_wrongly() -> None:
    """Parties, positions, statements, years and wording: a good entry or gap replies."""
    knowledge = load_knowledge()
    answerer = Answerer(knowledge)
    replies = [(row, answerer.answer(row["q"])) for row in ROWS]
    assert {entry for row in ROWS for entry in row["replies"]} <= knowledge.entries.keys()
    missed = {row["q"]: reply.entry for row, reply in replies if reply.entry not in row["replies"]}
    assert len(missed) <= len(ROWS) // 10, missed
    wrong = [q for q, entry in missed.items() if entry and knowledge.entries[entry].answerable]
    assert not wrong


def test_an_answer_that_is_not_sure_does_not_begin_with_yes_or_no() -> None:
    """It may be to another question, of which the yes or no would be untrue."""
    answerer = load_answerer()
    asked = read_questions(QUESTIONS / "dev" / "everyday.yaml", answerer.knowledge)
    replies = [answerer.answer(question.text) for question in asked]
    unsure = [r for r in replies if r.status == "answered" and r.confidence < 0.8]
    assert unsure
    assert not [r for r in unsure if r.answer.startswith(("Yes, ", "No, "))]
