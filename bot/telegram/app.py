"""Builds the application: all handlers in order, the error handler and the bot's profile."""

import contextlib
import logging
from functools import partial
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
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import Application, BaseRateLimiter, Defaults

from bot.config import Settings
from bot.knowledge import Knowledge
from bot.loading.reload import ActiveKnowledge
from bot.store import DiskThread, Store
from bot.telegram.current_update import current_update, set_outcome
from bot.telegram.handlers import commands, groups, inline, questions, timeline, username, votes
from bot.telegram.messages import texts
from bot.telegram.send.client import make_client
from bot.telegram.send.retries import until_it_works
from bot.telegram.services import Services

log = logging.getLogger(__name__)

_EXPIRED = ("query is too old", "query id is invalid")
# Telegram's wording when a group lets the bot read but not write.
_NOT_ALLOWED = ("not enough rights to send", "no rights to send", "chat_write_forbidden")

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class RaisingApplication(AnyApplication):
    """Lets every handler error escape from `process_update`, so that its caller can retry."""

    async def process_update(self, update: object) -> None:
        """Handle an update, on behalf of its sender."""
        assert isinstance(update, Update)  # noqa: S101 - for mypy
        progress, sender = current_update.get(), update.effective_sender
        if progress and sender:
            progress.person = sender.id
        try:
            await super().process_update(update)
        except RetryAfter:  # sooner than Telegram lets us write
            await _answer_press(update, texts.text("press_delayed"))
            raise

    async def process_error(self, update: object, error: Exception, *_: Any, **__: Any) -> bool:  # noqa: ANN401, ARG002, D102 - see Application
        raise error

    def _mark_for_persistence_update(self, **_: object) -> None:
        """Nothing is persisted: the library would remember the id of every chat, forever."""


async def give_up(update: Update, error: Exception) -> None:
    """Log that an update failed in a way that no retry can fix; it is skipped."""
    reason = str(error).lower() if isinstance(error, BadRequest) else ""
    if any(words in reason for words in _EXPIRED):
        set_outcome("expired")
        return
    await _answer_press(update, texts.text("press_failed"))
    number = update.update_id
    if isinstance(error, Forbidden) or any(words in reason for words in _NOT_ALLOWED):
        set_outcome("forbidden")
        log.info("update %s: the bot is not allowed to write there (%s)", number, error)
    elif isinstance(error, BadRequest):
        set_outcome("refused")
        log.error("update %s: Telegram refused a call (%s); the update is skipped", number, error)
    else:
        set_outcome("failed")
        log.error("update %s failed; it is skipped", number, exc_info=error)


async def _answer_press(update: Update, text: str) -> None:
    """Answer a press, if the update is one and has no answer yet: until then, the button spins."""
    if update.callback_query:
        with contextlib.suppress(BadRequest, Forbidden):  # other errors are worth a retry
            await update.callback_query.answer(text)


# The first handler that accepts an update gets it; `commands` takes all other buttons and commands.
_HANDLER_MODULES = (groups, timeline, votes, inline, questions, commands)
_IN_GROUPS = ("ask", "timeline", "topics", "source", "help", "privacy")
_FOR_ADMINS = ("settings", "forget")


def build_application(
    settings: Settings,
    active: ActiveKnowledge,
    store: Store,
    records: DiskThread,
    limiter: BaseRateLimiter[None],
) -> RaisingApplication:
    """An application with all handlers; it does not fetch updates itself."""
    defaults = Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True))
    bot = make_client(settings, limiter, defaults)
    builder = Application.builder().application_class(RaisingApplication)
    application = builder.bot(bot).updater(None).build()
    assert isinstance(application, RaisingApplication)  # noqa: S101 - for mypy
    services = Services(settings, active, store, records, bot)
    for module in _HANDLER_MODULES:
        application.add_handlers(module.handlers(services))
    application.add_handler(username.handler(), group=-1)  # before all others
    return application


async def set_bot_profile(bot: Bot, knowledge: Knowledge) -> None:
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
