"""Votes, what the owner reads, what /privacy says, and /forget."""

import re
from pathlib import Path

import pytest

from bot.store.database import KEPT, KEPT_DAYS
from bot.store.questions import LONGEST
from bot.telegram.messages import texts
from bot.telegram.send.limits import NOTICED
from bot.telegram.session import FORGOTTEN_AFTER
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.paths import BRIDGE
from tests.telegram.handlers.test_groups import labels, notice


def test_a_vote_counts_once_and_can_be_changed(town: FakeTelegram) -> None:
    """Made-up data and a vote for what the message does not offer count for nothing."""
    answer = town.reply_to(town.say("when does the bridge close?"))
    assert {"👍 Right", "👎 Wrong"} <= set(labels(answer))
    assert notice(town, town.press("👍 Right", answer)).startswith("Thank you")
    assert notice(town, town.press("👍 Right", answer)).startswith("You have said so")
    assert notice(town, town.press("👎 Wrong", answer)).startswith("Changed")
    for forged in ("g:no-such", "b:trade", "g:", "b:closing-date:x"):
        assert "older version" in notice(town, town.press(forged, answer, forged=True))


def test_the_owner_reads_what_was_asked_and_nobody_else(tmp_path: Path) -> None:
    """Two commands in the owner's private chat; to others they are unknown."""
    with FakeTelegram() as telegram:
        owner = telegram.user("Owner")
        env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(BRIDGE), "OWNER_IDS": str(owner.id)}
        with BotProcess(telegram, tmp_path, env=env) as bot:
            bot.start()
            telegram.reply_to(telegram.say("is there a souvenir shop nearby"))
            listed = telegram.reply_to(telegram.say("/unanswered", user=owner))["text"]
            assert "1× is there a souvenir shop nearby" in listed
            counted = telegram.reply_to(telegram.say("/stats", user=owner))["text"]
            assert "1 unanswered" in counted
            for command in ("/unanswered", "/stats"):
                assert "souvenir" not in telegram.reply_to(telegram.say(command))["text"]
            assert telegram.violations == []


def test_without_a_log_of_questions_nobody_votes(tmp_path: Path) -> None:
    """And `/privacy` does not tell of what is not kept."""
    env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(BRIDGE), "QUESTION_LOG": "false"}
    with FakeTelegram() as telegram, BotProcess(telegram, tmp_path, env=env) as bot:
        bot.start()
        answer = telegram.reply_to(telegram.say("when does the bridge close?"))
        assert "👍 Right" not in labels(answer)
        assert "90 days" not in telegram.reply_to(telegram.say("/privacy"))["text"]


@pytest.mark.parametrize(
    "number", [FORGOTTEN_AFTER // 60, int(NOTICED // 60), KEPT // 3600, KEPT_DAYS, LONGEST]
)
def test_privacy_is_told_from_the_constants(number: int) -> None:
    """Minutes, hours, days and characters are those that the code goes by."""
    assert re.search(rf"\b{number}\b", texts.privacy(keeps_questions=True).html)


def test_forget_erases_the_chat(tmp_path: Path) -> None:
    """An edited question finds its answer no more; in a group only an admin may."""
    with FakeTelegram() as telegram:
        env: dict[str, str | None] = {"KNOWLEDGE_DIR": str(BRIDGE)}
        ann = telegram.user("Ann")
        bot = BotProcess(telegram, tmp_path, env=env).start()
        asked = telegram.say("when does the bridge close?", user=ann)
        telegram.reply_to(asked)
        assert "Deleted" in telegram.reply_to(telegram.say("/forget", user=ann))["text"]
        assert "rust" not in telegram.reply_to(telegram.say("why?", user=ann))["text"]
        telegram.edit(asked, "how long do the works take?")
        group = telegram.group("Neighbours")
        refused = telegram.reply_to(telegram.say("/forget", chat=group))
        assert "Only admins" in refused["text"]
        telegram.wait_idle()
        assert telegram.calls_of("editMessageText") == []
        bot.terminate()
        assert bot.wait() == 0
