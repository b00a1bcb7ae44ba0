"""Notices that the bot's username was changed in BotFather, without a restart."""

import re
import time
from collections.abc import Callable
from contextlib import suppress

from telegram import Update
from telegram.error import TelegramError

from bot.telegram.send.client import Client

_INTERVAL = 3600.0  # seconds between two looks
_INTERVAL_IF_MENTIONED = 60.0  # if a message mentions a bot, which may be this one
_BOT_NAME = re.compile(r"@(\w+bot)\b", re.ASCII | re.IGNORECASE)  # every bot's name ends so


class UsernameCheck:
    """Looks the username up every hour, and when people mention a bot that may be this one."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._looked = clock() - _INTERVAL_IF_MENTIONED

    async def look(self, update: Update) -> None:
        """Look whether the name has changed, if it is time to; before the update is handled."""
        message = update.effective_message
        names = _BOT_NAME.findall((message.text or message.caption or "") if message else "")
        ours = self._client.username.casefold()
        is_mentioned = any(name.casefold() != ours for name in names)
        if self._clock() - self._looked >= (_INTERVAL_IF_MENTIONED if is_mentioned else _INTERVAL):
            self._looked = self._clock()
            with suppress(TelegramError):  # the old name may still be right
                await self._client.get_me()
