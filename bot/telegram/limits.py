"""Keeps within Telegram's limits without one chat holding up another."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from aiolimiter import AsyncLimiter
from cachetools import TTLCache
from telegram.ext import BaseRateLimiter

# Telegram's published figures: about 30 messages a second in all, 20 a minute to one
# group, one a second to one chat with short bursts allowed.
OVERALL = (30, 1.0)
GROUP = (20, 60.0)
PRIVATE = (5, 5.0)
_SENDING = ("send", "copy", "forward")
_CHATS = 20_000  # chats whose pace is remembered


class SendLimiter(BaseRateLimiter[None]):
    """Delays messages, never drops them; other calls (edits, answers to buttons) go at once.

    A chat waits for its own turn first and only then for the common one, so a throttled
    group takes nothing from the others. What Telegram throttles all the same comes back
    as `RetryAfter` and is tried again by the delivery, in that chat's lane alone.
    """

    def __init__(self) -> None:
        self._overall = AsyncLimiter(*OVERALL)
        self._chats: TTLCache[int | str, AsyncLimiter] = TTLCache(_CHATS, GROUP[1])

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""

    async def process_request(  # noqa: PLR0913, PLR0917, D102 - see BaseRateLimiter
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,  # noqa: ARG002
    ) -> Any:  # noqa: ANN401
        chat = data.get("chat_id")
        async with AsyncExitStack() as turns:
            if chat is not None and endpoint.startswith(_SENDING):
                await turns.enter_async_context(self._of(chat))
                await turns.enter_async_context(self._overall)
        return await callback(*args, **kwargs)

    def _of(self, chat: int | str) -> AsyncLimiter:
        limiter = self._chats.get(chat)
        if limiter is None:
            group = isinstance(chat, str) or chat < 0
            limiter = AsyncLimiter(*(GROUP if group else PRIVATE))
        self._chats[chat] = limiter  # used again: remembered for another while
        return limiter
