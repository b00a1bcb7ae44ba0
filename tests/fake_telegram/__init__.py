"""A strict fake Bot API on loopback, and the real bot process that talks to it.

    def test_private_question(telegram: FakeTelegram, bot_process: BotProcess) -> None:
        bot_process.start()
        question = telegram.say("when does the INF treaty end?")
        assert "August 2" in telegram.reply_to(question)["text"]
        assert telegram.violations == []

The rules are those of the Bot API's text and of tdlib/telegram-bot-api, the real server; where a
rule was not to be had from either, the stricter reading holds.
"""

from .errors import Json, RefusedError
from .log import Call
from .process import BotProcess
from .server import BOT_ID, TOKEN, FakeTelegram
from .world import Chat, User

__all__ = [
    "BOT_ID",
    "TOKEN",
    "BotProcess",
    "Call",
    "Chat",
    "FakeTelegram",
    "Json",
    "RefusedError",
    "User",
]
