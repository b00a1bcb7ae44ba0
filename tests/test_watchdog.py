import subprocess
import sys

_HANGING = """
import asyncio
import time
from bot.watchdog import watch_event_loop

async def hang():
    watching = asyncio.create_task(watch_event_loop(seconds=0.2))
    await asyncio.sleep(0)
    time.sleep(600)

asyncio.run(hang())
"""
_ALIVE = """
import asyncio
import time
from bot.watchdog import watch_event_loop

async def work():
    watching = asyncio.create_task(watch_event_loop(seconds=0.5))
    await asyncio.sleep(1.0)

asyncio.run(work())
time.sleep(1.0)  # nobody watches any more
"""


def _run(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_process_that_hangs_is_ended() -> None:
    """It exits with status 1 and prints where it hung."""
    done = _run(_HANGING)
    assert done.returncode == 1
    assert "Timeout" in done.stderr
    assert "in hang" in done.stderr


def test_a_process_that_does_not_hang_is_left_alone() -> None:
    """It runs for longer than those seconds, and nothing ends it afterwards."""
    done = _run(_ALIVE)
    assert (done.returncode, done.stderr) == (0, "")
