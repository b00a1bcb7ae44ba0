"""Prometheus metrics, off unless METRICS_PORT is set; no label identifies a person or a chat.

The official client adds metrics for the process itself: memory, CPU, open files.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping

from bot.config import Settings
from bot.errors import listen_error

# In seconds. An answer takes a few hundredths, but can wait a minute for its turn in a busy group.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)

_metrics: _Metrics | None = None  # None: off


class _Metrics:
    def __init__(self) -> None:
        from prometheus_client import Counter, Gauge, Histogram, Info  # noqa: PLC0415 - off by default

        self.updates = Counter("treaty_bot_updates", "Finished updates, by outcome", ["outcome"])
        self.latency = Histogram(
            "treaty_bot_update_seconds",
            "Time from an update's arrival until it is finished",
            buckets=_BUCKETS,
        )
        self.retries = Counter(
            "treaty_bot_retries",
            "Failed calls worth a retry, by API method; 'update': retried updates",
            ["method"],
        )
        self.knowledge = Info("treaty_bot_knowledge", "The version of the knowledge in use")
        self.refused = Gauge(
            "treaty_bot_refused_edit_timestamp_seconds",
            "When an edit of the knowledge was last refused; 0 if none was since the start",
        )
        self.waiting = Gauge("treaty_bot_updates_waiting", "Updates in progress or queued")
        self.oldest = Gauge(
            "treaty_bot_oldest_update_seconds", "Age of the oldest unfinished update"
        )


def watch(arrived: Mapping[int, float]) -> None:
    """Measure what is in `arrived`: the id of each waiting update -> `time.monotonic()`."""

    def oldest() -> float:
        # Scrapes are answered in another thread; `list` copies the values atomically.
        return max((time.monotonic() - at for at in list(arrived.values())), default=0.0)

    if _metrics:
        _metrics.waiting.set_function(lambda: len(arrived))
        _metrics.oldest.set_function(oldest)


def update_finished(outcome: str, seconds: float) -> None:
    """Count an update that took so long; `outcome` must come from a small fixed set."""
    if _metrics:
        _metrics.updates.labels(outcome).inc()
        _metrics.latency.observe(seconds)


def count_retry(method: str) -> None:
    """Count a failed call of a Bot API method, or a retried update (`method` "update")."""
    if _metrics:
        _metrics.retries.labels(method).inc()


def knowledge_loaded(version: str, *, is_refused: bool = False) -> None:
    """Note which version of the knowledge is in use, and whether an edit was just refused."""
    if _metrics:
        _metrics.knowledge.info({"version": version})
        if is_refused:
            _metrics.refused.set_to_current_time()


@contextlib.contextmanager
def serve_metrics(settings: Settings) -> Iterator[None]:
    """Serve the metrics, at any path; raises an error if the port is not available."""
    if settings.metrics_port is None:
        yield
        return
    from prometheus_client import start_http_server  # noqa: PLC0415 - off by default

    global _metrics  # noqa: PLW0603 - one per process, like the official client's registry
    _metrics = _Metrics()
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_listen)
    except (OSError, UnicodeError) as error:  # UnicodeError: of a host like "a..b"
        host, port = settings.metrics_listen, settings.metrics_port
        raise listen_error("METRICS", host, port, error) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
