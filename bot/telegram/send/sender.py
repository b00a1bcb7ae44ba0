"""Makes every call to Telegram but getUpdates, within the rate limits.

Nothing is tried again here: whoever handles an update tries all of it again, and this repeats no
message of an earlier try.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

from telegram.error import ChatMigrated, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.telegram import metrics
from bot.telegram.current_update import UpdateProgress, current_update
from bot.telegram.send.client import CONNECTIONS
from bot.telegram.send.limits import AnswersTo, Recipient, SendLimits
from bot.telegram.send.retries import is_temporary, seconds_before_retry

# Parameters that tell the messages of an update apart; not the picture, which each try draws anew.
_IDENTIFYING = ("chat_id", "text", "caption", "reply_markup")
# Seconds to wait before one call. If that is not enough, the whole update is tried again later, and
# others are handled in the meantime.
_MAX_WAIT = 1.5


class Sender(BaseRateLimiter[None]):
    """Delays messages, edits and answers to queries but never drops them.

    `throttled=False` lifts our own limits, not Telegram's. `max_wait` is in seconds.
    """

    def __init__(self, *, throttled: bool = True, max_wait: float = _MAX_WAIT) -> None:
        self._throttled = throttled
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
        progress = current_update.get() or UpdateProgress()
        key: Hashable = endpoint
        if endpoint.startswith("send"):
            key = endpoint, *(data.get(name) for name in _IDENTIFYING)
        elif endpoint != "answerCallbackQuery":
            return await self._call(callback, endpoint, data, kwargs)
        if key not in progress.sent:  # by an earlier try
            result = await self._call(callback, endpoint, data, kwargs)
            progress.sent[key] = result
            if isinstance(result, dict):
                progress.messages.append((result["chat"]["id"], result["message_id"]))
        return progress.sent[key]

    async def _call(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        endpoint: str,
        data: dict[str, Any],
        kwargs: dict[str, Any],
    ) -> Any:  # noqa: ANN401
        is_limited = endpoint.startswith(("send", "edit", "answer"))
        while True:
            recipient = _recipient(endpoint, data)
            if self._throttled and is_limited and recipient is not None:
                await self._limits.acquire(recipient)
            try:
                async with self._connections:
                    result = await callback(endpoint, data, **kwargs)
            except ChatMigrated as error:
                data["chat_id"] = error.new_chat_id  # the group became a supergroup
            except TelegramError as error:
                if is_temporary(error):
                    metrics.count_retry(endpoint)
                if isinstance(error, RetryAfter) and recipient is not None:
                    self._limits.hold(recipient, seconds_before_retry(0, error))
                raise
            else:
                if is_limited and not isinstance(recipient, AnswersTo):
                    self._limits.accepted()
                return result


def _recipient(endpoint: str, data: dict[str, Any]) -> Recipient | None:
    """The chat that a call is for, or the person whose query it answers; None if there is none."""
    chat: int | str | None = data.get("chat_id")
    progress = current_update.get()
    if chat is None and progress and progress.person and endpoint.startswith("answer"):
        return AnswersTo(progress.person)
    return chat
