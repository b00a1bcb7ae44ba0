import io
import logging
import sys

import pytest

from bot.config import Secret, Settings
from bot.store import Store
from bot.telegram.logs import (
    JsonFormatter,
    Redactor,
    TextFormatter,
    redact_uncaught,
    secrets_of,
    webhook_secret,
)
from bot.telegram.send.client import make_client
from bot.telegram.send.sender import Sender

HALF = "AAFakeTokenForATest_0123456789-abcdef"
TOKEN = f"123456:{HALF}"
SETTINGS = Settings(telegram_bot_token=Secret(TOKEN))


@pytest.mark.parametrize("inner", [JsonFormatter(), TextFormatter("%(name)s %(message)s")])
@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", ()),
        ("the secret half: %s", (HALF,)),
        ("%d too few arguments: %s", (TOKEN,)),
        ("the address is %s", (f"https://example.org/{TOKEN.replace(':', '%3A')}",)),
    ],
)
def test_no_log_line_shows_the_token(
    inner: logging.Formatter, message: str, arguments: tuple[object, ...]
) -> None:
    """It is redacted in the message, arguments, tracebacks, and if formatting fails."""
    redactor = Redactor(inner, secrets_of(SETTINGS))
    try:
        raise ValueError(f"The token `{TOKEN}` was rejected")  # noqa: TRY301
    except ValueError:
        exc_info = sys.exc_info()
    record = logging.LogRecord("test", logging.ERROR, "", 0, message, arguments, exc_info)
    assert HALF not in redactor.format(record)


def test_uncaught_errors_do_not_show_the_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Python prints about an uncaught error is redacted as well."""
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr("threading.excepthook", None)
    redact_uncaught(Redactor(TextFormatter(), secrets_of(SETTINGS)))
    error = RuntimeError(f"lost the connection to {TOKEN}")
    sys.excepthook(RuntimeError, error, None)
    printed = capsys.readouterr().err
    assert "RuntimeError: lost the connection to" in printed
    assert HALF not in printed


def test_no_repr_shows_the_token(tmp_path: object) -> None:
    """Neither the settings nor the client reveal it when printed."""
    store = Store(tmp_path / "bot.sqlite3")  # type: ignore[operator]
    client = make_client(SETTINGS, Sender())
    out = io.StringIO()
    print(repr(SETTINGS), repr(client), str(client), f"{client}", file=out)
    assert HALF not in out.getvalue()
    assert "123456" in repr(client)
    store.close()


def test_every_start_derives_the_same_webhook_secret() -> None:
    """If none is set, it is derived from the token, without revealing it."""
    derived = webhook_secret(SETTINGS)
    assert derived == webhook_secret(Settings(telegram_bot_token=Secret(TOKEN)))
    assert derived != webhook_secret(Settings(telegram_bot_token=Secret(TOKEN + "x")))
    assert derived.isalnum()
    assert HALF not in derived
    own = Settings(telegram_bot_token=Secret(TOKEN), webhook_secret=Secret("our-own"))
    assert webhook_secret(own) == "our-own"
