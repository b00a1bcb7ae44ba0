"""A new username is noticed while the bot is running."""

from typing import cast

import pytest
from telegram import Update
from telegram.error import TimedOut

from bot.telegram.dispatcher import UsernameCheck
from bot.telegram.send.client import Client
from tests.fake_telegram import BotProcess, FakeTelegram
from tests.telegram.processes import ANSWER, QUESTION


@pytest.mark.parametrize(
    "text", [f"@HarbourBot {QUESTION}", f"{QUESTION} @harbourbot", f"/ask@HarbourBot {QUESTION}"]
)
def test_the_new_name_is_heard_at_once(telegram: FakeTelegram, bot: BotProcess, text: str) -> None:
    """It is in the links of the answer too, and the old name is no longer ours."""
    bot.start()
    group = telegram.group()
    assert ANSWER in telegram.reply_to(telegram.say(f"@TreatyBot {QUESTION}", chat=group))["text"]
    with telegram.lock:
        telegram.world.bot.username = "HarbourBot"
    chat = telegram.group()
    shown = telegram.reply_to(telegram.say(text, chat=chat))
    assert ANSWER in shown["text"]
    assert any("t.me/HarbourBot" in e.get("url", "") for e in shown["entities"])
    telegram.say(f"@TreatyBot {QUESTION}", chat=chat)
    telegram.wait_idle()
    assert telegram.sent(chat.id) == [shown]


class _Bot:
    """A bot whose getMe fails, and is counted."""

    username, looks = "TreatyBot", 0

    async def get_me(self) -> None:
        self.looks += 1
        raise TimedOut


@pytest.mark.anyio
async def test_others_bots_cost_one_look_a_minute_and_silence_one_an_hour() -> None:
    """A failed look changes nothing."""
    now, bot = 0.0, _Bot()
    check = UsernameCheck(cast(Client, bot), lambda: now)

    async def look(text: str) -> int:
        message = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "group"}, "text": text}
        await check.look(Update.de_json({"update_id": 1, "message": message}))
        return bot.looks

    assert await look("hello @TreatyBot, @ann and bob@bottle") == 0
    assert await look("hello @OtherBot") == 1
    assert await look("hello @ThirdBot") == 1
    now = 61.0
    assert await look("hello @ThirdBot") == 2
    now += 3599.0
    assert await look("hello") == 2
    now += 2.0
    assert await look("hello") == 3
