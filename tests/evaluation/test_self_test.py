"""`check` reports each phrasing that, asked word for word, does not get its own entry."""

import re
import shutil
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.cli import main
from bot.evaluation.self_test import self_test
from bot.knowledge.load import load_folder
from bot.loading.cache import load_answerer
from tests.paths import BRIDGE, ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a valid knowledge folder, with an empty folder for phrasings."""
    folder = Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))
    (folder / "phrasings").mkdir()
    return folder


# "when's" and "wen" are read as "when is" and "when", so these have the words of another line.
TWINS = [
    (
        "phrasings/trade.txt",
        "shops?\nwhen's the bridge shut\n",
        (
            "answers.yaml:9: the phrasing 'when is the bridge shut' of 'closing-date', asked as a"
            " question, is answered by 'trade'; 'trade' has the same words in 'when's the bridge"
            " shut': keep it only where it belongs"
        ),
    ),
    (
        "vocabulary.yaml",
        "elsewhere:\n  - wen is the bridge shut\n",
        (
            "answers.yaml:9: the phrasing 'when is the bridge shut' of 'closing-date', asked as a"
            " question, gets no answer; 'elsewhere' has the same words in 'wen is the bridge shut'"
        ),
    ),
    (
        "vocabulary.yaml",
        "  - {id: when, phrasings: [wen is the bridge shut], reply: Soon.}\n",
        (
            "vocabulary.yaml:21: the phrasing 'wen is the bridge shut' of 'when', asked as a"
            " question, is answered by 'closing-date'; 'closing-date' has the same words"
        ),
    ),
    (
        "phrasings/trade.txt",
        "shops\nhttps://bridge.example\n",
        (
            "phrasings/trade.txt:2: the phrasing 'https://bridge.example' of 'trade', asked as a"
            " question, gets no answer: but for a link, a username or the like, it has no words;"
            " write how people ask, or delete it"
        ),
    ),
]


@pytest.mark.parametrize(("file", "added", "message"), TWINS)
def test_a_phrasing_that_does_not_get_its_own_entry_is_a_problem(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, added: str, message: str
) -> None:
    """The status is 2, and the message names file, line, what happened and what to do."""
    with (folder / file).open("a", encoding="utf-8") as text:
        text.write(added)
    assert main(["check", "--knowledge", str(folder)]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert "1 problem found in the knowledge folder:\n" in printed.err
    assert "No problems found" not in printed.out


def test_a_phrasing_that_is_an_everyday_message_is_to_be_reworded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot be deleted where it is: those messages come with the bot."""
    monkeypatch.setattr("bot.answering.learning.everyday_messages", lambda: ["what's the time"])
    (folder / "phrasings" / "crossing.txt").write_text("What is the time?", encoding="utf-8")
    (problem,) = self_test(*load_folder(folder))
    assert "gets no answer; it is an everyday message ('what's the time')" in str(problem)


# Added to the phrasings of "trade". Some have the words of another phrasing once they are read.
ODD = [
    "wen is the bridge shut",  # misspelt, so not the words of "when is the bridge shut"
    "When's the bridge shut?!",
    "which mermaid swims below",
    "when does the bridge close and how many weeks is it closed",  # two questions
    "when is the bridge shut in may 2020",  # conflicts with the date of an entry
    "why did the council not close the bridge",
    "shut is the bridge when",
    "@harbour_bot when is the bridge shut",
    "is it",
    "where is the drawbridge",
    "is it today",
    "u.s.",
    "😀 https://bridge.example",
]


@pytest.mark.parametrize("owner", ["trade", "closing-date"])
def test_the_self_test_agrees_with_asking(folder: Path, owner: str) -> None:
    """Each phrasing is reported exactly if the bot does not answer it with its own entry alone."""
    (folder / "phrasings" / f"{owner}.txt").write_text("\n".join(ODD), encoding="utf-8")
    with (folder / "vocabulary.yaml").open("a", encoding="utf-8") as vocabulary:
        vocabulary.write("elsewhere:\n  - when is the ferry\n  - why's the bridge closed\n")
        vocabulary.write("  - where is the draw bridge\n  - is it to day\n")
    content, knowledge = load_folder(folder)
    answerer = Answerer(knowledge)
    chats = {item.id: item.reply for item in knowledge.vocabulary.smalltalk}
    wrong = []
    for file, place, name, text in content.phrasings():
        reply = answerer.answer(text)
        entries = [section.entry for section in reply.sections]
        right = {
            "smalltalk": reply.status == "smalltalk" and reply.answer == chats.get(name),
            "elsewhere": not reply.sections,
        }.get(str(place[0]), (reply.entry, entries) == (name, [name]))
        if not right:
            wrong.append(str(file.problem(place, "")))
    reported = [str(problem) for problem in self_test(content, knowledge)]
    assert [found.partition(": the phrasing")[0] for found in reported] == [
        place.rstrip(": ") for place in wrong
    ]
    assert wrong


@pytest.mark.parametrize("folder", [BRIDGE, ROOT / "knowledge"])
def test_a_phrasing_asked_word_for_word_gets_its_own_entry_alone(folder: Path) -> None:
    """The self-test relies on it. One in fifty is asked, in folders of 60 and 24,000."""
    answerer = load_answerer(folder)
    for entry in answerer.knowledge.entries.values():
        for text in {entry.question, *entry.phrasings[::50]}:
            assert [s.entry for s in answerer.answer(text).sections] == [entry.id], text


def test_strays_are_the_phrasings_that_left_out_get_another_entry(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A phrasing in the wrong file is listed, with the entry where it may belong."""
    text = "shops\nwhen does the harbour bridge close to cars\n"
    (folder / "phrasings" / "trade.txt").write_text(text, encoding="utf-8")
    strays = tmp_path / "strays.txt"
    arguments = ["evaluate", "--mutate", "--strays", str(strays), "--knowledge", str(folder)]
    assert main(arguments) == 0
    lines = strays.read_text("utf-8").splitlines()
    stray = "phrasings/trade.txt:2: when does the harbour bridge close to cars -> closing-date"
    assert [line.partition(" ")[2] for line in lines].count(stray) == 1
    kinds = "about something else|one typo|two words swapped"
    place = rf"answers\.yaml:\d+|phrasings/trade\.txt:\d+|{kinds}"
    assert all(re.match(rf"\d\.\d\d ({place}): ", line) for line in lines)
    report = capsys.readouterr().out
    assert f"{len(lines)} phrasings, altered or left out, got another entry" in report
    rows = [line.strip("| ").split(" | ") for line in report.splitlines() if line.startswith("| ")]
    for kind, _, *shares in rows[1:]:
        assert sum(float(share.strip(" %")) for share in shares) == pytest.approx(100, abs=0.2), (
            kind
        )
