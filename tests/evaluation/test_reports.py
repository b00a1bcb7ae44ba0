import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.cli import main
from tests.benchmarks.fit import fit
from tests.paths import BRIDGE, ROOT

ASKED = """
- {q: when does the bridge close, gold: [A3], kind: plain}
- {q: how much is a ferry ticket to the moon, gold: []}
"""


def test_each_file_has_its_row_and_all_their_totals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Questions about the same article may come from several files."""
    shutil.copy(BRIDGE / "questions" / "sentences.yaml", tmp_path)
    files = [tmp_path / "one.yaml", tmp_path / "two.yaml"]
    for file in files:
        file.write_text(ASKED, encoding="utf-8")
    assert main(["evaluate", "--knowledge", str(BRIDGE), *map(str, files)]) == 0
    report = capsys.readouterr().out
    totals, _, _ = report.partition("| answers in")
    cells = [line.strip("| ").split("|") for line in totals.splitlines() if "|" in line]
    rows = {name.strip(): counts for name, *counts in cells}
    assert rows[f"{tmp_path.name}/one.yaml"] == rows[f"{tmp_path.name}/two.yaml"]
    assert rows["all"][0].strip() == "4"
    assert "answerable: right                     100.0 %" in report
    assert "not answerable: false answers           0.0 %" in report


def evaluate_row(row: str, folder: Path) -> int:
    """The status of `evaluate` for a file with one row."""
    file = folder / "asked.yaml"
    file.write_text(f"- {row}", encoding="utf-8")
    return main(["evaluate", "--knowledge", str(BRIDGE), str(file)])


LISTED = [
    ("{q: what is the price of the bridge works, gold: [works-length]}", "", ""),
    (
        "{q: may pelicans hop across the bridge, gold: [crossing]}",
        "suggested question: ",
        "crossing",
    ),
    ("{q: who is the building contractor, gold: []}", "", ""),
    ("{q: who is the building contractor, gold: [gap-builder]}", "", ""),
    ("{q: who won the cup, gold: [gap-builder]}", "gap       question: ", "nothing"),
]


@pytest.mark.parametrize(("row", "head", "got"), LISTED)
def test_what_an_editor_can_improve_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, head: str, got: str
) -> None:
    """What was only offered, and a gap that is not the one in the label, with what it got."""
    assert evaluate_row(row, tmp_path) == 0
    report = capsys.readouterr().out
    assert report.startswith(head or "| kind")
    assert got in report.partition("| kind")[0]


LABELS = [
    (
        "{q: when does the bridge close, gold: [closing-date]}",
        0,
        "right                     100.0 %",
    ),
    ("{q: when does the bridge close, gold: [trade]}", 0, "wrong                     100.0 %"),
    (
        "{q: who built the bridge, gold: [gap-builder]}",
        0,
        "false answers           0.0 %",
    ),
    (
        "{q: when, gold: [closing-time]}",
        2,
        "asked.yaml:1: there is no entry 'closing-time'",
    ),
    ("{turns: [{q: when, gold: [A1]}]}", 2, "asked.yaml:1: there is no entry 'A1'"),
    (
        "{turns: [{q: when, gold: [], kind: x}]}",
        2,
        "asked.yaml:1: “kind: …” does not belong here; delete it",
    ),
    ("{q: when}", 2, "asked.yaml:1: “gold: …” is missing"),
]


@pytest.mark.parametrize(("row", "status", "printed"), LABELS)
def test_without_sentences_the_labels_name_entries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, status: int, printed: str
) -> None:
    """A known gap, like an empty list, says that the article has no answer."""
    assert evaluate_row(row, tmp_path) == status
    assert printed in "".join(capsys.readouterr())


def test_the_example_in_the_documentation_is_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its entries are those of the small knowledge folder."""
    guide = (ROOT / "docs" / "editing.md").read_text("utf-8")
    file = tmp_path / "asked.yaml"
    file.write_text(
        guide.partition("<!-- labelled questions -->\n```yaml\n")[2].partition("```")[0],
        encoding="utf-8",
    )
    assert main(["evaluate", "--knowledge", str(BRIDGE), str(file)]) == 0
    report = capsys.readouterr().out
    for kind in ("typed", "question", "first-turn", "follow-up"):
        assert f"| {kind} " in report


def test_too_many_false_answers_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a limit, `evaluate` exits with 1 and says which share is too high."""
    shutil.copy(BRIDGE / "questions" / "sentences.yaml", tmp_path)
    file = tmp_path / "asked.yaml"
    file.write_text("- {q: when does the bridge close, gold: []}", encoding="utf-8")
    limited = ["evaluate", "--knowledge", str(BRIDGE), str(file), "--at-most-false"]
    assert main([*limited, "100"]) == 0
    assert main([*limited, "99.9"]) == 1
    assert capsys.readouterr().err == "100.0 % false answers, 99.9 % allowed\n"


def test_a_folder_stands_for_its_question_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All files are asked but the one with the sentences that the labels refer to."""
    shutil.copy(BRIDGE / "questions" / "sentences.yaml", tmp_path)
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(ASKED, encoding="utf-8")
    assert main(["evaluate", "--knowledge", str(BRIDGE), str(tmp_path)]) == 0
    assert f"| {tmp_path.name}/two.yaml " in capsys.readouterr().out


def test_a_fit_finds_the_curve_that_made_the_samples() -> None:
    """With enough samples the weights are those that drew them, whatever their count."""
    source = np.random.default_rng(1)
    features = np.column_stack([np.ones(20_000), source.normal(size=(20_000, 2))])
    made = np.array([-1.0, 2.0, 0.5])
    right = source.random(20_000) < 1 / (1 + np.exp(-features @ made))
    found = fit(features, right.astype(float), np.ones(20_000))
    assert found == pytest.approx(made, abs=0.1)


def test_files_of_the_same_name_are_all_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two folders may have the same name and hold files of the same name."""
    files = [tmp_path / side / "questions" / "one.yaml" for side in ("left", "right")]
    for file in files:
        file.parent.mkdir(parents=True)
        shutil.copy(BRIDGE / "questions" / "sentences.yaml", file.parent)
        file.write_text(ASKED, encoding="utf-8")
    assert main(["evaluate", "--knowledge", str(BRIDGE), *map(str, files)]) == 0
    report = capsys.readouterr().out
    assert next(line for line in report.splitlines() if line.startswith("| all ")).split()[3] == "4"
