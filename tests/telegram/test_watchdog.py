import subprocess
import sys

import pytest

from bot.telegram import watchdog
from bot.telegram.watchdog import sleep_with_heartbeats

_HANGING = """
import time
from bot.telegram.watchdog import Watchdog

def hang():
    time.sleep(600)

with Watchdog(timeout=0.2):
    hang()
"""
_ALIVE = """
import time
from bot.telegram.watchdog import Watchdog

with Watchdog(timeout=30.0) as watchdog:
    for _ in range(5):
        watchdog.heartbeat()
        time.sleep(0.01)
"""


def test_a_process_that_hangs_is_ended() -> None:
    """It exits with status 1 and logs why and where it hung."""
    done = subprocess.run(
        [sys.executable, "-c", _HANGING], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "no heartbeat" in done.stderr
    assert "in hang" in done.stderr


def test_a_process_with_heartbeats_is_left_alone() -> None:
    """With heartbeats it runs on, and the watchdog thread does not keep it from ending."""
    done = subprocess.run(
        [sys.executable, "-c", _ALIVE], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.anyio
async def test_a_long_pause_sends_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long wait that Telegram asked for does not look like a hanging process."""
    monkeypatch.setattr(watchdog, "_HEARTBEAT_INTERVAL", 0.01)
    heartbeats = 0

    def heartbeat() -> None:
        nonlocal heartbeats
        heartbeats += 1

    await sleep_with_heartbeats(0.05, heartbeat)
    assert heartbeats >= 2
