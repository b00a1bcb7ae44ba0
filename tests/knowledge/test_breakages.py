import shutil
from pathlib import Path

import pytest

from bot.cli import main
from bot.knowledge import KnowledgeError, load_knowledge
from tests.knowledge.breakages import BREAKAGES, Breakage
from tests.paths import BRIDGE

TOGETHER = {
    "a key twice",
    "a number that no passage has",
    "an event that refers to nothing",
    "a phrasing without a word",
    "an abbreviation that YAML reads as a truth value",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a sound knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda b: b.name)
def test_each_breakage_is_told_with_file_line_and_mend(folder: Path, breakage: Breakage) -> None:
    """A broken edit gets a message that names the file, the line and what to do."""
    place = breakage.apply(folder)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert place in message, message
    for part in breakage.says:
        assert part in message, message


def test_all_faults_are_reported_at_once(folder: Path) -> None:
    """Two faults in one file and a missing other file are told together."""
    for breakage in (BREAKAGES[1], BREAKAGES[2], BREAKAGES[3]):
        breakage.apply(folder)
    (folder / "timeline.yaml").write_text("events: 3\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert "timeline.yaml:1: 'events'" in message
    for part in ("'vioce'", "works-lenght", "the key 'voice' is missing"):
        assert part in message


def test_faults_are_told_in_the_order_of_files_and_lines(folder: Path) -> None:
    """As an editor goes through them; what belongs to a key that stands twice is told as well."""
    for breakage in BREAKAGES:
        if breakage.name in TOGETHER:
            breakage.apply(folder)
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    told = [(fault.file, fault.line) for fault in error.value.faults]
    order = ["article.txt", "source.yaml", "answers.yaml", "timeline.yaml", "vocabulary.yaml"]
    assert told == sorted(told, key=lambda place: (order.index(place[0]), place[1] or 0))
    for said in ("stands twice", "says 'ten'", "no such entry", "has no word", "put it in quotes"):
        assert said in str(error.value)


def test_a_folder_in_place_of_a_file(folder: Path) -> None:
    """What cannot be read is told as a fault, the article included."""
    for name in ("article.txt", "answers.yaml"):
        (folder / name).unlink()
        (folder / name).mkdir()
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    assert [fault.file for fault in error.value.faults] == ["article.txt", "answers.yaml"]
    assert str(error.value).count("cannot be read (Is a directory)") == 2


def test_what_cannot_be_known_of_a_broken_file_is_not_told(folder: Path) -> None:
    """One wrong entry in a mapping hides neither its neighbours nor makes faults of its users."""
    path = folder / "answers.yaml"
    text = path.read_text("utf-8").replace("  works: The works", "  Works: The works")
    path.write_text(text.replace("take nine weeks", "take ten weeks", 1), encoding="utf-8")
    with pytest.raises(KnowledgeError) as error:
        load_knowledge(folder)
    message = str(error.value)
    assert "the key 'Works' (topics)" in message
    assert "says 'ten'" in message


ROWS = [
    ("- {q: when, gold: [s1], knd: x}", "a row is {q, gold, kind}"),
    ("- {q: when, q: why, gold: []}", "the key 'q' stands twice"),
    ("- {q: when, gold: [s77]}", "no sentence 's77'"),
    ('- {q: "when', "not valid YAML"),
]


@pytest.mark.parametrize(("rows", "said"), ROWS)
def test_faults_of_a_question_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str, said: str
) -> None:
    """`evaluate` names file and line as `check` does."""
    (tmp_path / "sentences.yaml").write_text("sentences: {s1: The works}", encoding="utf-8")
    (tmp_path / "asked.yaml").write_text(rows, encoding="utf-8")
    assert main(["evaluate", "--knowledge", str(BRIDGE), str(tmp_path / "asked.yaml")]) == 2
    printed = capsys.readouterr().err
    assert "asked.yaml:1: " in printed
    assert said in printed


def test_check_exits_2_without_a_traceback(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with status 2 and the messages alone."""
    BREAKAGES[3].apply(folder)
    assert main(["check", "--knowledge", str(folder)]) == 2
    printed = capsys.readouterr()
    assert "1 fault in the knowledge folder" in printed.err
    assert "Traceback" not in printed.err + printed.out


def test_a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong --knowledge is told with the path and the mend."""
    assert main(["check", "--knowledge", str(tmp_path / "nowhere")]) == 2
    assert "name a knowledge folder with --knowledge" in capsys.readouterr().err
