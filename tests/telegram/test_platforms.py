"""The bot on systems that lack what Unix has."""

import signal
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.telegram.processes import ANSWER, QUESTION, MakeBot, free_port

# Take away what Windows lacks, before anything of the bot is imported.
LIKE_WINDOWS = """
import asyncio, os, signal, sys, types

def unsupported(*_):
    raise NotImplementedError

for loop in (asyncio.AbstractEventLoop, asyncio.SelectorEventLoop):
    loop.add_signal_handler = loop.remove_signal_handler = unsupported
del os.getuid, signal.SIGHUP
from bot.cli import main
from bot import watchdog
watchdog.socket = types.SimpleNamespace()  # no AF_UNIX; asyncio needs it here
sys.exit(main(["run"]))
"""


@pytest.fixture(params=["polling", "webhook"])
def bot(request: pytest.FixtureRequest, make_bot: MakeBot) -> BotProcess:
    """A bot without the means of Unix, not yet started."""
    port = free_port()
    hook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_PORT": str(port)}
    env = hook if request.param == "webhook" else {}
    bot = make_bot(**env, NOTIFY_SOCKET="/nowhere", HOME="/nowhere")  # else posixpath asks getuid
    bot.command = ("-c", LIKE_WINDOWS)
    return bot


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_and_stops_without_unix(
    telegram: FakeTelegram, bot: BotProcess, number: signal.Signals, tmp_path: Path
) -> None:
    """Ctrl-C ends it with status 0, and nothing is left unanswered."""
    bot.start()
    assert telegram.reply_to(telegram.say(QUESTION))["text"].startswith(ANSWER)
    bot.process.send_signal(number)
    assert bot.wait() == 0
    assert "Traceback" not in bot.log
    assert (tmp_path / "bot.sqlite3").exists()
