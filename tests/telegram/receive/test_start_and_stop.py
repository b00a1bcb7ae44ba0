import json
import socket
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.telegram.processes import QUESTION, MakeBot, wait_for_log


def test_telegram_down_at_boot_is_waited_for(telegram: FakeTelegram, bot: BotProcess) -> None:
    """The bot keeps trying, says so, and serves as soon as Telegram is back."""
    telegram.go_down()
    bot.start(ready=False)
    wait_for_log(bot, "out of reach", times=2)
    telegram.come_back()
    assert telegram.reply_to(telegram.say(QUESTION))


def test_sigterm_while_telegram_is_down_ends_at_once(
    telegram: FakeTelegram, bot: BotProcess
) -> None:
    """Waiting for Telegram does not keep the process from ending, with status 0."""
    telegram.go_down()
    bot.start(ready=False)
    wait_for_log(bot, "out of reach")
    bot.terminate()
    assert bot.wait() == 0


@pytest.mark.parametrize("method", ["getUpdates", "sendMessage"])
def test_a_token_rejected_while_running_ends_the_process(
    telegram: FakeTelegram, bot: BotProcess, method: str
) -> None:
    """Status 1 and what to do; the question stays with Telegram."""
    bot.start()
    telegram.faults.add("401", method)
    telegram.say(QUESTION)
    assert bot.wait() == 1
    assert "@BotFather" in bot.log
    assert "Traceback" not in bot.log.partition("CRITICAL")[2]
    assert telegram.updates.pending


def test_a_lasting_conflict_ends_the_process(telegram: FakeTelegram, make_bot: MakeBot) -> None:
    """A second poller is borne with for a while; then status 1 and a message naming the cause."""
    bot = make_bot(CONFLICT_PATIENCE="0.4").start()
    telegram.faults.add("409", "getUpdates")
    telegram.say(QUESTION)  # ends the long poll
    assert bot.wait() == 1
    assert "another process polls with the same token" in bot.log


def test_a_short_conflict_is_outlived(telegram: FakeTelegram, make_bot: MakeBot) -> None:
    """The overlap of a restart is no reason to end."""
    bot = make_bot(CONFLICT_PATIENCE="4").start()
    telegram.faults.add("409", "getUpdates", times=1)
    telegram.reply_to(telegram.say(QUESTION))
    telegram.wait_idle()
    assert bot.is_running()


def test_a_broken_database_is_wrong_input(
    telegram: FakeTelegram, make_bot: MakeBot, tmp_path: Path
) -> None:
    """Status 2 and a message that names the variable, before anything is asked of Telegram."""
    bot = make_bot(DATABASE_PATH=str(tmp_path)).start(ready=False)
    assert bot.wait() == 2
    assert "DATABASE_PATH" in bot.log
    assert "Traceback" not in bot.log
    assert telegram.calls == []


def test_each_update_has_one_line_without_words(telegram: FakeTelegram, make_bot: MakeBot) -> None:
    """In JSON at INFO: number, kind of chat, outcome, milliseconds; no text, no name."""
    bot = make_bot(LOG_LEVEL="INFO", LOG_FORMAT="json").start()
    telegram.reply_to(telegram.say(QUESTION, user=telegram.user("Zebedee")))
    wait_for_log(bot, '"outcome"')
    lines = [json.loads(line) for line in bot.log.splitlines()]
    (line,) = [line for line in lines if "outcome" in line]
    assert line["chat"] == "private"
    assert line["outcome"] == "answered"
    assert isinstance(line["update"], int)
    assert int(line["ms"]) >= 0
    assert "bridge" not in bot.log
    assert "Zebedee" not in bot.log


def test_systemd_is_told(telegram: FakeTelegram, make_bot: MakeBot, tmp_path: Path) -> None:
    """READY once it serves, WATCHDOG while it lives, STOPPING when it ends."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address)
        systemd.settimeout(20)
        bot = make_bot(NOTIFY_SOCKET=address, WATCHDOG_USEC="400000").start()
        told = []
        while "WATCHDOG=1" not in told or "READY=1" not in told:
            told.append(systemd.recv(100).decode())
        bot.terminate()
        while "STOPPING=1" not in told:
            told.append(systemd.recv(100).decode())
    assert bot.wait() == 0
    assert telegram.violations == []
