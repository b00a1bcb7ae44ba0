"""Makes every call to Telegram but getUpdates, within the rate limits.

Nothing is tried again here: whoever handles an update tries all of it again, and this repeats no
message of an earlier try.
"""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any

from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot import metrics
from bot.telegram.current_update import UpdateProgress, current_update
from bot.telegram.send.limits import AnswersTo, Recipient, SendLimits
from bot.telegram.send.retries import is_temporary, seconds_before_retry

Post = Callable[[], Awaitable[Any]]
# Parameters that tell the messages of an update apart; not the picture, which each try draws anew.
_IDENTIFYING = ("chat_id", "text", "caption", "reply_markup")
# Seconds to wait before one call. If that is not enough, the whole update is tried again later, and
# others are handled in the meantime.
_MAX_WAIT = 1.5


class Sender:
    """Delays messages, edits and answers to queries but never drops them.

    `throttled=False` lifts our own limits, not Telegram's. `max_wait` is in seconds.
    """

    def __init__(self, *, throttled: bool = True, max_wait: float = _MAX_WAIT) -> None:
        self._throttled = throttled
        self._limits = SendLimits(max_wait=max_wait)

    async def call(self, post: Post, endpoint: str, data: dict[str, Any]) -> Any:  # noqa: ANN401
        """The result of `post`, which makes a call with `data`; that of an earlier try, if any."""
        progress = current_update.get(None) or UpdateProgress()
        key: Hashable = endpoint
        if endpoint.startswith("send"):
            key = endpoint, *(str(data.get(name)) for name in _IDENTIFYING)
        elif endpoint != "answerCallbackQuery":
            return await self._call(post, endpoint, data)
        if key not in progress.sent:  # by an earlier try
            progress.sent[key] = await self._call(post, endpoint, data)
        return progress.sent[key]

    async def _call(self, post: Post, endpoint: str, data: dict[str, Any]) -> Any:  # noqa: ANN401
        is_limited = endpoint.startswith(("send", "edit", "answer"))
        while True:
            recipient = _recipient(endpoint, data)
            if self._throttled and is_limited and recipient is not None:
                await self._limits.acquire(recipient)
            try:
                result = await post()
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
    if endpoint.startswith("answer"):
        person = current_update.get().person
        return AnswersTo(person) if person else None
    chat: int | None = data.get("chat_id")
    return chat
