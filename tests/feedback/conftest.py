"""A store with a clock that stands still, and the tiny knowledge folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.knowledge import Knowledge, load_knowledge
from bot.store import Store
from tests.paths import BRIDGE

DAY = 24 * 3600


class Clock:
    """A clock that a test sets."""

    now = 1_800_000_000.0  # 8:00 UTC

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Stand still until told otherwise."""
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "bot.sqlite3"


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[Store]:
    """Open a fresh store."""
    opened = Store(path, clock=clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def bridge() -> Knowledge:
    """Load the tiny knowledge folder."""
    return load_knowledge(BRIDGE)


@pytest.fixture(scope="session")
def answerer(bridge: Knowledge) -> Answerer:
    """Answer from it."""
    return Answerer(bridge)
