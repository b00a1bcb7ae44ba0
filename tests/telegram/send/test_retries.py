import datetime as dt

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.telegram.send.responses import UnknownResponseError
from bot.telegram.send.retries import (
    is_temporary,
    seconds_before_retry,
    short_reason,
)


@pytest.mark.parametrize(
    ("error", "temporary"),
    [
        (RetryAfter(3), True),
        (TimedOut(), True),
        (NetworkError("Bad Gateway (502)"), True),
        (UnknownResponseError("HTTP 200, no JSON of the Bot API"), True),
        (BadRequest("message text is empty"), False),
        (Forbidden("bot was blocked by the user"), False),
        (ChatMigrated(-100), False),
        (InvalidToken("Unauthorized"), False),
        (ValueError("ours"), False),
    ],
)
def test_which_errors_are_temporary(error: Exception, temporary: object) -> None:
    """Only throttling and what is no answer of Telegram can pass."""
    assert is_temporary(error) is temporary


def test_a_retry_waits_as_long_as_the_server_demands() -> None:
    """However many tries there were."""
    assert seconds_before_retry(9, RetryAfter(dt.timedelta(seconds=7))) == 7


@pytest.mark.parametrize(
    ("tries", "least", "most"),
    [(0, 0.25, 0.5), (1, 0.5, 1.0), (5, 8, 16), (6, 15, 30), (39, 15, 30)],
)
def test_other_retries_wait_longer_up_to_a_cap(tries: int, least: float, most: float) -> None:
    """The wait doubles, with jitter, up to 30 seconds."""
    assert least <= seconds_before_retry(tries, TimedOut()) <= most


def test_the_reason_is_short() -> None:
    """However much the server has to say."""
    assert (
        short_reason(NetworkError("Bad Gateway " * 99)) == f"NetworkError: {'Bad Gateway ' * 8}Bad "
    )
