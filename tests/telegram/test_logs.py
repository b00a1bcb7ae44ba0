import io
import logging
import sys

import pytest

from bot.config import Secret, Settings
from bot.logs import (
    JsonFormatter,
    SafeFormatter,
    TextFormatter,
    redact_uncaught,
    secrets_of,
)
from bot.store import Store
from bot.telegram.send.client import make_client
from bot.telegram.send.limits import SendLimits
from tests.fake_telegram import FakeTelegram, Json
from tests.fake_telegram.errors import RefusedError
from tests.fake_telegram.methods import METHODS
from tests.fake_telegram.world import World
from tests.telegram.processes import QUESTION, MakeBot

HALF = "AAFakeTokenForATest_0123456789-abcdef"
TOKEN = f"123456:{HALF}"
SETTINGS = Settings(telegram_bot_token=Secret(TOKEN))


@pytest.mark.parametrize("kind", [JsonFormatter, TextFormatter])
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
    kind: type[SafeFormatter], message: str, arguments: tuple[object, ...]
) -> None:
    """It is redacted in the message, arguments, tracebacks, and if formatting fails."""
    formatter = kind(secrets=secrets_of(SETTINGS))
    try:
        raise ValueError(f"The token `{TOKEN}` was rejected")  # noqa: TRY301
    except ValueError:
        exc_info = sys.exc_info()
    record = logging.LogRecord("test", logging.ERROR, "", 0, message, arguments, exc_info)
    assert HALF not in formatter.format(record)


def test_uncaught_errors_do_not_show_the_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor what else their texts may quote, unless they are the system's."""
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr("threading.excepthook", None)
    redact_uncaught(TextFormatter(secrets=secrets_of(SETTINGS)))
    sys.excepthook(RuntimeError, RuntimeError(f"lost the connection to {TOKEN}"), None)
    assert capsys.readouterr().err.endswith("\nRuntimeError\n")
    sys.excepthook(OSError, OSError(f"lost the connection to {TOKEN}"), None)
    printed = capsys.readouterr().err
    assert "OSError: lost the connection to" in printed
    assert HALF not in printed


def test_no_repr_shows_the_token(tmp_path: object) -> None:
    """Neither the settings nor the client reveal it when printed."""
    store = Store(tmp_path / "bot.sqlite3")  # type: ignore[operator]
    client = make_client(SETTINGS, SendLimits())
    out = io.StringIO()
    print(repr(SETTINGS), repr(client), str(client), f"{client}", file=out)
    assert HALF not in out.getvalue()
    store.close()


def test_every_start_derives_the_same_webhook_secret() -> None:
    """If none is set, it is derived from the token, without revealing it."""
    derived = SETTINGS.effective_webhook_secret
    assert derived == Settings(telegram_bot_token=Secret(TOKEN)).effective_webhook_secret
    assert derived != Settings(telegram_bot_token=Secret(TOKEN + "x")).effective_webhook_secret
    assert derived.isalnum()
    assert HALF not in derived
    own = Settings(telegram_bot_token=Secret(TOKEN), webhook_secret=Secret("our-own"))
    assert own.effective_webhook_secret == "our-own"


HOSTILE = "Ann\n2026-01-01 00:00:00 ERROR bot: forged\x1b[2J\r\u202e\u2028\x85"


def test_nothing_from_outside_breaks_a_line_of_the_text_log() -> None:
    """Neither an argument, nor a field, nor a library's whole line; our own line breaks stay."""
    formatter = TextFormatter("%(levelname)s %(message)s")
    error = OSError(5, HOSTILE)
    record = logging.LogRecord(
        "bot.x", logging.ERROR, "", 0, "%s,\n%r %d", (HOSTILE, error, 3), None
    )
    record.fields = {"chat": HOSTILE}
    shown = formatter.format(record)
    assert shown.count("\n") == 1
    assert shown.replace("\n", "").isprintable()
    assert "forged\\x1b[2J\\r\\u202e\\u2028\\x85" in shown
    others = logging.LogRecord("asyncio", logging.ERROR, "", 0, f"failed\x1b\n{HOSTILE}", (), None)
    assert formatter.format(others) == "ERROR failed\\x1b"


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter("%(message)s")])
def test_a_traceback_does_not_show_what_the_errors_say(formatter: logging.Formatter) -> None:
    """They may quote a message; the system's own errors cannot."""

    def fail(error: Exception) -> None:
        raise error

    try:
        try:
            fail(OSError(28, "No space left on device"))
        except OSError:
            fail(KeyError(HOSTILE))
    except KeyError:
        exc_info = sys.exc_info()
    record = logging.LogRecord("bot.x", logging.ERROR, "", 0, "failed", (), exc_info)
    shown = formatter.format(record)
    assert "forged" not in shown
    assert "No space left on device" in shown
    assert "Traceback" in shown
    assert "KeyError" in shown


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_level_of_the_log_shows_what_people_write_or_who_they_are(
    make_bot: MakeBot, telegram: FakeTelegram, monkeypatch: pytest.MonkeyPatch, log_format: str
) -> None:
    """Not at DEBUG, not in errors, not by the libraries that make the calls."""
    bot = make_bot(LOG_LEVEL="DEBUG", LOG_FORMAT=log_format).start()
    telegram.faults.add("502", "sendMessage", times=1)
    ann = telegram.user("Xylophonia\nForged", username="xylophonist")
    shown = telegram.reply_to(telegram.say(f"{QUESTION} xylophone", user=ann))
    telegram.say("/timeline xylophone", user=ann)
    query = telegram.inline("xylophone?", ann)
    telegram.wait_for(lambda: telegram.answer_to(query))
    telegram.publish({"message": shown | {"chat": "xylophone", "text": "xylophone"}})

    def refuse(_: World, __: Json) -> object:
        raise RefusedError("refused\nforged\x1b[2m", is_violation=False)

    monkeypatch.setitem(METHODS, "sendMessage", refuse)
    telegram.say("what about xylophones?", user=ann)
    telegram.wait_idle()
    bot.terminate()
    assert bot.wait() == 0
    log = bot.log
    assert r"\nforged\x1b[2m" in log.replace("\\\\", "\\")
    assert "outcome" in log
    assert "xylo" not in log.lower()
    assert str(ann.id) not in log
    assert log.replace("\n", "").isprintable()
