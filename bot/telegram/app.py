"""The wiring: which handler gets which update, in order, one reason each."""

import logging
import traceback
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
    LinkPreviewOptions,
    Update,
)
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import (
    Application,
    BaseRateLimiter,
    Defaults,
)

from bot.config import Settings
from bot.knowledge import Knowledge
from bot.loading.reload import ActiveKnowledge
from bot.store import Store
from bot.telegram.current_update import set_outcome
from bot.telegram.handlers import commands, groups, inline, questions, timeline, votes
from bot.telegram.messages import texts
from bot.telegram.send.client import make_client
from bot.telegram.services import Services

log = logging.getLogger(__name__)

_STALE = ("query is too old", "query id is invalid")
# How Telegram says that a group lets the bot read but not write.
_MUTE = ("not enough rights to send", "no rights to send", "chat_write_forbidden")

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class RaisingApplication(AnyApplication):
    """Lets every failure of a handler out of `process_update`: who called it decides."""

    async def process_error(  # noqa: D102 - see Application
        self,
        update: object,
        error: Exception,
        job: Any = None,  # noqa: ANN401
        coroutine: Any = None,  # noqa: ANN401
    ) -> bool:
        if isinstance(update, Update):
            raise error
        return await super().process_error(update, error, job, coroutine)

    async def give_up(self, update: Update, error: Exception) -> None:
        """Tell the error handlers of a failure that no try can mend."""
        await super().process_error(update, error)


async def on_error(update: object, context: Any) -> None:  # noqa: ANN401
    """What no try can mend: told once, then acknowledged."""
    error = context.error
    number = update.update_id if isinstance(update, Update) else None
    said = str(error).lower() if isinstance(error, BadRequest) else ""
    if any(words in said for words in _STALE):
        set_outcome("expired")
    elif isinstance(error, Forbidden) or any(words in said for words in _MUTE):
        set_outcome("forbidden")
        log.info("update %s: not allowed to write there (%s)", number, error)
    elif isinstance(error, BadRequest):
        set_outcome("refused")
        log.error("update %s: Telegram refused a call (%s); it is left", number, error)
    else:
        set_outcome("failed")
        # Where, but not the message: it may hold words of people.
        where = "".join(traceback.format_tb(error.__traceback__)).rstrip()
        kind = type(error).__name__
        log.error("update %s failed (%s); it is left, the others go on\n%s", number, kind, where)
        log.debug("in full", exc_info=error)


# The first that wants an update gets it. Own buttons before any button, commands before words.
_IN_ORDER = (
    groups,  # what happens to a group is no question
    timeline,
    votes,
    inline,
    questions,  # any words
    commands,  # last: it takes the buttons and commands that are left over
)
_IN_GROUPS = ("ask", "timeline", "topics", "source", "help", "privacy")
_FOR_ADMINS = ("settings", "forget")


def build_application(
    values: Settings, active: ActiveKnowledge, store: Store, limiter: BaseRateLimiter[None]
) -> RaisingApplication:
    """An application with all handlers; it neither polls nor listens by itself."""
    defaults = Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True))
    application = (
        Application.builder()
        .application_class(RaisingApplication)
        .bot(make_client(values, limiter, defaults))
        .updater(None)
        .build()
    )
    assert isinstance(application, RaisingApplication)  # noqa: S101 - the builder forgets it
    services = Services(values, active, store)
    for module in _IN_ORDER:
        application.add_handlers(module.handlers(services))
    application.add_error_handler(on_error)
    return application


async def set_bot_profile(bot: Bot, knowledge: Knowledge) -> None:
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
