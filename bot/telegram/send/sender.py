"""Every call to Telegram passes here: its turn, its retries."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.telegram import metrics
from bot.telegram.current_update import UpdateProgress, current_update
from bot.telegram.send.client import CONNECTIONS
from bot.telegram.send.limits import SendLimits
from bot.telegram.send.retries import (
    is_temporary,
    may_have_arrived,
    seconds_before_retry,
    short_reason,
)

log = logging.getLogger(__name__)

Call = Callable[..., Coroutine[Any, Any, Any]]

_TRIES = 4  # of one call; then the whole update is tried again, later
_SENDING = ("send", "copy", "forward")
_NO_MESSAGE = frozenset({"sendChatAction", "sendMessageDraft"})
_ONCE = ("editMessageText", "editMessageCaption", "editMessageMedia", "delete", "answer")
# Telegram refuses these the second time
_AT_START = frozenset({"getMe", "deleteWebhook", "setWebhook"})  # whoever calls them tries again
# What tells one message of an update from another; an uploaded picture is drawn anew each time.
_TELLING = ("chat_id", "text", "caption", "reply_markup")
# What Telegram repeats of a message just sent; nobody reads it, and to parse it takes time.
_REPEATED = (
    "text", "entities", "caption", "caption_entities", "reply_markup", "reply_to_message",
    "link_preview_options",
)  # fmt: skip
# Seconds for one call; longer waits are left to the update's own retries, and by webhook go back
# to Telegram, which has but so many connections for all chats.
LONGEST_WAIT, LONGEST_WAIT_BY_WEBHOOK = 60.0, 5.0


def sends(endpoint: str) -> bool:
    """Whether a method makes a new message, which alone counts towards Telegram's limits."""
    return endpoint.startswith(_SENDING) and endpoint not in _NO_MESSAGE


class Sender(BaseRateLimiter[None]):
    """Delays messages, never drops them; other calls (edits, answers to buttons) go at once.

    `paced` False lifts our own limits, not Telegram's. `longest_wait` is in seconds.
    """

    def __init__(self, *, paced: bool = True, longest_wait: float = LONGEST_WAIT) -> None:
        self._paced = paced
        self._longest_wait = longest_wait
        self._turns = SendLimits(longest=longest_wait)
        self._connections = asyncio.Semaphore(CONNECTIONS)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def process_request(  # noqa: PLR0913, PLR0917, D102 - see BaseRateLimiter
        self,
        callback: Call,
        args: Any,  # noqa: ANN401, ARG002 - method and data, as below
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002
    ) -> Any:  # noqa: ANN401
        async def call() -> Any:  # noqa: ANN401
            async with self._connections:
                return await callback(endpoint, data, **kwargs)

        if not sends(endpoint):
            return await self._persist(call, endpoint, data)
        progress = current_update() or UpdateProgress()
        words = endpoint, *(data.get(name) for name in _TELLING)
        if words in progress.sent:  # an earlier try got this far
            return progress.sent[words]
        result = await self._persist(call, endpoint, data, takes_turns=self._paced)
        progress.sent[words] = result
        if isinstance(result, dict):
            for name in _REPEATED:
                result.pop(name, None)
            progress.messages.append((result["chat"]["id"], result["message_id"]))
        return result

    async def _persist(
        self,
        call: Callable[[], Awaitable[Any]],
        endpoint: str,
        data: dict[str, Any],
        *,
        takes_turns: bool = False,
    ) -> Any:  # noqa: ANN401
        """Call until it is done; its result."""
        tries, doubtful = 0, False
        while True:
            chat = data.get("chat_id")
            if takes_turns and chat is not None:
                await self._turns.take(chat)
            try:
                return await call()
            except ChatMigrated as error:
                data["chat_id"] = error.new_chat_id  # the group became a supergroup
            except BadRequest:
                if doubtful and endpoint.startswith(_ONCE):
                    return True  # the earlier try was done: nothing is left to do
                raise
            except TelegramError as error:
                doubtful = doubtful or may_have_arrived(error)
                tries += not isinstance(error, RetryAfter)
                pause = seconds_before_retry(max(tries - 1, 0), error)
                if isinstance(error, RetryAfter) and chat is not None:
                    self._turns.hold(chat, pause)
                if not self._tries_again(endpoint, tries, pause, error):
                    raise
                metrics.count_retry(endpoint)
                log.warning("%s failed (%s); again in %.1fs", endpoint, short_reason(error), pause)
                await asyncio.sleep(pause)

    def _tries_again(self, endpoint: str, tries: int, pause: float, error: TelegramError) -> bool:
        here = endpoint not in _AT_START and tries < _TRIES and pause <= self._longest_wait
        return here and is_temporary(error)
