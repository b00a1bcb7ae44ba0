"""A strict fake Bot API on loopback, and the real bot process that talks to it."""

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
