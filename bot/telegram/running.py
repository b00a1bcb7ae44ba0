"""`treaty-bot run`: from start to a clean end, whatever breaks in between."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from typing import Any

from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.answering import Answerer
from bot.config import Settings
from bot.errors import InputError
from bot.knowledge import Knowledge
from bot.store import Store
from bot.telegram.acknowledging import Handling
from bot.telegram.application import build_application, introduce
from bot.telegram.delivery import Poller, PollingError
from bot.telegram.logs import set_up_logging
from bot.telegram.retries import passes, wait_before
from bot.telegram.watchdog import notify

log = logging.getLogger(__name__)

DRAIN = 25.0  # seconds for what is at work when the first SIGTERM comes
_MISSING = (
    "TELEGRAM_BOT_TOKEN is not set. Get a token from @BotFather in Telegram (/newbot), and put it"
    " into the environment or into .env (see .env.example). Without a token, try: treaty-bot chat"
)
_WRONG = (
    "TELEGRAM_BOT_TOKEN: Telegram rejects this token. Copy it again from @BotFather (/mybots, API"
    " Token); it looks like 123456:ABC-DEF."
)


def run(settings: Settings, knowledge: Knowledge) -> int:
    """Serve until SIGTERM or SIGINT. Status 0: ended as asked; 1: could not go on."""
    if settings.telegram_bot_token is None:
        raise InputError(_MISSING)
    set_up_logging(settings)
    store = Store(settings.database_path)
    try:
        return asyncio.run(_serve(settings, knowledge, store))
    except PollingError as error:
        log.critical("%s", error)
        return 1
    finally:
        store.close()


async def _serve(settings: Settings, knowledge: Knowledge, store: Store) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # A second signal finds the event set: it changes nothing.
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    application = build_application(settings, Answerer(knowledge))
    if not await _connect(application, stop):
        return 0
    try:
        await application.start()
        await introduce(application.bot, knowledge)
        log.info("serving @%s, knowledge %s", application.bot.username, knowledge.version)
        notify("READY=1")
        poller = Poller(
            application.bot,
            Handling(application, store),
            conflict_patience=settings.conflict_patience,
        )
        watching = asyncio.create_task(_feed_watchdog(poller))
        try:
            await poller.run(stop)
        finally:
            notify("STOPPING=1")
            watching.cancel()
            await poller.drain(DRAIN)
        log.info("stopped")
    finally:
        if application.running:
            await application.stop()
        await application.shutdown()
    return 0


async def _connect(
    application: Application[Any, Any, Any, Any, Any, Any], stop: asyncio.Event
) -> bool:
    """Wait for Telegram as long as it takes; False if told to stop meanwhile."""
    tries = 0
    while not stop.is_set():
        try:
            await application.initialize()
            await application.bot.delete_webhook()
        except InvalidToken:
            raise InputError(_WRONG) from None
        except TelegramError as error:
            if not passes(error):
                raise
            pause = wait_before(tries, error)
            tries += 1
            log.warning(
                "Telegram is out of reach (%s); again in %.1fs", type(error).__name__, pause
            )
            try:
                await asyncio.wait_for(stop.wait(), pause)
            except TimeoutError:
                continue
        else:
            return True
    return False


async def _feed_watchdog(poller: Poller) -> None:
    """Feed systemd's watchdog as long as polls come back; without one, do nothing."""
    period = int(os.environ.get("WATCHDOG_USEC", "0")) / 2_000_000
    while period:
        if asyncio.get_running_loop().time() - poller.last_poll < 2 * 60:
            notify("WATCHDOG=1")
        await asyncio.sleep(period)
