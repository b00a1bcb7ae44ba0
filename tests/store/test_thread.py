"""Work on the store in its own thread, while the file is locked, full, harmed or read-only."""

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from bot.errors import ServingError
from bot.store import Answers, DiskError, DiskThread, Inbox, Received, Store
from bot.store.database import MIGRATIONS

pytestmark = pytest.mark.anyio
FILL = (
    "INSERT INTO counts WITH RECURSIVE days(day) AS"
    " (SELECT 90000 UNION ALL SELECT day + 1 FROM days WHERE day < 95000)"
    " SELECT day, 'answered', '', 1 FROM days"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "bot.sqlite3"


@pytest.fixture
async def opened(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Store, DiskThread[Store]]]:
    """A store that waits a moment for other processes, in a thread that looks at it each time."""
    monkeypatch.setattr("bot.store.database.Store.busy_timeout", 0.05)
    monkeypatch.setattr("bot.store.thread._CHECK_INTERVAL", 0.0)
    monkeypatch.setattr("bot.store.thread._PATIENCE", 0.5)
    store = Store(path, recover=True)
    thread = DiskThread(store, "database")
    yield store, thread
    thread.close()


def record(store: Store, *numbers: int) -> None:
    """Record that messages were answered."""
    save = Answers(store).save
    store.record([[partial(save, 1, n, n, None, 1) for n in numbers]])


def recorded(path: Path) -> list[int]:
    """The answered messages that are recorded, as another process sees them."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT question_id FROM answers ORDER BY 1").fetchall()
    connection.close()
    return [number for (number,) in found]


async def test_what_is_recorded_while_the_file_is_locked_is_written_afterwards(
    opened: tuple[Store, DiskThread[Store]], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Callers go on without the file at once, the log says so, and no record is lost."""
    caplog.set_level(logging.INFO)
    store, thread = opened
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for number in range(5):
        thread.later(record, store, number)
    for _ in range(3):
        assert await thread.ask(read, store) is None
    assert caplog.text.count("does not answer: it is locked") == 1
    other.close()
    while await thread.ask(read, store) is None:
        pass
    assert recorded(path) == [0, 1, 2, 3, 4]
    assert caplog.text.count("answers again") == 1


async def test_a_lock_with_a_reason_of_its_own_is_waited_for(
    opened: tuple[Store, DiskThread[Store]], caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite has several codes for a locked file, as while another process recovers the WAL."""
    store, thread = opened
    tries: list[int] = []

    def work() -> None:
        tries.append(len(tries))
        if len(tries) == 1:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
            raise error

    thread.later(work)
    while await thread.ask(read, store) is None:
        pass
    assert tries == [0, 1]
    assert "lost" not in caplog.text


def read(store: Store) -> object:
    """Read something."""
    return store.execute("SELECT 1").fetchone()


def fill_up(store: Store) -> None:
    """Let no page be added, as on a full disk."""
    store.execute("PRAGMA max_page_count = 1").fetchone()


def set_read_only(store: Store) -> None:
    """Refuse writing, as on a disk that was mounted read-only."""
    store.execute("PRAGMA query_only = ON").fetchone()


@pytest.mark.parametrize("harm", [fill_up, set_read_only])
async def test_a_disk_that_cannot_be_written_costs_records_only(
    opened: tuple[Store, DiskThread[Store]],
    harm: Callable[[Store], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each lost record is logged; what needs the disk raises an error that says why."""
    store, thread = opened
    await thread.require(harm, store)
    many = partial(store.execute, FILL)
    thread.later(many)
    with pytest.raises(DiskError, match=r"full|readonly"):
        await thread.require(many)
    assert caplog.text.count("a record is lost") == 1
    assert await thread.ask(read, store) == (1,)


async def test_finished_updates_are_never_dropped(
    path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are recorded after the disk has failed, however much work was waiting for it."""
    monkeypatch.setattr("bot.store.thread._CHECK_INTERVAL", 0.0)
    monkeypatch.setattr("bot.store.thread._MAX_WORK", 0)
    inbox = Inbox(path)
    thread = DiskThread(inbox, "inbox")
    await thread.require(inbox.add, [Received(1, 1, "{}")])
    await thread.require(inbox.execute, "PRAGMA query_only = ON")
    thread.later(inbox.finish, [1])
    await thread.require(inbox.execute, "PRAGMA query_only = OFF")
    assert await thread.require(inbox.waiting) == []
    assert "written later" in caplog.text
    assert "lost" not in caplog.text
    thread.close()


def garbage(path: Path) -> None:
    """Overwrite the file in place."""
    path.write_bytes(b"this is not a database " * 2000)


def newer(path: Path) -> None:
    """Put a file of a newer version in its place."""
    other = path.with_name("newer")
    connection = sqlite3.connect(other)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    other.replace(path)


@pytest.mark.parametrize("harm", [Path.unlink, garbage])
async def test_a_file_harmed_in_use_is_begun_afresh(
    opened: tuple[Store, DiskThread[Store]],
    path: Path,
    harm: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A critical line says so, and later records are in the new file."""
    store, thread = opened
    await thread.require(record, store, 1)
    harm(path)
    await thread.require(record, store, 2)
    assert recorded(path) == [2]
    assert [r.levelno for r in caplog.records] == [logging.CRITICAL]


async def test_a_file_of_a_newer_version_does_not_end_the_thread(
    opened: tuple[Store, DiskThread[Store]], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is left alone, the log says so, and the bot goes on with the old file until it ends."""
    store, thread = opened
    newer(path)
    await thread.require(record, store, 1)
    assert "cannot be repaired yet (DATABASE_PATH: " in caplog.text
    assert "was written by a newer version" in caplog.text


async def test_what_a_reader_kept_is_deleted_when_it_ends(
    opened: tuple[Store, DiskThread[Store]], path: Path
) -> None:
    """Deleted rows that another process was reading are gone from the files soon after."""
    store, thread = opened
    insert = "INSERT INTO counts VALUES (1, 'zebra', 'crossing', 1)"
    await thread.require(store.execute, insert)
    await thread.require(store.truncate_wal)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT * FROM counts").fetchall()
    await thread.require(store.execute, "DELETE FROM counts")
    await thread.require(store.truncate_wal)
    assert any(b"zebra" in file.read_bytes() for file in path.parent.iterdir())
    reader.close()
    await thread.require(read, store)
    assert not [file for file in path.parent.iterdir() if b"zebra" in file.read_bytes()]


def test_a_store_locked_at_the_start_is_waited_for(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the lock lasts, the error says what to do, and that it may pass."""
    Store(path).close()
    monkeypatch.setattr("bot.store.database.Store.busy_timeout", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServingError, match=r"cannot be used now \(database is locked\)"):
        Store(path)
    other.close()
    Store(path).close()


def test_a_damaged_page_is_set_aside_only_by_the_bot_itself(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """`run` begins a fresh file and renames the damaged one; other commands leave it alone."""
    store = Store(path)
    store.execute(FILL)
    store.close()
    with path.open("r+b") as file:
        file.seek(4096 * (path.stat().st_size // 4096 - 5))
        file.write(b"\xff" * 4096)
    damaged = path.read_bytes()
    Store(path).close()
    assert path.read_bytes() == damaged
    Store(path, recover=True).close()
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == damaged
    assert [r.levelno for r in caplog.records] == [logging.CRITICAL]
