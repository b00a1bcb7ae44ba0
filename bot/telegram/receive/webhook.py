"""Runs the webhook's web server and tells Telegram where it is."""

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
from bot.telegram.receive.worker import UnreadableError, Worker, fields, parse
from bot.telegram.send.client import ALLOWED_UPDATES, Client
from bot.telegram.send.limits import person_of
from bot.telegram.send.retries import rejects_token, seconds_before_retry, short_reason
from bot.telegram.send.sender import LONGEST_WAIT_BY_WEBHOOK
from bot.telegram.watchdog import Watchdog, sd_notify

log = logging.getLogger(__name__)

_ANSWER_WITHIN = 40.0  # seconds; Telegram hangs up after 60
_LARGEST = 1 << 20  # bytes; the largest updates have some tens of thousands
_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a name, no secret
_BIGGEST_ID = 2**63 - 1
_REMEMBERED = 10_000  # updates begun and not done, sent again by Telegram one day


@dataclass(slots=True)
class _Begun:
    progress: UpdateProgress
    start: float
    tries: int = 0


class Webhook:
    """The ASGI application. `ready` and `failed` are the owner's to read and set."""

    def __init__(self, client: Client, worker: Worker, *, url: str, secret: str) -> None:
        self._client = client
        self._worker = worker
        self._secret = secret.encode()
        self._at_work: dict[int, asyncio.Task[float | None]] = {}
        self._begun: LRUCache[int, _Begun] = LRUCache(_REMEMBERED)
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
        """Let updates at work come to their end, for so long at most."""
        if self._at_work:
            await asyncio.wait(list(self._at_work.values()), timeout=seconds)
        for task in list(self._at_work.values()):
            task.cancel()

    async def _health(self, _: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def _readiness(self, _: Request) -> Response:
        ready = self.ready and not self.failed.done()
        return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)

    async def _receive(self, request: Request) -> Response:
        given = request.headers.get(_SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, self._secret):
            return PlainTextResponse("the secret is wrong\n", 403)
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large\n", 413)
        found = _object(body)
        if found is None:
            return PlainTextResponse("not an update\n", 400)
        pause = await self._take(found)
        if pause is None:
            return PlainTextResponse("done\n")
        return PlainTextResponse("later\n", 503, {"Retry-After": str(math.ceil(pause))})

    async def _take(self, body: dict[str, Any]) -> float | None:
        """Bring an update to its end; None if it is done, otherwise seconds until a next try."""
        number = body["update_id"]
        if self._worker.updates.is_done(number):
            return None
        task = self._at_work.get(number)
        if task is None:
            try:
                update = parse(body, self._client)
            except UnreadableError as error:
                log.warning("update %s cannot be read; it is skipped (%s)", number, error)
                return None
            metrics.update_arrived(number)
            task = asyncio.create_task(self._handle(update))
            self._at_work[number] = task
            task.add_done_callback(lambda _: self._leave(number))
        # A try that takes longer goes on; Telegram's next request for the update joins it.
        done, _ = await asyncio.wait({task}, timeout=_ANSWER_WITHIN)
        return 1.0 if not done or task.cancelled() else task.result()

    def _leave(self, number: int) -> None:
        self._at_work.pop(number, None)
        metrics.handed_back(number)

    async def _handle(self, update: Update) -> float | None:
        """Try once; None if the update is done, otherwise seconds until the next try."""
        start = time.monotonic()
        flood, person = self._worker.flood, person_of(update)
        pause = flood.pause(person) if flood and person else 0.0
        if pause > LONGEST_WAIT_BY_WEBHOOK:
            return pause
        await asyncio.sleep(pause)
        number = update.update_id
        begun = self._begun.get(number) or _Begun(UpdateProgress(), start)
        self._begun[number] = begun
        try:
            await self._worker.attempt(update, begun.progress, begun.tries)
        except Exception as error:  # noqa: BLE001 - whatever it is, Telegram keeps the update
            if rejects_token(error):
                if not self.failed.done():
                    self.failed.set_exception(ServingError(REVOKED_MESSAGE))
                return 1.0
            begun.tries += not isinstance(error, RetryAfter)
            if not self._worker.is_hopeless(update, begun.tries, begun.start):
                metrics.count_retry("update")
                told = short_reason(error)
                log.warning(
                    "not answered yet (%s); Telegram sends it again", told, **fields(update)
                )
                return seconds_before_retry(begun.tries, error)
            await self._worker.give_up(update, error, begun.progress)
        self._worker.finish(update, begun.progress, start)
        await self._worker.tell_of_flood(update)
        return None


async def _body(request: Request) -> bytes | None:
    """The body, or None if it is too large."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


def _object(body: bytes) -> dict[str, Any] | None:
    """The update in a body, as far as its number; None for rubbish."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    number = found.get("update_id")
    return found if type(number) is int and 0 <= number <= _BIGGEST_ID else None


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
    worker: Worker,
    stop: asyncio.Event,
    watchdog: Watchdog,
    drain: float,
) -> None:
    """Serve until `stop`, then finish what is at work within `drain` seconds."""
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
        asyncio.create_task(_beat(watchdog)),
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
                url,
                allowed_updates=ALLOWED_UPDATES,
                secret_token=secret,
                max_connections=CONNECTIONS,
            )
        except BadRequest as error:
            _fail(webhook, InputError(f"WEBHOOK_URL: Telegram refuses it ({error.message})"))
            return
        except TelegramError as error:
            if rejects_token(error):
                _fail(webhook, ServingError(REVOKED_MESSAGE))
                return
            pause = seconds_before_retry(tries, error)
            tries += 1
            log.warning("setWebhook failed (%s); again in %.1fs", short_reason(error), pause)
            await asyncio.sleep(pause)
        else:
            break
    webhook.ready = True
    sd_notify("READY=1")
    log.info("Telegram sends updates to %s", urlsplit(url).netloc)


def _fail(webhook: Webhook, error: Exception) -> None:
    if not webhook.failed.done():
        webhook.failed.set_exception(error)


async def _resume(client: Client, worker: Worker) -> None:
    """Finish what an earlier process that polled put into the store."""
    for body in worker.updates.deferred():
        with contextlib.suppress(UnreadableError):
            await worker.handle(parse(body, client))
        worker.updates.drop_deferred(body["update_id"])


async def _beat(watchdog: Watchdog) -> None:
    while True:
        watchdog.beat()
        await asyncio.sleep(_BEAT)
