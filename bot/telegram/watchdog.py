"""Ends the process if it hangs, and reports its state to systemd (sd_notify(3))."""

import asyncio
import contextlib
import faulthandler
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Self

log = logging.getLogger(__name__)

_TIMEOUT = 240.0  # seconds without a heartbeat; a poll takes at most 50, a pause 30
_CHECK_INTERVAL = 5.0  # seconds
_HEARTBEAT_INTERVAL = 30.0  # seconds, during a long pause


def sd_notify(state: str) -> None:
    """Send a state such as READY=1 to systemd; does nothing without systemd or Unix sockets."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address or not hasattr(socket, "AF_UNIX"):
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        try:
            link.sendto(state.encode(), address)
        except OSError:
            return  # systemd is gone; that is no reason to crash


def cancel_on_signals(task: asyncio.Task[None]) -> None:
    """Cancel a task on SIGTERM or SIGINT, also where loops have no signal handlers (Windows)."""
    signals = signal.SIGTERM, signal.SIGINT

    def handle(*_: object) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)  # a second one must not disturb the end
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            task.get_loop().call_soon_threadsafe(task.cancel)

    for number in signals:
        signal.signal(number, handle)


async def sleep_with_heartbeats(seconds: float, heartbeat: Callable[[], None]) -> None:
    """Sleep with heartbeats: Telegram may ask for a pause longer than the watchdog's timeout."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        heartbeat()
        await asyncio.sleep(min(left, _HEARTBEAT_INTERVAL))


class Watchdog:
    """Context manager: a thread that ends the process after `timeout` seconds with no heartbeat.

    A thread, because a hung event loop cannot notice that it is hung.
    """

    def __init__(self, timeout: float = _TIMEOUT) -> None:
        self._timeout = timeout
        self._last_heartbeat = time.monotonic()
        self._closed = threading.Event()
        systemd_timeout = float(os.environ.get("WATCHDOG_USEC", "0")) / 1e6  # seconds
        self._interval = min(_CHECK_INTERVAL, systemd_timeout / 2 or _CHECK_INTERVAL, timeout / 2)
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def heartbeat(self) -> None:
        """Report that the process is still alive."""
        self._last_heartbeat = time.monotonic()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(self._interval):
            if time.monotonic() - self._last_heartbeat < self._timeout:
                sd_notify("WATCHDOG=1")
                continue
            log.critical("no heartbeat for %.0f s; exiting, to be restarted", self._timeout)
            faulthandler.dump_traceback(sys.stderr)
            os._exit(1)  # nothing else ends a hanging loop; the inbox keeps the updates
