import datetime as dt

import aiohttp
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.telegram.send.retries import (
    is_temporary,
    may_have_arrived,
    rejects_token,
    seconds_before_retry,
    short_reason,
)


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    """Give an error its cause, as the library does."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "does_pass", "in_doubt"),
    [
        (RetryAfter(3), True, False),
        (TimedOut(), True, True),
        (NetworkError("Bad Gateway (502)"), True, True),
        (caused(NetworkError("x"), aiohttp.ServerDisconnectedError()), True, True),
        (caused(TimedOut(), aiohttp.ConnectionTimeoutError()), True, False),
        (BadRequest("message text is empty"), False, False),
        (Forbidden("bot was blocked by the user"), False, False),
        (ChatMigrated(-100), False, False),
        (InvalidToken("Unauthorized"), False, False),
        (ValueError("ours"), False, False),
    ],
)
def test_what_passes_and_what_may_have_arrived(
    error: Exception, does_pass: object, in_doubt: object
) -> None:
    """Only throttling and trouble on the way pass; only the latter leaves a doubt."""
    assert is_temporary(error) is does_pass
    assert may_have_arrived(error) is in_doubt


def test_a_method_not_known_is_no_rejected_token() -> None:
    """The library calls both `InvalidToken`; only 401 concerns the token."""
    assert rejects_token(InvalidToken("Unauthorized"))
    assert not rejects_token(InvalidToken("Not Found"))


def test_waits_are_the_servers_or_grow_to_a_cap() -> None:
    """`retry_after` is kept to; other waits double, with jitter, and never pass 30 seconds."""
    assert seconds_before_retry(9, RetryAfter(dt.timedelta(seconds=7))) == 7
    for tries in range(40):
        longest = min(30.0, 0.5 * 2**tries)
        assert longest / 2 <= seconds_before_retry(tries, TimedOut()) <= longest


def test_a_proxys_page_is_not_for_the_log() -> None:
    """The reason is short, whatever the server sent."""
    error = NetworkError(f"Bad Gateway (502). Parsing the server response {'<html>' * 99!r} failed")
    assert short_reason(error) == "NetworkError: Bad Gateway (502)."
