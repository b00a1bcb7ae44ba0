"""Hands each update to the one function that handles it."""

import contextlib
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.telegram.addressing import command_in, in_group, is_from_person
from bot.telegram.current_update import current_update, set_outcome
from bot.telegram.handlers import commands, groups, inline, questions, timeline, votes
from bot.telegram.messages import buttons, texts
from bot.telegram.send.client import Client
from bot.telegram.services import OnPress, Press, Respond, Services

log = logging.getLogger(__name__)

_EXPIRED = ("query is too old", "query id is invalid")
# Telegram's wording when a group lets the bot read but not write.
_NOT_ALLOWED = ("not enough rights to send", "no rights to send", "chat_write_forbidden")

_NAME_INTERVAL = 3600.0  # seconds between two looks at the bot's own username
_NAME_INTERVAL_IF_MENTIONED = 60.0  # if a message mentions a bot, which may be this one
_BOT_NAME = re.compile(r"@(\w+bot)\b", re.ASCII | re.IGNORECASE)  # every bot's name ends so

_COMMANDS: dict[str, Respond] = {
    **commands.FIXED,
    "": questions.ask,  # no command
    "ask": questions.ask,
    "forget": commands.forget,
    "settings": groups.settings,
    "start": commands.start,
    "timeline": timeline.show,
}
_BUTTONS: dict[str, OnPress] = {
    buttons.OPEN: commands.show_more,
    buttons.TOPIC: commands.show_more,
    buttons.CONTEXT: commands.show_more,
    buttons.PAGE: commands.turn_page,
    buttons.DELETE: votes.delete,
    buttons.GOOD: votes.vote,
    buttons.BAD: votes.vote,
    buttons.SETTING: groups.switch,
}


async def _answer(services: Services, message: Message) -> None:
    """Answer a new message: a command, or anything else that a person wrote."""
    if message.migrate_from_chat_id or message.migrate_to_chat_id:
        groups.migrate(services, message)
        return
    if not is_from_person(message, services.client.me):
        return
    command, rest = command_in(message, services.client.me)
    respond = _COMMANDS.get(command)
    # In a private chat, an unknown command is a mistake; in a group, it is for another bot.
    if respond is None and not in_group(message.chat):
        is_owner = message.from_user and message.from_user.id in services.settings.owner_ids
        respond = (commands.FOR_OWNERS if is_owner else {}).get(command, commands.FIXED["help"])
    if respond:
        await respond(services, message, rest)


async def _press(services: Services, query: CallbackQuery) -> None:
    """Do what a button is for, and show its notice."""
    kind, _, name = (query.data or "").partition(":")
    message, notice = query.message, None
    if kind in _BUTTONS and isinstance(message, Message):  # otherwise Telegram no longer has it
        try:
            notice = await _BUTTONS[kind](services, Press(kind, name, message, query.from_user.id))
        except RetryAfter:  # sooner than Telegram lets us write
            await _answer_press(services.client, query, texts.text("press_delayed"))
            raise
    if notice is None:
        set_outcome("too old")
        notice = texts.text("outdated")
    # Last: a retry would not resend a message, but would call this again.
    await services.client.call(
        "answerCallbackQuery", callback_query_id=query.id, text=notice or None
    )


_HANDLERS: dict[str, Callable[[Services, Any], Awaitable[None]]] = {
    "message": _answer,
    "edited_message": questions.answer_edited,
    "callback_query": _press,
    "inline_query": inline.answer_query,
    "guest_message": inline.answer_guest,
    "my_chat_member": groups.change_membership,
}


class UsernameCheck:
    """Notices that the bot's username was changed in BotFather, without a restart."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._looked = clock() - _NAME_INTERVAL_IF_MENTIONED

    async def look(self, update: Update) -> None:
        """Look whether the name has changed, if it is time to; before the update is handled."""
        message = update.effective_message
        names = _BOT_NAME.findall((message.text or message.caption or "") if message else "")
        ours = self._client.username.casefold()
        is_mentioned = any(name.casefold() != ours for name in names)
        interval = _NAME_INTERVAL_IF_MENTIONED if is_mentioned else _NAME_INTERVAL
        if self._clock() - self._looked >= interval:
            self._looked = self._clock()
            with contextlib.suppress(TelegramError):  # the old name may still be right
                await self._client.get_me()


class Dispatcher:
    """Lets every error escape from `handle`, so that its caller can try again."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._username = UsernameCheck(services.client)

    async def handle(self, update: Update) -> None:
        """Handle an update, on behalf of its sender."""
        if sender := update.effective_sender:
            current_update.get().person = sender.id
        await self._username.look(update)
        for kind, handler in _HANDLERS.items():
            if content := getattr(update, kind):
                await handler(self._services, content)


async def give_up(client: Client, update: Update, error: Exception) -> None:
    """Log that an update failed in a way that no retry can fix; it is skipped."""
    reason = str(error).lower() if isinstance(error, BadRequest) else ""
    if any(words in reason for words in _EXPIRED):
        set_outcome("expired")
        return
    if query := update.callback_query:
        await _answer_press(client, query, texts.text("press_failed"))
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


async def _answer_press(client: Client, query: CallbackQuery, text: str) -> None:
    """Answer a press, if it has no answer yet: until then, the button spins."""
    with contextlib.suppress(BadRequest, Forbidden):  # other errors are worth a retry
        await client.call("answerCallbackQuery", callback_query_id=query.id, text=text)
