"""The real bot in its own process, one for the tests of a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram

BRIDGE = str(Path(__file__).parent.parent / "bridge")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
    """Telegram with the bot that knows the tiny article about a bridge."""
    yield from _served(tmp_path_factory.mktemp("town"), {"KNOWLEDGE_DIR": BRIDGE})


@pytest.fixture(scope="module")
def treaty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeTelegram]:
    """Telegram with the bot that knows the article shipped."""
    yield from _served(tmp_path_factory.mktemp("treaty"), {})


def _served(folder: Path, env: dict[str, str | None]) -> Iterator[FakeTelegram]:
    with FakeTelegram() as telegram, BotProcess(telegram, folder, env=env) as process:
        process.start()
        yield telegram
        telegram.wait_idle()
        assert telegram.violations == []
        assert "Traceback" not in process.log
