"""Ends a process that lives and serves nobody, and tells systemd how we are (sd_notify(3))."""

import asyncio
import faulthandler
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Self

log = logging.getLogger(__name__)

_SILENCE = 240.0  # seconds without a sign of life; a poll takes at most 50, a pause 30
_LOOK = 5.0  # seconds between two looks
_NAP = 30.0  # seconds of a long pause between two signs of life


def sd_notify(state: str) -> None:
    """Send one state, such as READY=1; without systemd nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        try:
            link.sendto(state.encode(), address)
        except OSError:
            return  # systemd has gone; it is not for us to fall over that


async def sleep_with_beats(seconds: float, beat: Callable[[], None]) -> None:
    """Pause, with signs of life in between: Telegram may ask for more than our silence lasts."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        beat()
        await asyncio.sleep(min(left, _NAP))


class Watchdog:
    """A thread of its own, since an event loop that hangs cannot tell so. A context manager."""

    def __init__(self, silence: float = _SILENCE) -> None:
        self._silence = silence
        self._last = time.monotonic()
        self._closed = threading.Event()
        asked = float(os.environ.get("WATCHDOG_USEC", "0")) / 1e6  # systemd's patience, seconds
        self._look = min(_LOOK, asked / 2 or _LOOK, silence / 2)
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def beat(self) -> None:
        """Give a sign of life."""
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(self._look):
            if time.monotonic() - self._last < self._silence:
                sd_notify("WATCHDOG=1")
                continue
            log.critical("no sign of life for %.0f s; ending, to be started anew", self._silence)
            faulthandler.dump_traceback(sys.stderr)
            os._exit(1)  # nothing else ends a hanging loop; Telegram still has what is open
