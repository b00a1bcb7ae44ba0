"""Receives updates by webhook: the web server, and its registration with Telegram."""

import asyncio
import contextlib
import hmac
import json
import logging
import math
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from cachetools import LRUCache
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram import Update
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.config import Settings
from bot.errors import REVOKED_MESSAGE, InputError, ServingError
from bot.telegram import metrics
from bot.telegram.current_update import UpdateProgress
from bot.telegram.logs import webhook_secret
from bot.telegram.receive.parsing import UnreadableError, parse
from bot.telegram.receive.worker import Worker, log_fields
from bot.telegram.send.client import ALLOWED_UPDATES, Client
from bot.telegram.send.limits import person_of
from bot.telegram.send.retries import rejects_token, seconds_before_retry, short_reason
from bot.telegram.send.sender import MAX_WAIT_BY_WEBHOOK
from bot.telegram.watchdog import Watchdog, sd_notify

log = logging.getLogger(__name__)

_RESPONSE_TIMEOUT = 40.0  # seconds; Telegram hangs up after 60
_MAX_BODY = 1 << 20  # bytes; the largest updates take tens of thousands
_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a name, not a secret
_MAX_UPDATE_ID = 2**63 - 1
_MAX_PENDING = 10_000  # failed updates remembered until Telegram resends them
# Requests that Telegram may make at once, each for a different chat; this is Telegram's default.
_MAX_CONNECTIONS = 40
_HEARTBEAT_INTERVAL = 5.0  # seconds


@dataclass(slots=True)
class _Pending:
    progress: UpdateProgress
    start: float
    tries: int = 0


class Webhook:
    """The ASGI application. Its owner sets `ready`; `failed` gets the error that ends serving."""

    def __init__(self, client: Client, worker: Worker, *, url: str, secret: str) -> None:
        self._client = client
        self._worker = worker
        self._secret = secret.encode()
        self._tasks: dict[int, asyncio.Task[float | None]] = {}
        self._pending: LRUCache[int, _Pending] = LRUCache(_MAX_PENDING)
        self.ready = False
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.app = Starlette(
            routes=[
                Route("/healthz", self._health),
                Route("/readyz", self._readiness),
                Route(urlsplit(url).path or "/", self._receive, methods=["POST"]),
            ]
        )

    async def drain(self, seconds: float) -> None:
        """Let updates in progress finish for up to `seconds`, then cancel them."""
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=seconds)
        for task in list(self._tasks.values()):
            task.cancel()

    def fail(self, error: Exception) -> None:
        """End serving because of an error."""
        if not self.failed.done():
            self.failed.set_exception(error)

    async def _health(self, _: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def _readiness(self, _: Request) -> Response:
        ready = self.ready and not self.failed.done()
        return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)

    async def _receive(self, request: Request) -> Response:
        secret = request.headers.get(_SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(secret, self._secret):
            return PlainTextResponse("wrong secret\n", 403)
        body = await _read_body(request)
        if body is None:
            return PlainTextResponse("too large\n", 413)
        found = _parse_body(body)
        if found is None:
            return PlainTextResponse("not an update\n", 400)
        pause = await self._process(found)
        if pause is None:
            return PlainTextResponse("done\n")
        return PlainTextResponse("try again later\n", 503, {"Retry-After": str(math.ceil(pause))})

    async def _process(self, body: dict[str, Any]) -> float | None:
        """Handle an update; None if it is done, otherwise seconds until a retry."""
        update_id = body["update_id"]
        if self._worker.updates.is_done(update_id):
            return None
        task = self._tasks.get(update_id)
        if task is None:
            try:
                update = parse(body, self._client)
            except UnreadableError as error:
                log.warning("update %s cannot be read and is skipped (%s)", update_id, error)
                return None
            metrics.update_arrived(update_id)
            task = asyncio.create_task(self._try_once(update))
            self._tasks[update_id] = task
            task.add_done_callback(lambda _: self._remove_task(update_id))
        # A slow attempt continues in the background, and Telegram's next request waits for it.
        done, _ = await asyncio.wait({task}, timeout=_RESPONSE_TIMEOUT)
        return 1.0 if not done or task.cancelled() else task.result()

    def _remove_task(self, update_id: int) -> None:
        self._tasks.pop(update_id, None)
        metrics.update_handed_back(update_id)

    async def _try_once(self, update: Update) -> float | None:
        """Try once; None if the update is done, otherwise seconds until the next try."""
        start = time.monotonic()
        flood, person = self._worker.flood, person_of(update)
        pause = flood.delay(person) if flood and person else 0.0
        if pause > MAX_WAIT_BY_WEBHOOK:
            return pause
        await asyncio.sleep(pause)
        update_id = update.update_id
        pending = self._pending.get(update_id) or _Pending(UpdateProgress(), start)
        self._pending[update_id] = pending
        try:
            await self._worker.try_once(update, pending.progress, pending.tries)
        except Exception as error:  # noqa: BLE001 - whatever it is, Telegram keeps the update
            if rejects_token(error):
                self.fail(ServingError(REVOKED_MESSAGE))
                return 1.0
            pending.tries += not isinstance(error, RetryAfter)
            if not self._worker.should_give_up(update, pending.tries, pending.start):
                metrics.count_retry("update")
                reason = short_reason(error)
                log.warning(
                    "not answered yet (%s); Telegram will resend it", reason, **log_fields(update)
                )
                return seconds_before_retry(pending.tries, error)
            await self._worker.give_up(update, error, pending.progress)
        self._worker.finish(update, pending.progress, start)
        await self._worker.send_flood_notice(update)
        return None


async def _read_body(request: Request) -> bytes | None:
    """The body, or None if it is too large."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


def _parse_body(body: bytes) -> dict[str, Any] | None:
    """The update as a JSON object; None if it is malformed or has no valid update_id."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    update_id = found.get("update_id")
    return found if type(update_id) is int and 0 <= update_id <= _MAX_UPDATE_ID else None


class _Server(uvicorn.Server):
    """Does not handle signals, since the library would raise them again after shutting down."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing; `run` handles the signals."""
        yield


async def serve_webhook(  # noqa: PLR0913, PLR0917 - the parts of the process
    settings: Settings,
    client: Client,
    worker: Worker,
    stop: asyncio.Event,
    watchdog: Watchdog,
    drain: float,
) -> None:
    """Serve until `stop`, then finish updates in progress within `drain` seconds."""
    url = settings.webhook_url or ""
    webhook = Webhook(client, worker, url=url, secret=webhook_secret(settings))
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
        asyncio.create_task(_resume(client, worker)),
        asyncio.create_task(_send_heartbeats(watchdog)),
    ]
    try:
        ends: set[asyncio.Future[Any]] = {serving, stopping, webhook.failed}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sd_notify("STOPPING=1")
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
        raise ServingError("the web server stopped unexpectedly; see the log above")


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.webhook_listen, settings.webhook_port
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise InputError(
            f"WEBHOOK_LISTEN, WEBHOOK_PORT: cannot listen on {host} port {port}"
            f" ({error.strerror}); choose another port or address, or stop the process that uses it"
        ) from None


async def _register(webhook: Webhook, client: Client, settings: Settings) -> None:
    """Set the webhook, retrying for as long as it takes."""
    url = settings.webhook_url or ""
    secret = webhook_secret(settings)
    tries = 0
    while True:
        try:
            await client.set_webhook(
                url,
                allowed_updates=ALLOWED_UPDATES,
                secret_token=secret,
                max_connections=_MAX_CONNECTIONS,
            )
        except BadRequest as error:
            webhook.fail(InputError(f"WEBHOOK_URL: Telegram refuses it ({error.message})"))
            return
        except TelegramError as error:
            if rejects_token(error):
                webhook.fail(ServingError(REVOKED_MESSAGE))
                return
            pause = seconds_before_retry(tries, error)
            tries += 1
            log.warning("setWebhook failed (%s); retrying in %.1fs", short_reason(error), pause)
            await asyncio.sleep(pause)
        else:
            break
    webhook.ready = True
    sd_notify("READY=1")
    log.info("Telegram sends updates to %s", urlsplit(url).netloc)


async def _resume(client: Client, worker: Worker) -> None:
    """Handle updates that an earlier process saved in the store while polling."""
    for body in worker.updates.deferred():
        with contextlib.suppress(UnreadableError):
            await worker.handle(parse(body, client))
        worker.updates.drop_deferred(body["update_id"])


async def _send_heartbeats(watchdog: Watchdog) -> None:
    while True:
        watchdog.heartbeat()
        await asyncio.sleep(_HEARTBEAT_INTERVAL)
