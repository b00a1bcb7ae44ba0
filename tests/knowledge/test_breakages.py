import shutil
from pathlib import Path

import pytest

from bot.cli import main
from bot.knowledge import KnowledgeError, load_knowledge
from tests.knowledge.breakages import BREAKAGES, Breakage

BRIDGE = Path(__file__).parent.parent / "bridge"
# The fault is seen on another line than the edit: a missing key belongs to its entry, an
# unclosed bracket is noticed below, an id already taken is told where it comes again.
ELSEWHERE = {
    "bad YAML",
    "a key left out",
    "an id twice",
    "a key twice",
    "events out of order",
    "a bad day in source.yaml",
    "a date that does not fit its precision",
    "a phrasing under two entries",
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
    assert breakage.file in message
    if breakage.name not in ELSEWHERE:
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
