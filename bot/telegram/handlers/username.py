"""Notices that the bot's username was changed in BotFather, without a restart."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import BaseHandler, TypeHandler

from bot.telegram.services import Context

_INTERVAL = 3600.0  # seconds between two looks
_INTERVAL_IF_MENTIONED = 60.0  # if a message mentions a bot, which may be this one
_BOT_NAME = re.compile(r"@(\w+bot)\b", re.ASCII | re.IGNORECASE)  # every bot's name ends so


def handler(clock: Callable[[], float] = time.monotonic) -> BaseHandler[Any, Any, Any]:
    """Sees every update before the other handlers. `clock` returns seconds."""
    checked, checked_for_mention = clock(), float("-inf")

    async def check(update: Update, context: Context) -> None:
        nonlocal checked, checked_for_mention
        now = clock()
        is_due = now - checked > _INTERVAL
        if not is_due and now - checked_for_mention > _INTERVAL_IF_MENTIONED:
            message = update.effective_message
            names = _BOT_NAME.findall((message.text or message.caption or "") if message else "")
            if any(name.casefold() != context.bot.username.casefold() for name in names):
                is_due, checked_for_mention = True, now
        if is_due:
            checked = now
            with suppress(TelegramError):  # the old name may still be right
                await context.bot.get_me()  # the library remembers the result

    return TypeHandler(Update, check)
