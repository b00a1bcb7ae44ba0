"""Which failures of a call to Telegram pass, and how long to wait before the next try."""

from __future__ import annotations

import datetime as dt
import random

from telegram.error import BadRequest, NetworkError, RetryAfter

_FIRST_WAIT = 0.5  # seconds; doubled with each try
_LONGEST_WAIT = 30.0  # seconds


def passes(error: BaseException) -> bool:
    """Whether trying again can help: throttling, server faults, lost connections.

    `BadRequest` is a `NetworkError` to the library, but no try will ever mend it.
    """
    return isinstance(error, RetryAfter | NetworkError) and not isinstance(error, BadRequest)


def wait_before(tries: int, error: BaseException) -> float:
    """Seconds before the next try: the server's own wish, or a capped backoff with jitter."""
    if isinstance(error, RetryAfter):
        wish = error.retry_after
        return wish.total_seconds() if isinstance(wish, dt.timedelta) else float(wish)
    backoff = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(tries, 10))
    return backoff * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
