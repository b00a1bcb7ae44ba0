"""`check --watch`, with edits as text editors make them."""

import io
import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main
from bot.evaluation.check import check_forever
from bot.knowledge.edits import EditDetector
from tests.knowledge.breakages import BREAKAGES
from tests.knowledge.test_format import EXAMPLES
from tests.paths import BRIDGE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a valid knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


def test_each_broken_edit_is_reported_and_so_is_its_fix(folder: Path) -> None:
    """One watch reports every breakage with file, line and advice, then that it was fixed."""
    out = io.StringIO()

    def edits() -> Iterator[None]:
        assert out.getvalue().endswith(
            f"No problems found.\nWatching {folder}; press Ctrl-C to stop.\n"
        )
        for breakage in BREAKAGES:
            out.truncate(out.seek(0))
            place = breakage.apply(folder)
            yield
            yield  # a missing file counts only if it is still missing at the second look
            assert place in out.getvalue(), breakage.name
            for part in breakage.says:
                assert part in out.getvalue(), breakage.name
            out.truncate(out.seek(0))
            shutil.copy(BRIDGE / breakage.file, folder)
            yield
            assert out.getvalue().endswith("\nNo problems found.\n"), breakage.name

    check_forever(folder, out, edits)


def test_a_file_missing_only_during_a_save_is_ignored(folder: Path) -> None:
    """A file deleted and created again counts as one edit, once it is back."""
    edits = EditDetector(folder)
    path = folder / "answers.yaml"
    text = path.read_text("utf-8")
    assert not edits.has_new_edit()
    path.unlink()
    assert not edits.has_new_edit()
    path.write_text(text + "\n", encoding="utf-8")
    assert edits.has_new_edit()
    assert not edits.has_new_edit()


def test_a_file_that_stays_missing_is_an_edit(folder: Path) -> None:
    """A file still missing at the second look counts as an edit, once; so does its return."""
    edits = EditDetector(folder)
    (folder / "answers.yaml").unlink()
    assert [edits.has_new_edit() for _ in range(3)] == [False, True, False]
    shutil.copy(BRIDGE / "answers.yaml", folder)
    assert edits.has_new_edit()


def test_the_command_watches_until_it_is_interrupted(folder: Path) -> None:
    """The real process reports a breakage, an atomic save and a replaced folder."""
    watching = subprocess.Popen(
        [sys.executable, "-m", "bot", "check", "--watch", "--knowledge", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert watching.stdout
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: [*map(lines.put, watching.stdout or ())], daemon=True).start()

    def wait_for(text: str) -> None:
        while text not in lines.get(timeout=30):
            pass

    try:
        wait_for("Watching")
        path = folder / "answers.yaml"
        valid = path.read_text("utf-8")
        path.write_text(valid.replace("voice: mayor", "vioce: mayor"), encoding="utf-8")
        wait_for("answers.yaml:33: unknown key 'vioce'")
        (folder / "answers.yaml.tmp").write_text(valid, encoding="utf-8")
        (folder / "answers.yaml.tmp").replace(path)
        wait_for("No problems found.")
        shutil.rmtree(folder)
        wait_for("is not a folder")
        shutil.copytree(BRIDGE, folder)
        wait_for("No problems found.")
        os.kill(watching.pid, 2)
        assert watching.wait(timeout=30) == 130
    finally:
        watching.kill()
        watching.wait()
        watching.stdout.close()


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_examples_in_the_docs_have_no_problems(folder: Path) -> None:
    """They are there to be copied."""
    assert main(["check", "--knowledge", str(folder)]) == 0


def test_a_missing_folder(tmp_path: Path) -> None:
    """A missing folder is reported with advice, and the status is 2."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check", "--watch", "--knowledge", str(tmp_path / "no")],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert b"give a knowledge folder with --knowledge" in done.stderr
