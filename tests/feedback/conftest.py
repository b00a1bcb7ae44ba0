"""A store with a clock that only tests move, and the small bridge knowledge folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering import Answerer
from bot.knowledge import Knowledge, load_knowledge
from bot.store import Store
from tests.clock import Clock
from tests.paths import BRIDGE


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
    """Load the bridge knowledge folder."""
    return load_knowledge(BRIDGE)


@pytest.fixture(scope="session")
def answerer(bridge: Knowledge) -> Answerer:
    """An answerer for it."""
    return Answerer(bridge)
