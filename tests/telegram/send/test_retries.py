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
    rejects_token,
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


def test_an_unknown_method_is_not_a_rejected_token() -> None:
    """The library raises `InvalidToken` for both, but only a 401 is about the token."""
    assert rejects_token(InvalidToken("Unauthorized"))
    assert not rejects_token(InvalidToken("Not Found"))


def test_the_backoff_follows_the_server_or_grows_to_a_cap() -> None:
    """`retry_after` is respected; other waits double with jitter up to 30 seconds."""
    assert seconds_before_retry(9, RetryAfter(dt.timedelta(seconds=7))) == 7
    for tries in range(40):
        longest = min(30.0, 0.5 * 2**tries)
        assert longest / 2 <= seconds_before_retry(tries, TimedOut()) <= longest


def test_the_reason_omits_the_error_page_of_a_proxy() -> None:
    """The reason stays short even if the server sent a long page."""
    error = NetworkError(f"Bad Gateway (502). Parsing the server response {'<html>' * 99!r} failed")
    assert short_reason(error) == "NetworkError: Bad Gateway (502)."
