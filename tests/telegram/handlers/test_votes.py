"""Votes, the owner's reports, /privacy and /forget."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.store import open_existing
from bot.store.database import QUESTION_RETENTION_DAYS, RETENTION
from bot.store.questions import MAX_CHARACTERS
from bot.telegram.messages import texts
from bot.telegram.session import CONVERSATION_TTL
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.fake_telegram.world import User
from tests.paths import BRIDGE
from tests.telegram.handlers.buttons import labels, notice


@contextmanager
def owned_bot(folder: Path, **env: str | None) -> Iterator[tuple[FakeTelegram, User]]:
    """A running bot for the bridge, and its owner, in a Telegram of their own."""
    with FakeTelegram() as telegram:
        owner = telegram.user("Owner")
        env |= {"KNOWLEDGE_DIR": str(BRIDGE), "OWNER_IDS": str(owner.id)}
        with BotProcess(telegram, folder, env=env) as bot:
            bot.start()
            yield telegram, owner


def test_a_vote_counts_once_and_can_be_changed(town: FakeTelegram) -> None:
    """Votes with made-up data, or for another entry, are ignored."""
    answer = town.reply_to(town.say("when does the bridge close?"))
    assert {"👍", "👎"} <= set(labels(answer))
    assert notice(town, town.press("👍", answer)).startswith("Thank you")
    assert notice(town, town.press("👍", answer)).startswith("You already voted")
    assert notice(town, town.press("👎", answer)).startswith("Vote changed")
    for forged in ("g:no-such", "b:trade", "g:", "b:closing-date:x"):
        assert "older version" in notice(town, town.press(forged, answer, forged=True))


def test_a_vote_whose_press_was_not_answered_at_once_is_thanked_for(town: FakeTelegram) -> None:
    """The update is handled twice, but the person voted once."""
    answer = town.reply_to(town.say("when does the bridge close?"))
    town.faults.add("502", "answerCallbackQuery", times=1)
    assert notice(town, town.press("👍", answer)).startswith("Thank you")


def test_a_press_that_telegram_throttles_is_told_nothing_else(town: FakeTelegram) -> None:
    """A vote is thanked for, and an answer is not sent again."""
    answer = town.reply_to(town.say("when does the bridge close?"))
    label = next(each for each in labels(answer) if each.startswith("How long"))
    assert notice(town, town.press(label, answer)) == ""
    sent = len(town.sent(answer["chat"]["id"]))
    town.faults.add("429", "answerCallbackQuery", times=1, retry_after=1)
    assert "moment ago" in notice(town, town.press(label, answer))
    town.faults.add("429", "answerCallbackQuery", times=1, retry_after=3)
    assert notice(town, town.press("👍", answer)).startswith("Thank you")
    assert len(town.sent(answer["chat"]["id"])) == sent


def test_names_marked_in_a_message_that_somebody_asks_about_are_not_kept(tmp_path: Path) -> None:
    """Whoever is named there has asked the bot nothing."""
    with owned_bot(tmp_path) as (telegram, owner):
        group, olga = telegram.group("Neighbours"), telegram.user("Olga")
        marked = [{"type": "text_mention", "offset": 5, "length": 4, "user": olga.json()}]
        text = "does olga own a yellow bicycle with pedals"
        said = telegram.say(text, chat=group, entities=marked)
        telegram.say("/ask", chat=group, reply_to=said)
        telegram.wait_for(lambda: telegram.sent(group.id), what="the reply")
        telegram.wait_idle()
        listed = telegram.reply_to(telegram.say("/unanswered", user=owner))["text"]
        assert "own a yellow bicycle" in listed
        assert "olga" not in listed


def test_a_vote_after_an_edit_is_about_the_edited_question(tmp_path: Path) -> None:
    """What is saved as answered wrongly is the question that the answer now answers."""
    with owned_bot(tmp_path) as (telegram, owner):
        asked = telegram.say("what does the repair cost?")
        answer = telegram.reply_to(asked)
        telegram.edit(asked, "when does the bridge close?")
        telegram.wait_idle()
        assert notice(telegram, telegram.press("👎", answer)).startswith("Thank you")
        listed = telegram.reply_to(telegram.say("/unanswered", user=owner))["text"]
        assert "1× when does the bridge close?" in listed


def test_only_the_owner_can_read_what_was_asked(tmp_path: Path) -> None:
    """The two commands work in the owner's private chat; to others they are unknown."""
    with owned_bot(tmp_path) as (telegram, owner):
        telegram.reply_to(telegram.say("any souvenir mugs"))
        listed = telegram.reply_to(telegram.say("/unanswered", user=owner))["text"]
        assert "1× any souvenir mugs" in listed
        counted = telegram.reply_to(telegram.say("/stats", user=owner))["text"]
        assert "1 unanswered" in counted
        for command in ("/unanswered", "/stats"):
            assert "souvenir" not in telegram.reply_to(telegram.say(command))["text"]
        assert telegram.violations == []


def test_the_reports_leave_the_database_locked_against_other_processes(tmp_path: Path) -> None:
    """A command in a shell that closes the database later does not delete the bot's WAL."""
    path = tmp_path / "bot.sqlite3"
    with owned_bot(tmp_path, DATABASE_PATH=str(path)) as (telegram, owner):
        for command in ("any souvenir mugs", "/stats", "/unanswered"):
            telegram.reply_to(telegram.say(command, user=owner))
        with open_existing(path):
            pass
        assert path.with_name(f"{path.name}-wal").exists()


def test_without_a_question_log_there_are_no_votes(tmp_path: Path) -> None:
    """`/privacy` then does not mention stored questions; an asker can still delete an answer."""
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(BRIDGE), "QUESTION_LOG": "false"}
    with FakeTelegram() as telegram, BotProcess(telegram, tmp_path, env=env) as bot:
        bot.start()
        answer = telegram.reply_to(telegram.say("when does the bridge close?"))
        assert "👍" not in labels(answer)
        group, ann = telegram.group("Neighbours"), telegram.user("Ann")
        asked = telegram.say("/ask when does the bridge close?", chat=group, user=ann)
        answer = telegram.reply_to(asked)
        telegram.wait_idle()
        bot.terminate()
        assert bot.wait() == 0
        bot.start()
        assert notice(telegram, telegram.press("Delete", answer, ann)) == "Deleted."
        assert "90 days" not in telegram.reply_to(telegram.say("/privacy"))["text"]


def test_privacy_states_the_real_limits() -> None:
    """Minutes, hours, days and characters come from the constants that the code uses."""
    times = [CONVERSATION_TTL // 60, RETENTION // 3600]
    for number in (*times, QUESTION_RETENTION_DAYS, MAX_CHARACTERS):
        assert re.search(rf"\b{number}\b", texts.privacy(keeps_questions=True).html), number


def test_forget_erases_the_chat(tmp_path: Path) -> None:
    """Editing a question then has no effect; in a group only an admin may forget."""
    with FakeTelegram() as telegram:
        env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(BRIDGE)}
        ann = telegram.user("Ann")
        bot = BotProcess(telegram, tmp_path, env=env).start()
        asked = telegram.say("when does the bridge close?", user=ann)
        telegram.reply_to(asked)
        assert "I've deleted" in telegram.reply_to(telegram.say("/forget", user=ann))["text"]
        assert "rust" not in telegram.reply_to(telegram.say("why?", user=ann))["text"]
        telegram.edit(asked, "how long do the works take?")
        group = telegram.group("Neighbours")
        refused = telegram.reply_to(telegram.say("/forget", chat=group))
        assert "Only admins" in refused["text"]
        telegram.wait_idle()
        assert telegram.calls_of("editMessageText") == []
        bot.terminate()
        assert bot.wait() == 0
