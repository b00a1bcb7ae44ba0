import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.store import Answers, Store

CHAT = 5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "bot.sqlite3"


@pytest.fixture
def store(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Open a store that does not wait for other processes."""
    monkeypatch.setattr("bot.store.database.Store.busy_timeout", 0.0)
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def busy(path: Path, store: Store) -> Iterator[None]:
    """Another process holds the write lock."""
    assert store.execute("SELECT 1").fetchone() == (1,)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def save_answers(store: Store, *questions: int) -> None:
    """Save the answers to some questions."""
    for question in questions:
        Answers(store).save(CHAT, question, question + 100, None, 1)


def fail_after(store: Store, *questions: int) -> None:
    """Save the answers in a transaction that then fails."""
    with store.transaction():
        save_answers(store, *questions)
        raise ZeroDivisionError


def answered(store: Store) -> list[int]:
    """The questions whose answers are stored."""
    found = store.execute("SELECT question_id FROM answers ORDER BY 1").fetchall()
    return [int(str(number)) for (number,) in found]


def test_a_transaction_that_fails_writes_nothing(store: Store) -> None:
    """Neither what was written before the error nor anything else stays."""
    with pytest.raises(ZeroDivisionError):
        fail_after(store, 1, 2)
    assert answered(store) == []


def test_an_outcome_is_recorded_as_a_whole(path: Path, store: Store) -> None:
    """Another process sees both answers, or neither."""
    other = Store(path)
    first, second = (partial(save_answers, store, number) for number in (1, 2))

    def look() -> None:
        assert answered(other) == []

    store.record([[first, look, second, look]])
    assert answered(other) == [1, 2]
    other.close()


def test_a_write_that_fails_costs_only_its_own_record(store: Store) -> None:
    """The rest of the outcome, and those recorded with it, are written."""

    def fail() -> None:
        store.execute("INSERT INTO missing VALUES (1)")

    save = [partial(save_answers, store, number) for number in (1, 3, 4)]
    store.record([[save[0], fail, save[1]], [save[2]]])
    assert answered(store) == [1, 3, 4]


def test_after_a_rollback_by_sqlite_itself_nothing_more_is_written(store: Store) -> None:
    """As on a full disk: all of it is undone, and the error is raised."""

    def fail() -> None:
        store.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.record([[partial(save_answers, store, 1), fail, partial(save_answers, store, 2)]])
    assert answered(store) == []


@pytest.mark.usefixtures("busy")
def test_an_outcome_that_meets_a_locked_file_is_retried(store: Store) -> None:
    """Recording it raises an error that says so, and nothing of it is written."""
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        store.record([[lambda: save_answers(store, 1)]])
    assert answered(store) == []
