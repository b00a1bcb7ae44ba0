"""`/settings`: who may use it, what it changes, and that restarts and upgrades keep it."""

from pathlib import Path
from typing import Any

import pytest

from tests.fake_telegram import BotProcess, Chat, FakeTelegram, User
from tests.paths import BRIDGE
from tests.telegram.handlers.buttons import ANONYMOUS, labels, notice

CLEAR = "Also answer clear questions"
PLAIN = "when does the harbour bridge close?"


def allow_clear_questions(telegram: FakeTelegram, group: Chat, admin: User) -> None:
    """Let the bot answer clear questions, as an admin does."""
    telegram.set_status(group, admin, "administrator")
    shown = telegram.reply_to(telegram.say("/settings", chat=group, user=admin))
    assert notice(telegram, telegram.press(CLEAR, shown, user=admin)) == "Saved."
    current = next(m for m in telegram.sent(group.id) if m["message_id"] == shown["message_id"])
    assert f"✓ {CLEAR}" in labels(current)


def test_only_admins_see_and_press_the_settings(town: FakeTelegram) -> None:
    """Members are refused, and in a private chat it says what the command is for."""
    group = town.group("Neighbours")
    member, admin = town.user("Bo"), town.user("Eva")
    refused = town.reply_to(town.say("/settings", chat=group, user=member))
    assert refused["text"] == "Only admins of this group can do that."
    town.set_status(group, admin, "administrator")
    shown = town.reply_to(town.say("/settings", chat=group, user=admin))
    assert labels(shown) == ["✓ Answer only when asked", CLEAR]
    assert "Only admins" in notice(town, town.press(CLEAR, shown, user=member))
    assert "older version" in notice(town, town.press("s:all", shown, user=admin, forged=True))
    assert "for group admins" in town.reply_to(town.say("/settings"))["text"]


@pytest.mark.parametrize(("speaks_for", "may"), [("group", True), ("channel", False)])
def test_who_speaks_for_the_group_is_an_admin(
    town: FakeTelegram, speaks_for: str, *, may: bool
) -> None:
    """An anonymous admin posts as the group; anybody can post as a channel."""
    group = town.group("Neighbours")
    channel = {"id": -1000000000999, "type": "channel", "title": "News"}
    sender = group.json() if speaks_for == "group" else channel
    fields: dict[str, Any] = {"from": ANONYMOUS, "sender_chat": sender}
    shown = town.reply_to(town.say("/settings", chat=group, **fields))
    assert (CLEAR in labels(shown)) is may


def test_it_says_what_it_can_see(tmp_path: Path) -> None:
    """With privacy mode on, the greeting and the settings say what that means."""
    with FakeTelegram() as telegram:
        telegram.world.privacy_mode = True
        with BotProcess(telegram, tmp_path, env={"KNOWLEDGE_DIR": str(BRIDGE)}) as process:
            process.start()
            group, eva = telegram.group("Neighbours", status="left"), telegram.user("Eva")
            telegram.set_status(group, eva, "administrator")
            telegram.add_bot(group)
            telegram.wait_idle()
            shown = telegram.reply_to(telegram.say("/settings", chat=group, user=eva))
            assert "I need to see all messages" in shown["text"]
            telegram.set_bot_status(group, "administrator")
            shown = telegram.reply_to(telegram.say("/settings", chat=group, user=eva))
            assert "I need to see all messages" not in shown["text"]
            assert "I don't see any other messages" in telegram.sent(group.id)[0]["text"]
            other = telegram.group("Others", status="left")
            telegram.add_bot(other, status="administrator")
            telegram.wait_idle()
            assert "I don't see any other messages" not in telegram.sent(other.id)[0]["text"]


def test_where_allowed_it_answers_clear_questions_now_and_then(town: FakeTelegram) -> None:
    """It ignores statements, another question soon after, and groups that do not allow it."""
    quiet, group = town.group("Quiet"), town.group("Open")
    town.world.privacy_mode = False
    try:
        allow_clear_questions(town, group, town.user("Eva"))
        town.say(PLAIN, chat=quiet)
        for remark in ("the bridge closes on 12 April", "close the bridge!!", "@bo when is it?"):
            town.say(remark, chat=group)
        before = len(town.sent(group.id))
        answer = town.reply_to(town.say(PLAIN, chat=group))
        assert "12 April 2021" in answer["text"]
        town.say("how long do the works take?", chat=group)
        town.wait_idle()
        assert len(town.sent(group.id)) == before + 1
        assert town.sent(quiet.id) == []
    finally:
        town.world.privacy_mode = True


def test_settings_survive_a_restart_and_an_upgrade(tmp_path: Path) -> None:
    """A group that becomes a supergroup keeps its settings."""
    with FakeTelegram() as telegram:
        telegram.world.privacy_mode = False
        group, admin = telegram.group("Neighbours", kind="group"), telegram.user("Eva")
        bot = BotProcess(telegram, tmp_path, env={"KNOWLEDGE_DIR": str(BRIDGE)}).start()
        allow_clear_questions(telegram, group, admin)
        bot.terminate()
        assert bot.wait() == 0
        with BotProcess(telegram, tmp_path, env={"KNOWLEDGE_DIR": str(BRIDGE)}) as again:
            again.start()
            upgraded = telegram.migrate(group)
            answer = telegram.reply_to(telegram.say(PLAIN, chat=upgraded))
            assert "12 April 2021" in answer["text"]
            assert telegram.violations == []
