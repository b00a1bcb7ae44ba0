"""The running bot answers whatever happens to its two files, and loses nothing that waits."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, Chat, FakeTelegram
from tests.telegram.processes import ANSWER, QUESTION, MakeBot
from tests.waiting import wait_for_log, wait_until

FILES = ("bot.sqlite3", "bot-inbox.sqlite3")


def lock(path: Path) -> sqlite3.Connection:
    """Begin a transaction that writes, in this process; closing the connection ends it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def counted(path: Path) -> int:
    """How many questions the store has counted."""
    with closing(sqlite3.connect(path)) as store:
        (number,) = store.execute("SELECT total(number) FROM counts").fetchone()
        return int(number)


def with_one_waiting(telegram: FakeTelegram) -> Chat:
    """Let a question wait for its answer in the inbox, since Telegram throttles its chat."""
    telegram.faults.add("429", "sendMessage", times=1, retry_after=4)
    chat = telegram.private()
    telegram.say(QUESTION, chat=chat)
    telegram.wait_for(lambda: not telegram.updates.pending, what="the confirmation")
    telegram.wait_for(lambda: any(call.fault for call in telegram.calls), what="the first try")
    return chat


def garbage(path: Path) -> None:
    """Overwrite the file in place."""
    path.write_bytes(b"this is not a database " * 2000)


def replace(path: Path) -> None:
    """Put another file in its place."""
    garbage(path.with_name("other"))
    path.with_name("other").replace(path)


def test_a_locked_database_stops_no_answer(
    telegram: FakeTelegram, bot: BotProcess, tmp_path: Path
) -> None:
    """Questions are answered at once, the log says why records wait, and later all are there."""
    bot.start()
    telegram.reply_to(telegram.say(QUESTION))
    telegram.wait_idle()
    with closing(lock(tmp_path / FILES[0])):
        asked = 1
        while "does not answer: it is locked" not in bot.log:
            telegram.reply_to(telegram.say(QUESTION))
            asked += 1
        group = telegram.group()
        assert telegram.reply_to(telegram.say(f"/ask {QUESTION}", chat=group))
        asked += 1
    wait_until(lambda: counted(tmp_path / FILES[0]) == asked)
    wait_for_log(bot, "answers again")
    assert "Traceback" not in bot.log


def test_a_database_locked_at_the_start_is_waited_for(
    telegram: FakeTelegram, bot: BotProcess, tmp_path: Path
) -> None:
    """The bot serves as soon as the other program is done."""
    bot.start()
    bot.kill()
    with closing(lock(tmp_path / FILES[0])):
        bot.start(ready=False)
        wait_until(lambda: "-inbox" in open_files(bot))
        assert bot.is_running()
    assert telegram.reply_to(telegram.say(QUESTION), timeout=30)


def open_files(bot: BotProcess) -> str:
    """The names of the files that a process has open (Linux)."""
    names = []
    for link in Path(f"/proc/{bot.process.pid}/fd").iterdir():
        try:
            names.append(str(link.readlink()))
        except OSError:
            continue
    return " ".join(names)


@pytest.mark.parametrize("harm", [Path.unlink, replace, garbage])
@pytest.mark.parametrize("name", FILES)
def test_harm_to_a_file_in_use_stops_no_answer(
    telegram: FakeTelegram,
    bot: BotProcess,
    tmp_path: Path,
    name: str,
    harm: Callable[[Path], None],
) -> None:
    """A critical line says so, the waiting question is answered once, and so are later ones."""
    bot.start()
    telegram.reply_to(telegram.say(QUESTION))
    waiting = with_one_waiting(telegram)
    harm(tmp_path / name)
    while "CRITICAL" not in bot.log:
        assert telegram.reply_to(telegram.say(QUESTION))
    assert telegram.reply_to(telegram.say(QUESTION))  # accepted after the repair
    bot.kill()
    bot.start()
    telegram.wait_for(lambda: telegram.sent(waiting.id), what="the answer that was waiting")
    assert telegram.reply_to(telegram.say(QUESTION))
    telegram.wait_idle()
    assert [m["text"].startswith(ANSWER) for m in telegram.sent(waiting.id)] == [True]
    assert "Traceback" not in bot.log


@pytest.mark.parametrize("name", FILES)
def test_garbage_in_place_of_a_file_at_the_start_is_set_aside(
    telegram: FakeTelegram, bot: BotProcess, tmp_path: Path, name: str
) -> None:
    """The bot serves with a fresh file, and one critical line says where the old one is."""
    garbage(tmp_path / name)
    bot.start()
    assert telegram.reply_to(telegram.say(QUESTION))
    (aside,) = tmp_path.glob(f"{name}.damaged-*")
    assert bot.log.count("CRITICAL") == 1
    assert aside.name in bot.log


def test_a_second_process_ends_at_once_and_the_first_goes_on(
    telegram: FakeTelegram, make_bot: MakeBot
) -> None:
    """On one database, the newcomer ends with status 1 and one line, without a call to Telegram."""
    first = make_bot().start()
    second = make_bot().start(ready=False)
    assert second.wait() == 1
    assert second.log.count("\n") == 1
    assert "another process is serving the bot" in second.log
    assert len(telegram.calls_of("getMe")) == 1
    assert telegram.reply_to(telegram.say(QUESTION))
    assert first.is_running()


def test_of_two_bots_with_one_token_the_newcomer_yields(
    telegram: FakeTelegram, make_bot: MakeBot, tmp_path: Path
) -> None:
    """On two databases, the newcomer ends with status 1 and one message; the first goes on."""
    first = make_bot(CONFLICT_PATIENCE="20").start()
    other = str(tmp_path / "other.sqlite3")
    second = make_bot(CONFLICT_PATIENCE="1", DATABASE_PATH=other).start(ready=False)
    assert second.wait() == 1
    assert second.log.count("another process is polling with the same token") == 1
    assert telegram.reply_to(telegram.say(QUESTION))
    telegram.wait_idle()
    assert first.is_running()
