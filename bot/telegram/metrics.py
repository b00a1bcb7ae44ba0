"""Figures for Prometheus, off unless METRICS_PORT is set; no label tells of a person or a chat.

Beside these, the official client tells of the process itself: memory, CPU, open files.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from bot.config import Settings
from bot.errors import InputError

# Seconds: an answer takes some hundredths, a busy group's waits for its turn up to a minute.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)

_since: dict[int, float] = {}  # update -> when it came, for those that have not come to an end
_figures: _Figures | None = None  # None: off


class _Figures:
    """The official client is loaded for these alone."""

    def __init__(self) -> None:
        from prometheus_client import Counter, Gauge, Histogram  # noqa: PLC0415

        self.updates = Counter(
            "treaty_bot_updates", "Updates brought to their end, by outcome", ["outcome"]
        )
        self.latency = Histogram(
            "treaty_bot_update_seconds", "From an update's arrival to its end", buckets=_BUCKETS
        )
        self.retries = Counter(
            "treaty_bot_retries",
            "Tries that failed and are made again, by method; update: all of it",
            ["method"],
        )
        Gauge(
            "treaty_bot_updates_waiting", "Updates at work or in the queue of the process"
        ).set_function(lambda: len(_since))
        Gauge(
            "treaty_bot_oldest_update_seconds", "How long the oldest of these has waited"
        ).set_function(_oldest)


def update_arrived(number: int) -> None:
    """Count an update among the waiting ones."""
    _since.setdefault(number, time.monotonic())


def handed_back(number: int) -> None:
    """No longer count an update that Telegram will send again, perhaps to another replica."""
    _since.pop(number, None)


def update_finished(number: int, outcome: str) -> None:
    """Count an update that has come to its end. `outcome` is one of the code's few words."""
    now = time.monotonic()
    waited = now - _since.pop(number, now)
    if _figures:
        _figures.updates.labels(outcome).inc()
        _figures.latency.observe(waited)


def count_retry(method: str) -> None:
    """Count a failed try; `method` is one of the Bot API's, or "update"."""
    if _figures:
        _figures.retries.labels(method).inc()


@contextlib.contextmanager
def serve_metrics(settings: Settings) -> Iterator[None]:
    """Serve the figures meanwhile, at any path; `InputError` if the port cannot be had."""
    if settings.metrics_port is None:
        yield
        return
    from prometheus_client import start_http_server  # noqa: PLC0415 - off by default

    global _figures  # noqa: PLW0603 - one per process, as the official client's registry is
    _figures = _Figures()
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
