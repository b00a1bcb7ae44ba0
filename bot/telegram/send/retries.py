"""Decides which errors from Telegram are temporary, and how long to wait before a retry."""

import asyncio
import datetime as dt
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram.error import (
    BadRequest,
    EndPointNotFound,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import REVOKED_MESSAGE, ServingError
from bot.telegram.send.responses import UnknownResponseError

log = logging.getLogger(__name__)
_T = TypeVar("_T")

_MIN_BACKOFF = 0.5  # seconds; doubled on each try
_MAX_BACKOFF = 30.0  # seconds


def is_temporary(error: BaseException) -> bool:
    """Whether a retry can help: throttling, server errors, lost connections, a wrong server.

    The server knew the bot when this process started, so that 404 comes from something in between.
    """
    # In the library, `BadRequest` is a `NetworkError`, but no retry will fix it.
    kinds = RetryAfter | NetworkError | EndPointNotFound
    return isinstance(error, kinds) and not isinstance(error, BadRequest)


def seconds_before_retry(tries: int, error: BaseException) -> float:
    """Seconds before the next try: as Telegram demands, or capped backoff with jitter."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)
    backoff = min(_MAX_BACKOFF, _MIN_BACKOFF * 2.0 ** min(tries, 10))
    return backoff * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def short_reason(error: BaseException) -> str:
    """An error in a few words for the log."""
    if isinstance(error, TelegramError):
        return f"{type(error).__name__}: {error.message[:100]}"
    return type(error).__name__  # the text of our own errors may quote people


async def until_it_works(
    call: Callable[[], Awaitable[_T]], method: str, *final: type[TelegramError]
) -> _T:
    """The result of a call, tried for as long as it takes, but for `final` errors.

    Raise `ServingError` if Telegram rejects the token.
    """
    tries = 0
    while True:
        try:
            return await call()
        except final:
            raise
        except InvalidToken:
            raise ServingError(REVOKED_MESSAGE) from None
        except TelegramError as error:
            pause = seconds_before_retry(tries, error)
            if not is_temporary(error):  # unexpected; keep trying, but not too fast
                pause = max(pause, 1.0)
            tries += not isinstance(error, RetryAfter)
            problem = "Telegram is out of reach"
            if isinstance(error, UnknownResponseError):
                problem = "what answers at TELEGRAM_API_URL is not the Bot API"
            reason = f"{method}: {short_reason(error)}"
            log.warning("%s (%s); retrying in %.1fs", problem, reason, pause)
        await asyncio.sleep(pause)
