"""A command that a person gave, for the modules that handle one."""

from __future__ import annotations

from telegram import Message, Update

from bot.telegram.addressing import is_person
from bot.telegram.front import Context


def commanded(update: Update, context: Context) -> Message | None:
    """The message of a command; None if no person gave it."""
    message = update.message
    return message if message and is_person(message, context.bot.bot) else None
