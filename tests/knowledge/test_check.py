"""`check --watch` and the running bot's reload, on edits as editors make them."""

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

from bot.knowledge.check import FolderEdits, check_forever
from tests.knowledge.breakages import BREAKAGES
from tests.paths import BRIDGE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a sound knowledge folder."""
    return Path(shutil.copytree(BRIDGE, tmp_path / "knowledge"))


def test_each_broken_edit_is_told_and_so_is_its_mend(folder: Path) -> None:
    """Forty breakages one after the other, in one watch: file, line and mend; then 0 faults."""
    out = io.StringIO()

    def since(at: int) -> str:
        return out.getvalue()[at:]

    def ticking(_: Path) -> Iterator[None]:
        assert since(0).endswith(f"0 faults\nWatching {folder}; Ctrl-C ends.\n")
        for breakage in BREAKAGES:
            at = len(out.getvalue())
            place = breakage.apply(folder)
            yield
            yield  # a file that is missing counts when it is missing twice
            assert place in since(at), breakage.name
            for part in breakage.says:
                assert part in since(at), breakage.name
            at = len(out.getvalue())
            shutil.copy(BRIDGE / breakage.file, folder)
            yield
            assert since(at).endswith("\n0 faults\n"), breakage.name

    check_forever(folder, out, ticking)


def test_a_file_missing_while_an_editor_saves_is_no_fault(folder: Path) -> None:
    """Removed and created anew between two looks: checked once, when it is there again."""
    edits = FolderEdits(folder)
    path = folder / "answers.yaml"
    text = path.read_text("utf-8")
    assert not edits.finished()
    path.unlink()
    assert not edits.finished()
    path.write_text(text + "\n", encoding="utf-8")
    assert edits.finished()
    assert not edits.finished()


def test_a_file_that_stays_away_is_told(folder: Path) -> None:
    """Missing at two looks: the edit counts, once; so does its return."""
    edits = FolderEdits(folder)
    (folder / "answers.yaml").unlink()
    assert [edits.finished() for _ in range(3)] == [False, True, False]
    shutil.copy(BRIDGE / "answers.yaml", folder)
    assert edits.finished()


def test_the_command_watches_until_it_is_interrupted(folder: Path) -> None:
    """The real process: a breakage, an atomic save as editors do it, the folder replaced."""
    watching = subprocess.Popen(
        [sys.executable, "-m", "bot", "check", "--watch", "--knowledge", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert watching.stdout
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=lambda: [*map(lines.put, watching.stdout or ())], daemon=True).start()

    def wait_for(said: str) -> None:
        while said not in lines.get(timeout=30):
            pass

    try:
        wait_for("Watching")
        path = folder / "answers.yaml"
        sound = path.read_text("utf-8")
        path.write_text(sound.replace("voice: mayor", "vioce: mayor"), encoding="utf-8")
        wait_for("answers.yaml:33: unknown key 'vioce'")
        (folder / "answers.yaml.tmp").write_text(sound, encoding="utf-8")
        (folder / "answers.yaml.tmp").replace(path)
        wait_for("0 faults")
        shutil.rmtree(folder)
        wait_for("is no folder")
        shutil.copytree(BRIDGE, folder)
        wait_for("0 faults")
        os.kill(watching.pid, 2)
        assert watching.wait(timeout=30) == 130
    finally:
        watching.kill()
        watching.wait()
        watching.stdout.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Nothing to watch: status 2 and the mend."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check", "--watch", "--knowledge", str(tmp_path / "no")],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert b"name a knowledge folder with --knowledge" in done.stderr
