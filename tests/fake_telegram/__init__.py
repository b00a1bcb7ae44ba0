"""A strict fake of the Telegram Bot API on loopback, and a runner for the real bot process.

README.md has an example and says what is checked. The rules come from the Bot API documentation
and from tdlib/telegram-bot-api, the real server; where both are silent, the fake is strict.
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
