"""`check` asks the bot every phrasing, and reports those that do not get their own entry."""

import io
import shutil
from pathlib import Path

import pytest

from bot.cli import main
from bot.evaluation.check import check_forever
from bot.evaluation.self_test import self_test
from bot.knowledge import load_knowledge
from bot.knowledge.load import load_folder
from tests.paths import BRIDGE


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
            "answers.yaml:9: the phrasing 'when is the bridge shut' of 'closing-date', asked as a"
            " question, is answered as small talk; 'smalltalk/when' has the same words"
        ),
    ),
    (
        "phrasings/trade.txt",
        "shops\nhttps://bridge.example\n",
        (
            "phrasings/trade.txt:2: the phrasing 'https://bridge.example' of 'trade', asked as a"
            " question, gets no answer; reword it"
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


STRANGE = [
    (
        "when does the bridge close and how many weeks is it closed",
        (
            "is answered in parts, by 'closing-date' and 'works-length'; reword it as a single"
            " question"
        ),
    ),
    (
        "when is the bridge shut in may 2020",
        (
            "is denied: “The article doesn't say that about that date. It does say:”; reword it, or"
            " correct the key of 'closing-date'"
        ),
    ),
    ("which mermaid swims below", "gets no answer; reword it"),
]


@pytest.mark.parametrize(("phrasing", "message"), STRANGE)
def test_each_kind_of_wrong_reply_is_described(folder: Path, phrasing: str, message: str) -> None:
    """Here the bot has not learned the phrasing, as if it had failed to recognise it."""
    knowledge = load_knowledge(folder)
    (folder / "phrasings" / "closing-date.txt").write_text(phrasing, encoding="utf-8")
    content, _ = load_folder(folder)
    (problem,) = filter(None, self_test(content, knowledge))
    assert str(problem) == (
        f"phrasings/closing-date.txt:1: the phrasing '{phrasing}' of 'closing-date', asked as a"
        f" question, {message}"
    )


def test_an_edit_during_the_self_test_starts_it_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result that is shown last belongs to the newest edit."""
    monkeypatch.setattr("bot.evaluation.check._POLL_EVERY", 1)
    path = folder / "phrasings" / "trade.txt"

    class Out(io.StringIO):
        """Saves a file as soon as the summary is printed."""

        def write(self, text: str) -> int:
            if "cited" in text and not path.exists():
                path.write_text("shops\nwhen's the bridge shut\n", encoding="utf-8")
            return super().write(text)

    out = Out()
    check_forever(folder, out, lambda _: iter(()))
    assert out.getvalue().count("sentences cited") == 2
    assert "No problems found" not in out.getvalue()
    assert "is answered by 'trade'" in out.getvalue()


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
    found = [line for line in lines if "when does the harbour bridge close to cars" in line]
    assert found == [line for line in found if line.endswith(" -> closing-date")] != []
    assert f"{len(lines)} phrasings, left out, got another entry" in capsys.readouterr().out
