"""Fixtures for tests that run the real bot against a fake Telegram server."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.clock import Clock
from tests.fake_telegram import BotProcess, FakeTelegram

os.environ["PTB_TIMEDELTA"] = "1"  # otherwise the library warns about retry times in seconds
# On a busy machine, generating or running an example may take any time.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests (marked `anyio`; the plugin comes with httpx) on asyncio only."""
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    """Start at a fixed time."""
    return Clock()


@pytest.fixture(scope="session", autouse=True)
def user_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the bot's index cache out of the developer's own cache folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache", numbered=False)))
        yield


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    """Run a fake Telegram server for one test."""
    with FakeTelegram() as server:
        yield server


@pytest.fixture
def bot_process(telegram: FakeTelegram, tmp_path: Path) -> Iterator[BotProcess]:
    """The real bot as a process, not yet started; it is stopped after the test."""
    with BotProcess(telegram, tmp_path) as process:
        yield process
