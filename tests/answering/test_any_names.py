"""Names of any kind: what a folder declares decides, leads on, and is printed as written."""

import re
import shutil
from pathlib import Path

import pytest

from bot.answering import Answerer, Conversation
from bot.knowledge import load_knowledge
from tests.paths import BRIDGE, ROOT

NAMES = """names:
  person:
    berg: [Mayor Ida Berg, Ida Berg, Berg, the mayor, mayor]
    stroem: [Lars-Erik Strøm, Lars-Erik]
  body:
    association: [harbour association, June Carter]
    council: [town council, council]
  structure:
    bridge: [harbour bridge, bridge]
    tunnel: [tunnel, the Ness Tunnel]
"""


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """The bridge folder, with names of three kinds of its own in keys, roles and follow-ups."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path_factory.mktemp("names") / "knowledge"))
    edit(folder / "vocabulary.yaml", r"names:\n(  .*\n)+", NAMES)
    answers = folder / "answers.yaml"
    edit(answers, r"key: \{date: .*\}", "key: {date: ['2021-04-12'], structure: [bridge]}")
    edit(answers, "why: closing-reason,", "why: closing-reason, berg: closing-reason,")
    edit(answers, "voice: both", "voice: both\n    key: {agent: [association]}")
    edit(answers, r"what do the shops say", "what does the association demand of the council")
    return Answerer(load_knowledge(folder))


def edit(path: Path, pattern: str, new: str) -> None:
    """Replace the first match of a pattern in a file."""
    text, count = re.subn(pattern, new, path.read_text("utf-8"), count=1)
    assert count == 1, pattern
    path.write_text(text, encoding="utf-8")


CLOSING = "when is the bridge shut"


@pytest.mark.parametrize(
    "cue",
    [
        "and the mayor?",
        "what about Ida Berg?",
        "what does the mayor say to that",
        "Berg's view?",
        "and what did the mayor say?",
    ],
)
def test_any_declared_name_can_be_a_follow_up(answerer: Answerer, cue: str) -> None:
    """The last entry says where its names lead, in every general way to ask about a name."""
    conversation = Conversation().after(answerer.answer(CLOSING))
    assert answerer.answer(cue, conversation).entry == "closing-reason"


CONFLICTS = [
    ("when is the tunnel shut", "with “tunnel”."),
    ("When does the Ness Tunnel close?", "with the Ness Tunnel."),
    ("when does the NESS tunnel close", "with the NESS tunnel."),
    ("when does Lars-Erik shut the bridge", "with Lars-Erik."),
]


@pytest.mark.parametrize(("question", "named"), CONFLICTS)
def test_another_name_gets_no_answer_and_is_printed_as_written(
    answerer: Answerer, question: str, named: str
) -> None:
    """A name that the entry is not about is refused, in the words of the question."""
    reply = answerer.answer(question)
    assert reply.status != "answered"
    assert named in (reply.lead or ""), reply.lead


def test_a_month_in_a_name_is_no_date(answerer: Answerer) -> None:
    """June Carter speaks for the association; the bridge closes in April."""
    reply = answerer.answer("will the closure ruin the summer trade, says June Carter?")
    assert (reply.status, reply.entry) == ("answered", "trade")
    assert "that date" in (answerer.answer("is the bridge shut in June?").lead or "")


def test_any_declared_name_can_play_a_role(answerer: Answerer) -> None:
    """Who demands of whom matters for names of any kind that a key has as agent or patient."""
    assert answerer.answer("what does the association demand of the council").entry == "trade"
    swapped = answerer.answer("what does the council demand of the association")
    assert swapped.status != "answered"


# The product's own name.
PRODUCT = re.compile(r"treaty[- _]?bot|TREATY_\w+", re.IGNORECASE)
ARTICLE = re.compile("treaty|russia|nato|missile|stoltenberg|tass", re.IGNORECASE)


def test_the_program_knows_no_word_of_its_article() -> None:
    """All of them are in the knowledge folder, so another article needs another folder only."""
    texts = [path for path in (ROOT / "bot").rglob("*") if path.suffix not in {"", ".pyc"}]
    found = {
        f"{path}: {line.strip()}"
        for path in texts
        if "_knowledge" not in path.parts
        for line in path.read_text("utf-8").splitlines()
        if ARTICLE.search(PRODUCT.sub("", line))
    }
    assert not found
