"""The library's Application, made to tell failures instead of swallowing them."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import Application

from bot.telegram.progress import outcome

log = logging.getLogger(__name__)

_STALE = ("query is too old", "query id is invalid")
# How Telegram says that a group lets the bot read but not write.
_MUTE = ("not enough rights to send", "no rights to send", "chat_write_forbidden")

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class AcknowledgingApplication(AnyApplication):
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
        outcome("expired")
    elif isinstance(error, Forbidden) or any(words in said for words in _MUTE):
        outcome("forbidden")
        log.info("update %s: not allowed to write there (%s)", number, error)
    elif isinstance(error, BadRequest):
        outcome("refused")
        log.error("update %s: Telegram refused a call (%s); it is left", number, error)
    else:
        outcome("failed")
        # Where, but not the message: it may hold words of people.
        where = "".join(traceback.format_tb(error.__traceback__)).rstrip()
        kind = type(error).__name__
        log.error("update %s failed (%s); it is left, the others go on\n%s", number, kind, where)
        log.debug("in full", exc_info=error)
