"""Runs the webhook's web server and tells Telegram where it is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from telegram.error import BadRequest, TelegramError

from bot.config import Settings
from bot.errors import InputError
from bot.telegram.client import KINDS, Client
from bot.telegram.delivery import Delivery, UnreadableError, parse
from bot.telegram.failures import REVOKED, ServingError
from bot.telegram.retries import reason, rejects_token, wait_before
from bot.telegram.secrets import webhook_secret
from bot.telegram.watchdog import Watchdog, notify
from bot.telegram.webhook import Webhook

log = logging.getLogger(__name__)

# Requests that Telegram makes at once; each is a chat, and Telegram's default.
CONNECTIONS = 40
_BEAT = 5.0  # seconds between two signs of life


class _Server(uvicorn.Server):
    """Leaves signals to us: the library raises them again once it has shut down."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve_webhook(  # noqa: PLR0913, PLR0917 - the parts of the process
    settings: Settings,
    client: Client,
    delivery: Delivery,
    stop: asyncio.Event,
    watchdog: Watchdog,
    drain: float,
) -> None:
    """Serve until `stop`, then finish what is at work within `drain` seconds."""
    url = settings.webhook_url or ""
    webhook = Webhook(client, delivery, url=url, secret=webhook_secret(settings))
    config = uvicorn.Config(
        webhook.app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=int(drain),
    )
    server = _Server(config)
    listening = _listen(settings)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    stopping = asyncio.create_task(stop.wait())
    others = [
        asyncio.create_task(_register(webhook, client, settings)),
        asyncio.create_task(_resume(client, delivery)),
        asyncio.create_task(_beat(watchdog)),
    ]
    try:
        ends: set[asyncio.Future[Any]] = {serving, stopping, webhook.failed}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        notify("STOPPING=1")
        webhook.ready = False
        for task in (*others, stopping):
            task.cancel()
        server.should_exit = True
        await serving
        await webhook.drain(drain)
        listening.close()
    if webhook.failed.done() and (error := webhook.failed.exception()):
        raise error
    if not stop.is_set():
        raise ServingError("the web server stopped by itself; the log above tells why")


def _listen(settings: Settings) -> socket.socket:
    where = (settings.webhook_listen, settings.webhook_port)
    try:
        family = socket.AF_INET6 if ":" in settings.webhook_listen else socket.AF_INET
        return socket.create_server(where, family=family, backlog=512)
    except OSError as error:
        raise InputError(
            f"WEBHOOK_LISTEN, WEBHOOK_PORT: cannot listen on {where[0]} port {where[1]}"
            f" ({error.strerror}); set another one, or stop whoever uses it"
        ) from None


async def _register(webhook: Webhook, client: Client, settings: Settings) -> None:
    """Tell Telegram the address, as long as it takes."""
    url = settings.webhook_url or ""
    secret = webhook_secret(settings)
    tries = 0
    while True:
        try:
            await client.set_webhook(
                url, allowed_updates=KINDS, secret_token=secret, max_connections=CONNECTIONS
            )
        except BadRequest as error:
            _fail(webhook, InputError(f"WEBHOOK_URL: Telegram refuses it ({error.message})"))
            return
        except TelegramError as error:
            if rejects_token(error):
                _fail(webhook, ServingError(REVOKED))
                return
            pause = wait_before(tries, error)
            tries += 1
            log.warning("setWebhook failed (%s); again in %.1fs", reason(error), pause)
            await asyncio.sleep(pause)
        else:
            break
    webhook.ready = True
    notify("READY=1")
    log.info("Telegram sends updates to %s", urlsplit(url).netloc)


def _fail(webhook: Webhook, error: Exception) -> None:
    if not webhook.failed.done():
        webhook.failed.set_exception(error)


async def _resume(client: Client, delivery: Delivery) -> None:
    """Finish what an earlier process that polled put into the store."""
    for body in delivery.updates.deferred():
        with contextlib.suppress(UnreadableError):
            await delivery.handle(parse(body, client))
        delivery.updates.drop_deferred(body["update_id"])


async def _beat(watchdog: Watchdog) -> None:
    while True:
        watchdog.beat()
        await asyncio.sleep(_BEAT)
