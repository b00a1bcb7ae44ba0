"""The store when a writer is killed, and with two writers at once."""

import multiprocessing
import random
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from bot.store import Store
from tests.store.writing import write

KILLS = 200


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    """Fork each process from one that has imported everything, to save time."""
    forkserver = multiprocessing.get_context("forkserver")
    forkserver.set_forkserver_preload(["tests.store.writing"])
    return forkserver


def sums(store: Store, query: str) -> dict[str | int, int]:
    """The rows of a query that selects a name and a number."""
    return dict(store.execute(query))


def written(store: Store) -> set[int]:
    """The numbers that were written to a store."""
    return {number for (number,) in store.execute("SELECT question_id FROM answers")}


def assert_consistent(path: Path) -> None:
    """Check that no transaction was left half-written."""
    store = Store(path)
    try:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        saved = sums(store, "SELECT status, sum(number) FROM questions GROUP BY status")
        counted = sums(store, "SELECT what, sum(number) FROM counts GROUP BY what")
        ballots = sums(store, "SELECT is_good, count(*) FROM ballots GROUP BY is_good")
        (answers,) = store.execute("SELECT count(*) FROM answers").fetchone()
        assert saved.get("unanswered", 0) == counted.get("unanswered", 0) == answers
        assert saved.get("wrong", 0) == counted.get("bad", 0) == ballots.get(0, 0)
        assert counted.get("good", 0) == ballots.get(1, 0)
    finally:
        store.close()


def test_killed_two_hundred_times_in_the_middle_of_writing(
    tmp_path: Path, context: ForkServerContext
) -> None:
    """The store opens, nothing is half-written, and what was reported as written is there."""
    source = random.Random(20190705)
    reported: set[int] = set()
    path = tmp_path / "bot.sqlite3"
    for kill in range(KILLS):
        if kill % 20 == 0:  # kill some while the tables are created
            path, reported = tmp_path / f"{kill}.sqlite3", set()
        reads = source.choice((0, 0, 1, 5, 20))
        ours, theirs = context.Pipe(duplex=False)
        first = 1_000_000 + 1000 * kill
        process = context.Process(target=write, args=(path, first, 1000, theirs))
        process.start()
        theirs.close()
        reported.update(ours.recv() for _ in range(reads))
        process.kill()
        process.join()
        while ours.poll():
            try:
                reported.add(ours.recv())
            except EOFError:
                break
        ours.close()
        process.close()
        assert_consistent(path)
        store = Store(path)
        assert reported <= written(store)
        store.close()


def test_two_writers_of_every_kind_of_row_lose_none(
    tmp_path: Path, context: ForkServerContext
) -> None:
    """Two processes create the file and write at the same time; every count is right at the end."""
    path = tmp_path / "bot.sqlite3"
    ours, theirs = context.Pipe(duplex=False)
    both = [context.Process(target=write, args=(path, first, 300, theirs)) for first in (0, 1000)]
    for process in both:
        process.start()
    theirs.close()
    reported = {ours.recv() for _ in range(600)}
    for process in both:
        process.join()
        assert process.exitcode == 0
        process.close()
    ours.close()
    assert reported == {*range(300), *range(1000, 1300)}
    assert_consistent(path)
    store = Store(path)
    assert written(store) == reported
    assert store.execute("SELECT sum(number) FROM counts WHERE what = 'unanswered'").fetchone() == (
        600,
    )
    assert store.execute("SELECT count(*) FROM ballots").fetchone() == (
        len({(n % 50, person) for n in reported for person in (n % 11, n % 5)}),
    )
    store.close()
