"""Makes every call to Telegram but getUpdates, within the rate limits and with retries."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.telegram import metrics
from bot.telegram.current_update import UpdateProgress, current_update
from bot.telegram.send.limits import AnswersTo, Recipient, SendLimits
from bot.telegram.send.retries import is_temporary, seconds_before_retry, short_reason

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
    "link_preview_options", "from",
)  # fmt: skip
# Seconds to wait before one call. If that is not enough, the whole update is tried again later, and
# others are handled in the meantime.
_MAX_WAIT = 1.5


def sends_message(endpoint: str) -> bool:
    """Whether a method sends a new message."""
    return endpoint.startswith(_SENDING) and endpoint not in _NO_MESSAGE


class Sender(BaseRateLimiter[None]):
    """Delays messages, edits and answers to queries but never drops them.

    `throttled=False` lifts our own limits, not Telegram's. `max_wait` is in seconds.
    """

    def __init__(self, *, throttled: bool = True, max_wait: float = _MAX_WAIT) -> None:
        self._throttled = throttled
        self._max_wait = max_wait
        self._limits = SendLimits(max_wait=max_wait)

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
        call = partial(callback, endpoint, data, **kwargs)
        progress = current_update.get() or UpdateProgress()
        is_press = endpoint == "answerCallbackQuery"
        if is_press and progress.has_answered_press:  # in an earlier try
            return True
        if not sends_message(endpoint):
            result = await self._call_with_retries(call, endpoint, data)
            progress.has_answered_press |= is_press
            return result
        key = endpoint, *(data.get(name) for name in _IDENTIFYING)
        if key in progress.sent:  # by an earlier try
            return progress.sent[key]
        result = await self._call_with_retries(call, endpoint, data)
        progress.sent[key] = result
        if isinstance(result, dict):
            for name in _ECHOED:
                result.pop(name, None)
            progress.messages.append((result["chat"]["id"], result["message_id"]))
        return result

    async def _call_with_retries(
        self, call: Callable[[], Awaitable[Any]], endpoint: str, data: dict[str, Any]
    ) -> Any:  # noqa: ANN401
        tries = 0
        while True:
            recipient = _recipient(endpoint, data)
            if self._throttled and recipient is not None and _is_limited(endpoint):
                await self._limits.acquire(recipient)
            try:
                result = await call()
            except ChatMigrated as error:
                data["chat_id"] = error.new_chat_id  # the group became a supergroup
            except BadRequest:
                if tries and endpoint.startswith(_ONCE_ONLY):
                    return True  # an earlier try succeeded after all
                raise
            except TelegramError as error:
                tries += not isinstance(error, RetryAfter)
                await self._pause(endpoint, recipient, tries, error)
            else:
                if _is_limited(endpoint) and not isinstance(recipient, AnswersTo):
                    self._limits.accepted()
                return result

    async def _pause(
        self, endpoint: str, recipient: Recipient | None, tries: int, error: TelegramError
    ) -> None:
        """Wait before the next try; raise the error if there should be none."""
        pause = seconds_before_retry(max(tries - 1, 0), error)
        if isinstance(error, RetryAfter) and recipient is not None:
            self._limits.hold(recipient, pause)
        if (
            not is_temporary(error)
            or endpoint in _RETRIED_BY_CALLER
            or tries >= _MAX_TRIES
            or pause > self._max_wait
        ):
            raise error
        metrics.count_retry(endpoint)
        log.warning("%s failed (%s); retrying in %.1fs", endpoint, short_reason(error), pause)
        await asyncio.sleep(pause)


def _is_limited(endpoint: str) -> bool:
    """Whether a call counts towards the limits: messages, edits, and answers to queries."""
    return endpoint.startswith(("edit", "answer")) or sends_message(endpoint)


def _recipient(endpoint: str, data: dict[str, Any]) -> Recipient | None:
    """The chat that a call is for, or the person whose query it answers; None if there is none."""
    chat: int | str | None = data.get("chat_id")
    progress = current_update.get()
    if chat is None and progress and progress.person and endpoint.startswith("answer"):
        return AnswersTo(progress.person)
    return chat
