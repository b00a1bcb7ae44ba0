from pathlib import Path
from typing import TypedDict

import pytest
import yaml

from bot.answering import Answerer, Conversation
from bot.knowledge import load_knowledge


class Row(TypedDict, total=False):
    """One row of newsroom.yaml."""

    q: str
    turns: list[str]
    entry: str
    says: str
    never: str


ROWS: list[Row] = yaml.safe_load(
    (Path(__file__).parent / "newsroom.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def answerer() -> Answerer:
    """The bot with the shipped knowledge."""
    return Answerer(load_knowledge())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.get("q") or " / ".join(row["turns"]))
def test_what_an_editor_found_wrong_stays_corrected(answerer: Answerer, row: Row) -> None:
    """The entry replies, with the words that were missing and without those that were wrong."""
    conversation = Conversation()
    for text in row.get("turns") or [row["q"]]:
        reply = answerer.answer(text, conversation)
        conversation = conversation.after(reply)
    words = " ".join([reply.lead or "", *(section.text for section in reply.sections)])
    assert reply.entry == row["entry"]
    assert row["says"] in words
    assert row["never"] not in words
