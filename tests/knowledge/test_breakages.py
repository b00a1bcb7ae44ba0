"""Every problem in a knowledge folder is reported with file, line and advice."""

import shutil
from pathlib import Path

import pytest

from bot.cli import main
from bot.knowledge import KnowledgeError, load_knowledge
from tests.knowledge.breakages import BREAKAGES, Breakage
from tests.paths import BRIDGE

TOGETHER = {
    "a duplicate key",
    "a number that no passage has",
    "an event that refers to nothing",
    "a phrasing without words",
    "an abbreviation that YAML reads as a truth value",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a valid knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda b: b.name)
def test_each_breakage_is_reported_with_file_line_and_advice(
    folder: Path, breakage: Breakage
) -> None:
    """The message names the file, the line and what to do."""
    place = breakage.apply(folder)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert place in message, message
    for part in breakage.says:
        assert part in message, message
    assert len(error.value.problems) == breakage.problems, message


def test_all_problems_are_reported_at_once(folder: Path) -> None:
    """Three problems in one file and one in another are reported together."""
    for breakage in (BREAKAGES[1], BREAKAGES[2], BREAKAGES[3]):
        breakage.apply(folder)
    (folder / "timeline.yaml").write_text("events: 3\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert "timeline.yaml:1: 'events'" in message
    for part in ("'vioce'", "works-lenght"):
        assert part in message


def test_problems_are_in_the_order_of_files_and_lines(folder: Path) -> None:
    """Problems are sorted by file and line, and a duplicate key hides none of the others."""
    for breakage in BREAKAGES:
        if breakage.name in TOGETHER:
            breakage.apply(folder)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    places = [(problem.file, problem.line) for problem in error.value.problems]
    order = ["article.txt", "source.yaml", "answers.yaml", "timeline.yaml", "vocabulary.yaml"]
    assert places == sorted(places, key=lambda place: (order.index(place[0]), place[1] or 0))
    for text in (
        "is on line 59 already",
        "ten weeks",
        "'opening-date'",
        "no words",
        "text in quotes",
    ):
        assert text in str(error.value)


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    """A file that cannot be read is reported as a problem, even the article."""
    for name in ("article.txt", "answers.yaml"):
        (folder / name).unlink()
        (folder / name).mkdir()
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert [problem.file for problem in error.value.problems] == ["article.txt", "answers.yaml"]
    assert str(error.value).count("cannot be read (Is a directory)") == 2


def test_a_byte_order_mark_is_no_part_of_a_file(folder: Path) -> None:
    """Notepad and PowerShell write one before the text; nobody has to remove it."""
    for path in (path for path in folder.iterdir() if path.is_file()):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_knowledge(folder).article == load_knowledge(BRIDGE).article


def test_one_invalid_item_causes_no_other_reports(folder: Path) -> None:
    """An invalid topic hides no other problem, and the entries that use it are not reported."""
    path = folder / "answers.yaml"
    text = path.read_text("utf-8").replace("  works: The works", "  Works: The works")
    path.write_text(text.replace("take nine weeks", "take ten weeks", 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert "'Works' is not a valid id" in message
    assert "says 'ten weeks'" in message


ROWS = [
    ("- {q: when, gold: [s1], knd: x}", "a row is {q, gold, kind}"),
    ("- {q: when, q: why, gold: []}", "'q' is on line 1 already"),
    ("- {q: when, gold: [s77]}", "no sentence 's77'"),
    ('- {q: "when', 'its closing " is missing'),
]


@pytest.mark.parametrize(("rows", "message"), ROWS)
def test_problems_in_a_question_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str, message: str
) -> None:
    """`evaluate` names the file and line, as `check` does."""
    (tmp_path / "sentences.yaml").write_text("sentences: {s1: The works}", encoding="utf-8")
    (tmp_path / "asked.yaml").write_text(rows, encoding="utf-8")
    assert main(["evaluate", "--knowledge", str(BRIDGE), str(tmp_path / "asked.yaml")]) == 2
    printed = capsys.readouterr().err
    assert "asked.yaml:1: " in printed
    assert message in printed


def test_check_exits_2_without_a_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command exits with status 2 and prints only the messages."""
    BREAKAGES[3].apply(folder)
    assert main(["check", "--knowledge", str(folder)]) == 2
    printed = capsys.readouterr()
    assert "1 problem found in the knowledge folder" in printed.err
    assert "Traceback" not in printed.err + printed.out


def test_a_missing_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong --knowledge is reported with advice."""
    assert main(["check", "--knowledge", str(tmp_path / "nowhere")]) == 2
    assert "give a knowledge folder with --knowledge" in capsys.readouterr().err
