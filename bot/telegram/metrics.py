"""Figures for Prometheus, off unless METRICS_PORT is set; no label tells of a person or a chat.

Beside these, the official client tells of the process itself: memory, CPU, open files.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from bot.config import Settings
from bot.errors import InputError

# Seconds: an answer takes some hundredths, a busy group's waits for its turn up to a minute.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)

_UPDATES = Counter("treaty_bot_updates", "Updates brought to their end, by outcome", ["outcome"])
_LATENCY = Histogram(
    "treaty_bot_update_seconds", "From an update's arrival to its end", buckets=_BUCKETS
)
_RETRIES = Counter(
    "treaty_bot_retries", "Tries that failed and are made again, by method; update: all of it",
    ["method"],
)  # fmt: skip
_WAITING = Gauge("treaty_bot_updates_waiting", "Updates at work or in the queue of the process")
_OLDEST = Gauge("treaty_bot_oldest_update_seconds", "How long the oldest of these has waited")

_since: dict[int, float] = {}  # update -> when it came, for those that have not come to an end


def came(number: int) -> None:
    """Count an update among the waiting ones."""
    _since.setdefault(number, time.monotonic())


def handed_back(number: int) -> None:
    """No longer count an update that Telegram will send again, perhaps to another replica."""
    _since.pop(number, None)


def done(number: int, outcome: str) -> None:
    """Count an update that has come to its end. `outcome` is one of the code's few words."""
    _UPDATES.labels(outcome).inc()
    now = time.monotonic()
    _LATENCY.observe(now - _since.pop(number, now))


def tried_again(method: str) -> None:
    """Count a failed try; `method` is one of the Bot API's, or "update"."""
    _RETRIES.labels(method).inc()


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[None]:
    """Serve the figures meanwhile, at any path; `InputError` if the port cannot be had."""
    if settings.metrics_port is None:
        yield
        return
    _WAITING.set_function(lambda: len(_since))
    _OLDEST.set_function(_oldest)
    where = settings.metrics_listen, settings.metrics_port
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_listen)
    except OSError as error:
        raise InputError(
            f"METRICS_LISTEN, METRICS_PORT: cannot listen on {where[0]} port {where[1]}"
            f" ({error.strerror}); set another one, or stop whoever uses it"
        ) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _oldest() -> float:
    now = time.monotonic()
    # One step for other threads: this one answers a scrape while the bot goes on.
    return now - min(list(_since.values()), default=now)
