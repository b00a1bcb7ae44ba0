"""The bot's profile in Telegram: its command menus and descriptions."""

import logging
from functools import partial

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.knowledge import Knowledge
from bot.telegram.messages import texts
from bot.telegram.send.retries import until_it_works

log = logging.getLogger(__name__)

_IN_GROUPS = ("ask", "timeline", "topics", "source", "help", "privacy")
_FOR_ADMINS = ("settings", "forget")


async def set_profile(bot: Bot, knowledge: Knowledge) -> None:
    """Update the command menus and descriptions that differ; errors are only logged."""
    try:
        update = partial(_update_profile, bot, knowledge)
        await until_it_works(update, "setMyCommands", BadRequest, RetryAfter)
    except TelegramError as error:
        log.warning(
            "the command menus and descriptions were not updated (%s); the next start will retry",
            error,
        )


async def _update_profile(bot: Bot, knowledge: Knowledge) -> None:
    everything = [BotCommand(name, purpose) for name, purpose in texts.COMMANDS.items()]
    in_groups = [command for command in everything if command.command in _IN_GROUPS]
    for_admins = [*in_groups, *(c for c in everything if c.command in _FOR_ADMINS)]
    in_private = [command for command in everything if command.command != "settings"]
    for scope, menu in (
        (BotCommandScopeDefault(), in_groups),
        (BotCommandScopeAllPrivateChats(), in_private),
        (BotCommandScopeAllGroupChats(), in_groups),
        (BotCommandScopeAllChatAdministrators(), for_admins),
    ):
        if list(await bot.get_my_commands(scope)) != menu:
            await bot.set_my_commands(menu, scope)
    description = texts.description(knowledge)
    if (await bot.get_my_description()).description != description:
        await bot.set_my_description(description)
    short = texts.short_description(knowledge)
    if (await bot.get_my_short_description()).short_description != short:
        await bot.set_my_short_description(short)
