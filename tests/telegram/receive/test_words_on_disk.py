"""People's words are on the disk only until they are answered."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import pytest

from tests.fake_telegram import BotProcess, FakeTelegram
from tests.telegram.processes import QUESTION, MakeBot, holders
from tests.waiting import wait_until

PRIVATE = ("Zebedee", "Quimby", "5556677", "4111 1111", "quimby@mail.example", "quimby1987")


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Read the database in a transaction that stays open."""
    with closing(sqlite3.connect(folder / "bot.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM answers").fetchall()
        yield


@pytest.mark.parametrize("is_read", [False, True])
def test_the_words_of_an_answered_question_are_soon_gone(
    telegram: FakeTelegram, bot: BotProcess, tmp_path: Path, *, is_read: bool
) -> None:
    """While it waits, the question is in the inbox; once answered, it is in no file."""
    bot.start()
    telegram.faults.add("429", "sendMessage", times=1, retry_after=2)
    with reading(tmp_path) if is_read else nullcontext():
        asked = telegram.say(QUESTION, user=telegram.user("Zebedee"))
        telegram.wait_for(lambda: not telegram.updates.pending, what="the confirmation")
        assert holders(tmp_path, QUESTION)
        telegram.reply_to(asked)
        wait_until(lambda: not holders(tmp_path, QUESTION, "Zebedee"))


def test_the_words_of_a_killed_process_are_gone_after_the_next_start(
    telegram: FakeTelegram, bot: BotProcess, tmp_path: Path
) -> None:
    """What was answered just before SIGKILL is deleted at the start, before anybody writes."""
    bot.start()
    telegram.reply_to(telegram.say(QUESTION))
    telegram.wait_idle()
    bot.kill()
    bot.start()
    wait_until(lambda: not holders(tmp_path, QUESTION))


@pytest.mark.parametrize("is_read", [False, True])
def test_nothing_of_a_forgotten_conversation_is_in_any_file(
    telegram: FakeTelegram, make_bot: MakeBot, tmp_path: Path, *, is_read: bool
) -> None:
    """Neither names nor numbers nor addresses that people wrote are left after /forget."""
    make_bot(LOG_LEVEL="INFO").start()
    user = telegram.user("Zebedee Quimby", username="quimby1987")
    chat = telegram.private(user)
    with reading(tmp_path) if is_read else nullcontext():
        for text in (
            "hi i am Zebedee Quimby, is there a toll?",
            "my phone is +49 170 5556677, is there a ferry?",
            "can I pay with 4111 1111 1111 1111 at the kiosk?",
            "write to quimby@mail.example when it opens",
            QUESTION,
        ):
            reply = telegram.reply_to(telegram.say(text, chat=chat, user=user))
        telegram.press("👎", reply)
        telegram.wait_idle()
        assert telegram.reply_to(telegram.say("/forget", chat=chat, user=user))
        telegram.wait_idle()
        wait_until(lambda: not holders(tmp_path, *PRIVATE))
