import subprocess
import sys

import pytest

from bot.telegram import watchdog
from bot.telegram.watchdog import sleep_with_beats

_HANGS = """
import time
from bot.telegram.watchdog import Watchdog

def serve_nobody():
    time.sleep(600)

with Watchdog(silence=0.2):
    serve_nobody()
"""
_LIVES = """
import time
from bot.telegram.watchdog import Watchdog

with Watchdog(silence=30.0) as alive:
    for _ in range(5):
        alive.beat()
        time.sleep(0.01)
"""


def test_a_process_that_hangs_is_ended() -> None:
    """Status 1, why, and where it hung; a supervisor starts it anew."""
    done = subprocess.run(
        [sys.executable, "-c", _HANGS], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "no sign of life" in done.stderr
    assert "serve_nobody" in done.stderr


def test_a_process_that_lives_is_left_alone() -> None:
    """Signs of life keep it going, and the watchdog keeps no process from ending."""
    done = subprocess.run(
        [sys.executable, "-c", _LIVES], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.anyio
async def test_a_long_pause_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long Telegram asks us to wait, the watchdog is told that we do so on purpose."""
    monkeypatch.setattr(watchdog, "_NAP", 0.01)
    beats = 0

    def beat() -> None:
        nonlocal beats
        beats += 1

    await sleep_with_beats(0.05, beat)
    assert beats >= 2
