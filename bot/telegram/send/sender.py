"""Makes every call to Telegram but getUpdates, within the rate limits and with retries."""

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

_MAX_TRIES = 4  # of one call; then the whole update is retried later
_SENDING = ("send", "copy", "forward")
_NO_MESSAGE = frozenset({"sendChatAction", "sendMessageDraft"})
# Methods that Telegram refuses if they are repeated.
_ONCE_ONLY = ("editMessageText", "editMessageCaption", "editMessageMedia", "delete", "answer")
_RETRIED_BY_CALLER = frozenset({"getMe", "deleteWebhook", "setWebhook"})
# Parameters that tell the messages of an update apart; not the picture, which each try draws anew.
_IDENTIFYING = ("chat_id", "text", "caption", "reply_markup")
# Fields of a sent message that Telegram echoes; they are not needed, and parsing takes time.
_ECHOED = (
    "text", "entities", "caption", "caption_entities", "reply_markup", "reply_to_message",
    "link_preview_options",
)  # fmt: skip
# Seconds to wait before one call. If that is not enough, the whole update is tried again later, and
# others are handled in the meantime.
_MAX_WAIT = 1.5


def sends_message(endpoint: str) -> bool:
    """Whether a method sends a new message; only these count towards Telegram's limits."""
    return endpoint.startswith(_SENDING) and endpoint not in _NO_MESSAGE


class Sender(BaseRateLimiter[None]):
    """Delays messages but never drops them; other calls, such as edits, are sent at once.

    `throttled=False` lifts our own limits, not Telegram's. `max_wait` is in seconds.
    """

    def __init__(self, *, throttled: bool = True, max_wait: float = _MAX_WAIT) -> None:
        self._throttled = throttled
        self._max_wait = max_wait
        self._limits = SendLimits(max_wait=max_wait)
        self._connections = asyncio.Semaphore(CONNECTIONS)

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def process_request(  # noqa: PLR0913, PLR0917, D102 - see BaseRateLimiter
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401, ARG002 - endpoint and data, as below
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002
    ) -> Any:  # noqa: ANN401
        async def call() -> Any:  # noqa: ANN401
            async with self._connections:
                return await callback(endpoint, data, **kwargs)

        if not sends_message(endpoint):
            return await self._call_with_retries(call, endpoint, data)
        progress = current_update() or UpdateProgress()
        key = endpoint, *(data.get(name) for name in _IDENTIFYING)
        if key in progress.sent:  # by an earlier try
            return progress.sent[key]
        result = await self._call_with_retries(call, endpoint, data, throttled=self._throttled)
        progress.sent[key] = result
        if isinstance(result, dict):
            for name in _ECHOED:
                result.pop(name, None)
            progress.messages.append((result["chat"]["id"], result["message_id"]))
        return result

    async def _call_with_retries(
        self,
        call: Callable[[], Awaitable[Any]],
        endpoint: str,
        data: dict[str, Any],
        *,
        throttled: bool = False,
    ) -> Any:  # noqa: ANN401
        tries, may_be_done = 0, False
        while True:
            chat = data.get("chat_id")
            if throttled and chat is not None:
                await self._limits.acquire(chat)
            try:
                return await call()
            except ChatMigrated as error:
                data["chat_id"] = error.new_chat_id  # the group became a supergroup
            except BadRequest:
                if may_be_done and endpoint.startswith(_ONCE_ONLY):
                    return True  # an earlier try succeeded after all
                raise
            except TelegramError as error:
                may_be_done = may_be_done or may_have_arrived(error)
                tries += not isinstance(error, RetryAfter)
                pause = seconds_before_retry(max(tries - 1, 0), error)
                if isinstance(error, RetryAfter) and chat is not None:
                    self._limits.hold(chat, pause)
                if not self._should_retry(endpoint, tries, pause, error):
                    raise
                metrics.count_retry(endpoint)
                reason = short_reason(error)
                log.warning("%s failed (%s); retrying in %.1fs", endpoint, reason, pause)
                await asyncio.sleep(pause)

    def _should_retry(self, endpoint: str, tries: int, pause: float, error: TelegramError) -> bool:
        return (
            is_temporary(error)
            and endpoint not in _RETRIED_BY_CALLER
            and tries < _MAX_TRIES
            and pause <= self._max_wait
        )
