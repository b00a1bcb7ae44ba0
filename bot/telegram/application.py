"""The wiring: which handler gets which update, in order, one reason each."""

from __future__ import annotations

import logging

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    LinkPreviewOptions,
)
from telegram.error import TelegramError
from telegram.ext import (
    Application,
    BaseRateLimiter,
    CallbackQueryHandler,
    CommandHandler,
    Defaults,
    MessageHandler,
    filters,
)

from bot.config import Settings
from bot.knowledge import Knowledge
from bot.reloading import InForce
from bot.store import Store
from bot.telegram import events, guest, inline, reading, starting, texts
from bot.telegram.acknowledging import AcknowledgingApplication, on_error
from bot.telegram.client import make_client
from bot.telegram.front import Front
from bot.telegram.handlers import Handlers

log = logging.getLogger(__name__)

_IN_GROUPS = ("ask", "timeline", "topics", "source", "help", "privacy")


def build_application(
    settings: Settings, in_force: InForce, store: Store, limiter: BaseRateLimiter[None]
) -> AcknowledgingApplication:
    """An application with all handlers; it neither polls nor listens by itself."""
    defaults = Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True))
    application = (
        Application.builder()
        .application_class(AcknowledgingApplication)
        .bot(make_client(settings, limiter, defaults))
        .updater(None)
        .build()
    )
    assert isinstance(application, AcknowledgingApplication)  # noqa: S101 - the builder forgets it
    front = Front(settings, in_force, store)
    for module in (starting, reading, events, inline, guest):
        application.add_handlers(module.handlers(front))
    handlers = Handlers(front)
    new = filters.UpdateType.MESSAGE  # an edited command is no second command
    commands = {
        "help": handlers.help,
        "ask": handlers.ask,
        "topics": handlers.topics,
        "privacy": handlers.privacy,
    }
    for name, handler in commands.items():
        application.add_handler(CommandHandler(name, handler, new))
    # Buttons before words: a press carries a message of ours.
    application.add_handler(CallbackQueryHandler(handlers.button))
    # An unknown command in private is a slip; in a group it is meant for another bot.
    private = filters.ChatType.PRIVATE & new
    application.add_handler(MessageHandler(filters.COMMAND & private, handlers.help))
    # Whatever is left: answered if it is put to the bot.
    application.add_handler(MessageHandler(new & ~filters.COMMAND, handlers.message))
    application.add_error_handler(on_error)
    return application


async def introduce(bot: Bot, knowledge: Knowledge) -> None:
    """Set the command menus and the description where they differ; trouble is only logged."""
    everywhere = [BotCommand(name, what) for name, what in texts.COMMANDS.items()]
    in_groups = [command for command in everywhere if command.command in _IN_GROUPS]
    try:
        for scope, commands in (
            (BotCommandScopeDefault(), in_groups),
            (BotCommandScopeAllPrivateChats(), everywhere),
            (BotCommandScopeAllGroupChats(), in_groups),
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
