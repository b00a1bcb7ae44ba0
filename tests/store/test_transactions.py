import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Answers, SentAnswer, Store, Updates

BOT, CHAT = 7, 5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "bot.sqlite3"


@pytest.fixture
def store(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Open a store that does not wait for others."""
    monkeypatch.setattr("bot.store.database._WAIT", 0.0)
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def busy(path: Path, store: Store) -> Iterator[None]:
    """Let somebody else write at length."""
    assert store.row("SELECT 1", ()) == (1,)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def given(store: Store, *questions: int) -> None:
    """Note the answers to some questions."""
    for question in questions:
        Answers(store).keep(CHAT, SentAnswer(question, question + 100, None), 1)


def fail_after(store: Store, *questions: int) -> None:
    """Note the answers in a transaction that fails then."""
    with store.transaction():
        given(store, *questions)
        raise ZeroDivisionError


def noted(store: Store) -> list[int]:
    """The questions whose answers are noted."""
    found = store.rows("SELECT question_id FROM answers ORDER BY 1", ())
    return [int(str(number)) for (number,) in found]


def test_a_transaction_inside_another_fails_alone(store: Store) -> None:
    """What the inner one wrote is undone, what stands around it is not."""
    with store.transaction():
        given(store, 1)
        with pytest.raises(ZeroDivisionError):
            fail_after(store, 2)
        given(store, 3)
    assert noted(store) == [1, 3]


def test_a_transaction_takes_those_inside_along(store: Store) -> None:
    """If the outer one fails, nothing was written."""
    with pytest.raises(ZeroDivisionError):
        fail_after(store, 1, 2)
    assert noted(store) == []


def test_an_update_is_done_with_all_that_came_of_it(path: Path, store: Store) -> None:
    """Another process sees either the end of the update and its answer, or neither."""
    updates, other = Updates(store, BOT), Store(path)

    def look() -> None:
        assert not Updates(other, BOT).is_done(1)
        assert noted(other) == []

    updates.finish(1, [(CHAT, 101)], [lambda: given(store, 1), look])
    assert Updates(other, BOT).is_done(1)
    assert noted(other) == [1]
    other.close()


@pytest.mark.usefixtures("busy")
def test_a_file_that_is_held_for_long_costs_notes_only(store: Store) -> None:
    """Nothing escapes, and what is done is known in memory all the same."""
    updates = Updates(store, BOT)
    given(store, 1)
    updates.finish(1, [(CHAT, 101)], [lambda: given(store, 1)])
    assert updates.is_done(1)
    assert noted(store) == []
