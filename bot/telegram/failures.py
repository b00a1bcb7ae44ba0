"""Why the bot cannot go on serving."""

from __future__ import annotations


class ServingError(Exception):
    """The bot cannot go on serving; the message says why and what to do."""


REVOKED = (
    "Telegram no longer accepts the bot's token; it may have been revoked. Get the new one from"
    " @BotFather (/token), set TELEGRAM_BOT_TOKEN and start again. No question is lost meanwhile."
)
