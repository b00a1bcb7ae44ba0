"""The wiring: which handler gets which update, in order, one reason each."""

from __future__ import annotations

import logging

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    LinkPreviewOptions,
)
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    BaseRateLimiter,
    Defaults,
)

from bot.config import Settings
from bot.knowledge import Knowledge
from bot.reloading import InForce
from bot.store import Store
from bot.telegram import (
    edits,
    events,
    groups,
    guest,
    inline,
    menus,
    owners,
    privacy,
    questions,
    reading,
    settings,
    starting,
    texts,
    tools,
)
from bot.telegram.acknowledging import AcknowledgingApplication, on_error
from bot.telegram.client import make_client
from bot.telegram.front import Front

log = logging.getLogger(__name__)

# The first that wants an update gets it. Own buttons before any button, commands before words.
_IN_ORDER = (
    groups,  # what happens to a group is no question
    edits,
    starting,
    reading,
    events,
    settings,
    tools,
    privacy,
    owners,
    inline,
    guest,
    questions,  # any words
    menus,  # last: it takes the buttons and commands that are left over
)
_IN_GROUPS = ("ask", "timeline", "topics", "source", "help", "privacy")
_FOR_ADMINS = ("settings", "forget")


def build_application(
    values: Settings, in_force: InForce, store: Store, limiter: BaseRateLimiter[None]
) -> AcknowledgingApplication:
    """An application with all handlers; it neither polls nor listens by itself."""
    defaults = Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True))
    application = (
        Application.builder()
        .application_class(AcknowledgingApplication)
        .bot(make_client(values, limiter, defaults))
        .updater(None)
        .build()
    )
    assert isinstance(application, AcknowledgingApplication)  # noqa: S101 - the builder forgets it
    front = Front(values, in_force, store)
    for module in _IN_ORDER:
        application.add_handlers(module.handlers(front))
    application.add_error_handler(on_error)
    return application


async def introduce(bot: Bot, knowledge: Knowledge) -> None:
    """Set the command menus and the description where they differ; trouble is only logged."""
    everywhere = [BotCommand(name, what) for name, what in texts.COMMANDS.items()]
    in_groups = [command for command in everywhere if command.command in _IN_GROUPS]
    for_admins = [*in_groups, *(c for c in everywhere if c.command in _FOR_ADMINS)]
    in_private = [command for command in everywhere if command.command != "settings"]
    try:
        for scope, commands in (
            (BotCommandScopeDefault(), in_groups),
            (BotCommandScopeAllPrivateChats(), in_private),
            (BotCommandScopeAllGroupChats(), in_groups),
            (BotCommandScopeAllChatAdministrators(), for_admins),
        ):
            if list(await bot.get_my_commands(scope)) != commands:
                await bot.set_my_commands(commands, scope)
        description = texts.description(knowledge)
        if (await bot.get_my_description()).description != description:
            await bot.set_my_description(description)
        short = texts.short_description(knowledge)
        if (await bot.get_my_short_description()).short_description != short:
            await bot.set_my_short_description(short)
    except TelegramError as error:
        log.warning("the command menu was not set (%s); it will be at the next start", error)
