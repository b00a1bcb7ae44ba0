import asyncio
import subprocess
import sys
from unittest.mock import Mock

import pytest

from bot.watchdog import watch_event_loop

_HANGING = """
import asyncio
import time
from bot.watchdog import watch_event_loop

async def hang():
    watching = asyncio.create_task(watch_event_loop(seconds=1.0))
    await asyncio.sleep(0)
    time.sleep(600)

asyncio.run(hang())
"""


def test_a_process_that_hangs_is_ended() -> None:
    """It exits with status 1 and prints where it hung."""
    command = [sys.executable, "-c", _HANGING]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Timeout" in done.stderr
    assert "in hang" in done.stderr


@pytest.mark.anyio
async def test_a_process_that_does_not_hang_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The timer is set anew again and again, and cancelled when nobody watches any more."""
    start, cancel = Mock(), Mock()
    monkeypatch.setattr("faulthandler.dump_traceback_later", start)
    monkeypatch.setattr("faulthandler.cancel_dump_traceback_later", cancel)
    monkeypatch.setattr("bot.watchdog._INTERVAL", 0.0)
    watching = asyncio.create_task(watch_event_loop(seconds=240.0))
    async with asyncio.timeout(30):
        while start.call_count < 3:  # noqa: ASYNC110 - a mock tells nobody
            await asyncio.sleep(0)
    cancel.assert_not_called()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    start.assert_called_with(240.0, exit=True)
    cancel.assert_called_once()
