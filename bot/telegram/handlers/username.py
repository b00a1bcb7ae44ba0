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
        self._looked, self._looked_for_mention = clock(), float("-inf")

    async def look(self, update: Update) -> None:
        """Look whether the name has changed, if it is time to; before the update is handled."""
        now = self._clock()
        is_due = now - self._looked > _INTERVAL
        if not is_due and now - self._looked_for_mention > _INTERVAL_IF_MENTIONED:
            message = update.effective_message
            names = _BOT_NAME.findall((message.text or message.caption or "") if message else "")
            if any(name.casefold() != self._client.username.casefold() for name in names):
                is_due, self._looked_for_mention = True, now
        if is_due:
            self._looked = now
            with suppress(TelegramError):  # the old name may still be right
                await self._client.get_me()
