import json
import socket
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.telegram.processes import QUESTION, MakeBot
from tests.waiting import wait_for_log


def test_the_bot_waits_for_telegram_at_startup(telegram: FakeTelegram, bot: BotProcess) -> None:
    """It keeps retrying, logs that, and serves as soon as Telegram is back."""
    telegram.go_down()
    bot.start(ready=False)
    wait_for_log(bot, "out of reach", times=2)
    telegram.come_back()
    assert telegram.reply_to(telegram.say(QUESTION))


def test_sigterm_while_telegram_is_down_stops_it_at_once(
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """While it waits for Telegram, SIGTERM ends the process with status 0."""
    telegram.go_down()
    bot.start(ready=False)
    wait_for_log(bot, "out of reach")
    bot.terminate()
    assert bot.wait() == 0


@pytest.mark.parametrize("method", ["getUpdates", "sendMessage"])
def test_a_token_rejected_while_running_ends_the_process(
    telegram: FakeTelegram, bot: BotProcess, method: str
) -> None:
    """It exits with status 1 and says what to do; the next start answers the question."""
    bot.start()
    telegram.faults.add("401", method)
    asked = telegram.say(QUESTION)
    assert bot.wait() == 1
    assert "@BotFather" in bot.log
    assert "Traceback" not in bot.log.partition("CRITICAL")[2]
    telegram.faults.clear()
    bot.start()
    assert telegram.reply_to(asked)


def test_a_lasting_conflict_ends_the_process(telegram: FakeTelegram, make_bot: MakeBot) -> None:
    """A second poller is tolerated for a while; then it exits with status 1 and says why."""
    bot = make_bot(CONFLICT_PATIENCE="0.4").start()
    telegram.faults.add("409", "getUpdates")
    telegram.say(QUESTION)  # ends the long poll
    assert bot.wait() == 1
    assert "another process is polling with the same token" in bot.log


def test_a_short_conflict_is_tolerated(telegram: FakeTelegram, make_bot: MakeBot) -> None:
    """The overlap of a restart does not end the process."""
    bot = make_bot(CONFLICT_PATIENCE="4").start()
    telegram.faults.add("409", "getUpdates", times=1)
    telegram.reply_to(telegram.say(QUESTION))
    telegram.wait_idle()
    assert bot.is_running()


def test_an_unusable_database_path_is_an_input_error(
    telegram: FakeTelegram, make_bot: MakeBot, tmp_path: Path
) -> None:
    """It exits with status 2 and names the variable, before any call to Telegram."""
    bot = make_bot(DATABASE_PATH=str(tmp_path)).start(ready=False)
    assert bot.wait() == 2
    assert "DATABASE_PATH" in bot.log
    assert "Traceback" not in bot.log
    assert telegram.calls == []


def test_each_update_is_logged_in_one_line_without_its_text(
    telegram: FakeTelegram, make_bot: MakeBot
) -> None:
    """The JSON line has id, chat type, outcome and milliseconds, but no text and no name."""
    bot = make_bot(LOG_LEVEL="INFO", LOG_FORMAT="json").start()
    telegram.reply_to(telegram.say(QUESTION, user=telegram.user("Zebedee")))
    wait_for_log(bot, '"outcome"')
    lines = [json.loads(line) for line in bot.log.splitlines()]
    (line,) = [line for line in lines if "outcome" in line]
    assert line["chat"] == "private"
    assert line["outcome"] == "answered"
    assert isinstance(line["update"], int)
    assert isinstance(line["ms"], int)
    assert "bridge" not in bot.log
    assert "Zebedee" not in bot.log


def test_systemd_is_notified(telegram: FakeTelegram, make_bot: MakeBot, tmp_path: Path) -> None:
    """It sends READY once it serves, WATCHDOG while it runs and STOPPING when it ends."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(20)
        bot = make_bot(NOTIFY_SOCKET=address, WATCHDOG_USEC="400000").start()
        states: list[str] = []
        while "WATCHDOG=1" not in states or "READY=1" not in states:
            states += systemd.recv(100).decode().split("\n")
        bot.terminate()
        while "STOPPING=1" not in states:
            states += systemd.recv(100).decode().split("\n")
    assert bot.wait() == 0
    assert any(state.startswith("EXTEND_TIMEOUT_USEC=") for state in states)
    assert telegram.violations == []
