import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.store import Answers, Store
from bot.store.database import MIGRATIONS, RETENTION
from tests.clock import Clock


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """Open a fresh store."""
    opened = Store(tmp_path / "deep" / "bot.sqlite3", clock=clock)
    yield opened
    opened.close()


def save_answers(store: Store, questions: range) -> None:
    """Save an answer to each of these questions."""
    with store.transaction():
        for question in questions:
            Answers(store).save(1, question, question, None, 1)


def test_the_tables_stay_bounded(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows older than a day are deleted, even if no others are written."""
    monkeypatch.setattr("bot.store.sqlite_file.SWEEP_INTERVAL", 0)
    save_answers(store, range(700))
    clock.now += RETENTION - 1
    save_answers(store, range(1000, 1600))
    store.look_after()
    assert store.execute("SELECT count(*) FROM answers").fetchone() == (1300,)
    clock.now += 3600
    store.look_after()
    assert store.execute("SELECT count(*) FROM answers").fetchone() == (600,)


def test_a_file_of_any_earlier_version_is_migrated(tmp_path: Path) -> None:
    """Every starting version ends with the same tables."""
    shapes = set()
    for applied in range(len(MIGRATIONS) + 1):
        path = tmp_path / f"{applied}.sqlite3"
        with sqlite3.connect(path) as old:
            for step in MIGRATIONS[:applied]:
                old.executescript(step)
            old.execute(f"PRAGMA user_version = {applied}")
        old.close()
        store = Store(path)
        rows = store.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        ).fetchall()
        shapes.add(tuple(rows))
        assert store.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        store.close()
    assert len(shapes) == 1


@pytest.mark.parametrize("content", [b"this is not a database, but it is long enough" * 40, None])
def test_an_unusable_file_is_an_input_error(tmp_path: Path, content: bytes | None) -> None:
    """A broken file, or a folder in its place, raises an error that names DATABASE_PATH."""
    path = tmp_path / "bot.sqlite3"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(InputError, match="DATABASE_PATH"):
        Store(path)


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    """A file of a later version of the bot is refused."""
    path = tmp_path / "bot.sqlite3"
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    newer.close()
    with pytest.raises(InputError, match="newer version"):
        Store(path)


WRITER = """
import sys
from pathlib import Path
from bot.store import Answers, Store
store = Store(Path(sys.argv[1]))
answers = Answers(store)
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 300):
    store.record([[lambda: answers.save(1, number, number, None, 1)]])
    print(number, flush=True)
"""


def writer(path: Path, first: int) -> "subprocess.Popen[bytes]":
    """Start a process that records 300 outcomes and prints each number."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first)], stdout=subprocess.PIPE
    )


def test_two_processes_share_one_file(tmp_path: Path) -> None:
    """Both write at the same time, and no row is lost."""
    path = tmp_path / "bot.sqlite3"
    Store(path).close()
    both = [writer(path, 0), writer(path, 1000)]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    store = Store(path)
    assert store.execute("SELECT count(*) FROM answers").fetchone() == (600,)
    store.close()


def test_a_kill_loses_nothing_that_was_written(tmp_path: Path) -> None:
    """What a killed process reported as written is there for the next one."""
    path = tmp_path / "bot.sqlite3"
    with writer(path, 0) as process:
        assert process.stdout is not None
        reported = [int(process.stdout.readline()) for _ in range(50)]
        process.kill()
    store = Store(path)
    found = {number for (number,) in store.execute("SELECT question_id FROM answers")}
    assert found >= set(reported)
    assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
