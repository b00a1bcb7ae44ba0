"""Which failures of a call to Telegram pass, and how long to wait before the next try."""

import datetime as dt
import random

from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram.send.client import NEVER_LEFT

_FIRST_WAIT = 0.5  # seconds; doubled with each try
_LONGEST_WAIT = 30.0  # seconds


def is_temporary(error: BaseException) -> bool:
    """Whether trying again can help: throttling, server faults, lost connections.

    `BadRequest` is a `NetworkError` to the library, but no try will ever mend it.
    """
    return isinstance(error, RetryAfter | NetworkError) and not isinstance(error, BadRequest)


def rejects_token(error: BaseException) -> bool:
    """Whether Telegram refuses the token itself.

    The library says `InvalidToken` for 404 too, which a server that does not know a method
    answers; the token was accepted at the start.
    """
    return isinstance(error, InvalidToken) and "not found" not in str(error).lower()


def may_have_arrived(error: BaseException) -> bool:
    """Whether a failed call may have been carried out all the same."""
    if isinstance(error, RetryAfter) or not is_temporary(error):
        return False
    return not isinstance(error.__cause__, NEVER_LEFT)


def requested_wait(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wish = error.retry_after
    return wish.total_seconds() if isinstance(wish, dt.timedelta) else float(wish)


def seconds_before_retry(tries: int, error: BaseException) -> float:
    """Seconds before the next try: the server's own wish, or a capped backoff with jitter."""
    if isinstance(error, RetryAfter):
        return requested_wait(error)
    backoff = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(tries, 10))
    return backoff * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def short_reason(error: BaseException) -> str:
    """A failure in a few words for the log; never the page of a proxy."""
    if isinstance(error, TelegramError):
        return f"{type(error).__name__}: {error.message.partition(' Parsing the')[0][:100]}"
    return type(error).__name__  # what a fault of our own says may hold words of people
