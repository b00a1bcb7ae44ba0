"""Ends the process if it hangs, and reports its state to systemd (sd_notify(3))."""

import asyncio
import contextlib
import faulthandler
import os
import signal
import socket
import sys

_TIMEOUT = 240.0  # seconds; the loop is never busy for more than a fraction of one
_INTERVAL = 5.0  # seconds between two signs of life
_START_TIMEOUT = 60_000_000  # microseconds after a sign of life


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


def exit_on_signals() -> None:
    """End the process on SIGTERM, with status 0, before there is a task to cancel.

    As the first process of a container, it would not get a signal that it does not handle. SIGHUP
    asks for what is being done already.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


def cancel_on_signals() -> None:
    """Cancel this task on SIGTERM or SIGINT, also where loops have no signal handlers (Windows)."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - only tasks call this
    signals = signal.SIGTERM, signal.SIGINT

    def handle(*_: object) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)  # a second one must not disturb the end
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            task.get_loop().call_soon_threadsafe(task.cancel)

    for number in signals:
        signal.signal(number, handle)


async def watch_event_loop(seconds: float = _TIMEOUT) -> None:
    """Exit with status 1 if the event loop hangs for so long, and print where; until cancelled.

    The timer is outside of the loop, which cannot notice that it hangs.
    """
    systemd_timeout = float(os.environ.get("WATCHDOG_USEC", "0")) / 1e6  # seconds
    interval = min(_INTERVAL, systemd_timeout / 2 or _INTERVAL, seconds / 2)
    try:
        while True:
            faulthandler.dump_traceback_later(seconds, exit=True)  # replaces the earlier timer
            # While Telegram cannot be reached, the start may take longer than systemd allows.
            sd_notify(f"WATCHDOG=1\nEXTEND_TIMEOUT_USEC={_START_TIMEOUT}")
            await asyncio.sleep(interval)
    finally:
        faulthandler.cancel_dump_traceback_later()
