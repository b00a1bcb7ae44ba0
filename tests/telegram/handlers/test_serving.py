"""The real `treaty-bot run` against the strict fake server."""

from pathlib import Path

import pytest

from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.process import BotProcess
from tests.paths import BRIDGE


def start(telegram: FakeTelegram, folder: Path, **env: str) -> BotProcess:
    """Start the bot with the small knowledge folder."""
    bot = BotProcess(telegram, folder, env={"KNOWLEDGE_DIR": str(BRIDGE), **env})
    bot.start()
    return bot


def test_private_group_timeline_and_chatter(telegram: FakeTelegram, tmp_path: Path) -> None:
    """A private question, the timeline and a group mention are answered; chatter is not."""
    bot = start(telegram, tmp_path)
    try:
        asked = telegram.say("when does the bridge close?")
        reply = telegram.reply_to(asked)
        assert "12 April 2021" in reply["text"]
        assert any(e["type"].endswith("blockquote") for e in reply["entities"])
        timeline = telegram.reply_to(telegram.say("/timeline"))
        assert "12 April 2021" in (timeline.get("text") or timeline["caption"])
        group = telegram.group("Neighbours")
        chatter = telegram.say("the bridge closes, I heard", chat=group)
        mention = telegram.say("how long do the works take, @tReAtYbOt ?", chat=group)
        answer = telegram.reply_to(mention)
        assert "nine weeks" in answer["text"]
        assert answer["reply_to_message"]["message_id"] == mention["message_id"]
        telegram.wait_idle()
        assert telegram.replies_to(chatter) == []
        assert telegram.violations == []
        bot.terminate()
        assert bot.wait() == 0
    finally:
        bot.kill()


@pytest.mark.parametrize("token", ["", "123:wrong"])
def test_a_missing_or_rejected_token_gets_one_clear_message(
    telegram: FakeTelegram, tmp_path: Path, token: str
) -> None:
    """It exits with 2 and says what to do, without a traceback or the token."""
    env: dict[str, str | None] = {
        "KNOWLEDGE_DIR": str(BRIDGE),
        "TELEGRAM_BOT_TOKEN": token or None,
    }
    bot = BotProcess(telegram, tmp_path, env=env)
    bot.start(ready=False)
    assert bot.wait() == 2
    said = bot.log
    assert "TELEGRAM_BOT_TOKEN" in said
    assert "@BotFather" in said
    assert "Traceback" not in said
    assert "123:wrong" not in said
