from pathlib import Path
from typing import TypedDict

import yaml

from bot.answering import Answerer
from bot.knowledge import load_knowledge


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
