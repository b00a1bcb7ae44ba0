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


def test_the_backoff_follows_the_server_or_grows_to_a_cap() -> None:
    """`retry_after` is respected; other waits double with jitter up to 30 seconds."""
    assert seconds_before_retry(9, RetryAfter(dt.timedelta(seconds=7))) == 7
    for tries in range(40):
        longest = min(30.0, 0.5 * 2**tries)
        assert longest / 2 <= seconds_before_retry(tries, TimedOut()) <= longest


def test_the_reason_is_short() -> None:
    """However much the server has to say."""
    assert (
        short_reason(NetworkError("Bad Gateway " * 99)) == f"NetworkError: {'Bad Gateway ' * 8}Bad "
    )
