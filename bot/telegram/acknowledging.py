"""Handles one update to its end: an outcome, a retry, or a word in the log."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Forbidden, InvalidToken
from telegram.ext import Application

from bot.store import Store
from bot.telegram.logs import collect_outcome
from bot.telegram.retries import passes, wait_before

log = logging.getLogger(__name__)

GIVE_UP_AFTER = 300.0  # seconds; by then whoever asked has asked again
_STALE = ("query is too old", "query id is invalid")


class AcknowledgingApplication(Application[Any, Any, Any, Any, Any, Any]):
    """Lets a failure that passes out of `process_update`, so that it can be tried again."""

    async def process_error(  # noqa: D102 - see Application
        self,
        update: object,
        error: Exception,
        job: Any = None,  # noqa: ANN401
        coroutine: Any = None,  # noqa: ANN401
    ) -> bool:
        if passes(error) or isinstance(error, InvalidToken):
            raise error
        return await super().process_error(update, error, job, coroutine)


class Handling:
    """Runs updates through the handlers; an update is done once its reply was sent."""

    def __init__(
        self, application: Application[Any, Any, Any, Any, Any, Any], store: Store
    ) -> None:
        self._application = application
        self._store = store

    async def handle(self, update: Update) -> None:
        """Handle until it is done or hopeless; only a rejected token escapes."""
        if self._store.done([update.update_id]):
            return
        start = time.monotonic()
        tries = 0
        while True:
            words = collect_outcome()
            try:
                await self._application.process_update(update)
            except InvalidToken:
                raise
            except Exception as error:
                waited = time.monotonic() - start
                if not passes(error) or waited > GIVE_UP_AFTER:
                    log.exception("update given up", **_fields(update))
                    words[:] = ["failed"]
                    break
                pause = wait_before(tries, error)
                tries += 1
                told = {"error": type(error).__name__, "again_in": f"{pause:.1f}s"}
                log.warning("update not answered yet", **_fields(update, **told))
                await asyncio.sleep(pause)
                continue
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) and task.cancelling():
                    raise
                words[:] = ["failed"]  # a handler cancelled itself: that update alone is lost
            break
        self._store.mark_done(update.update_id)
        elapsed = f"{1000 * (time.monotonic() - start):.0f}"
        log.info("update", **_fields(update, outcome=words[0], ms=elapsed))


async def on_error(_update: object, context: Any) -> None:  # noqa: ANN401
    """What no try can mend: told once, then acknowledged."""
    error = context.error
    if isinstance(error, BadRequest) and any(s in str(error).lower() for s in _STALE):
        return
    if isinstance(error, Forbidden):
        log.info("not allowed to write there: %s", error)
    elif isinstance(error, BadRequest):
        log.error("Telegram refused a call: %s; the update is left", error)
    else:
        log.error("an update failed; it is left, the others go on", exc_info=error)


def _fields(update: Update, **more: str) -> dict[str, Any]:
    chat = update.effective_chat
    kind = str(chat.type) if chat else "inline" if update.inline_query else "none"
    return {"extra": {"fields": {"update": update.update_id, "chat": kind, **more}}}
