"""Receives updates by webhook: the web server, and its registration with Telegram."""

import asyncio
import contextlib
import hmac
import json
import logging
import math
import socket
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import uvicorn
from cachetools import TTLCache
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from telegram.error import BadRequest, TelegramError
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.config import Settings
from bot.errors import REVOKED_MESSAGE, InputError, ServingError, listen_error
from bot.telegram.logs import webhook_secret
from bot.telegram.receive.parsing import update_id_of
from bot.telegram.receive.worker import Worker
from bot.telegram.send.client import ALLOWED_UPDATES, Client
from bot.telegram.send.retries import rejects_token, seconds_before_retry, short_reason
from bot.telegram.watchdog import Watchdog, sd_notify, sleep_with_heartbeats

log = logging.getLogger(__name__)

_MAX_BODY = 1 << 20  # bytes; the largest updates take tens of thousands
_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a name, not a secret
# Requests that Telegram may make at once, each for a different chat; this is Telegram's default.
_TELEGRAM_CONNECTIONS = 40
# Connections without a complete request; of more, the oldest is closed, so that those who send
# theirs at once, as Telegram does, are always served.
_MAX_WAITING = 200
_REQUEST_TIMEOUT = 15.0  # seconds for a whole request to arrive
_RETRY_AFTER = "5"  # seconds, while the inbox is full
_CONFIRM_TIMEOUT = 40.0  # seconds; Telegram hangs up after 60
_STOP_TIMEOUT = 5  # seconds for responses that are being sent
_COMPLAINT_INTERVAL = 60.0  # seconds between two log lines about requests that were refused


class Webhook:
    """The ASGI application; its owner sets `ready`."""

    def __init__(self, worker: Worker, *, url: str, secret: str) -> None:
        self._worker = worker
        self._secret = secret.encode()
        self._complaints: TTLCache[str, bool] = TTLCache(2, _COMPLAINT_INTERVAL)
        self.ready = False
        self._path = unquote(urlsplit(url).path) or "/"  # the server hands us decoded paths
        self.app = Starlette(
            routes=[
                Route("/healthz", self._health),
                Route("/readyz", self._readiness),
                Route(self._path, self._receive, methods=["POST"]),
            ],
            exception_handlers={404: self._not_found},
        )

    async def _health(self, _: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def _readiness(self, _: Request) -> Response:
        return PlainTextResponse("ready\n") if self.ready else PlainTextResponse("not ready\n", 503)

    async def _not_found(self, request: Request, _: Exception) -> Response:
        # A proxy that rewrites the path would otherwise lose all updates without a word.
        self._complain(
            "a request for another path than WEBHOOK_URL's was refused; if they come from"
            " Telegram, a proxy in front of the bot rewrites the path (%d bytes instead of %d)",
            len(request.url.path),
            len(self._path),
        )
        return PlainTextResponse("not found\n", 404)

    async def _receive(self, request: Request) -> Response:
        secret = request.headers.get(_SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(secret, self._secret):
            self._complain(
                "a request without the right secret was refused; if they come from Telegram,"
                " another process set the webhook, or a proxy drops the header"
            )
            return PlainTextResponse("wrong secret\n", 403)
        body = await _read_body(request)
        if body is None:
            return PlainTextResponse("too large\n", 413)
        found = None
        with contextlib.suppress(ValueError, RecursionError):
            found = json.loads(body)
        if update_id_of(found) is None:
            return PlainTextResponse("not an update\n", 400)
        if self._worker.has_room:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CONFIRM_TIMEOUT):
                    await self._worker.accept([found])
                return PlainTextResponse("received\n")
        return PlainTextResponse("try again later\n", 503, {"Retry-After": _RETRY_AFTER})

    def _complain(self, message: str, *values: object) -> None:
        if message not in self._complaints:
            self._complaints[message] = True
            log.warning(message, *values)


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


class _Protocol(H11Protocol):
    """Closes connections that are too slow in sending their request, or too many of those."""

    _waiting: ClassVar[dict["_Protocol", asyncio.TimerHandle]] = {}  # oldest first

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does this only for sockets whose protocol is set, which `create_server` leaves
        # out. Without it, every response waits 40 ms for the client to acknowledge its header.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle and not self.cycle.more_body:
            self._stop_timer()  # the request is complete

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._start_timer()

    def _start_timer(self) -> None:
        self._stop_timer()
        self._waiting[self] = self.loop.call_later(_REQUEST_TIMEOUT, self.transport.abort)
        if len(self._waiting) > _MAX_WAITING:
            oldest = next(iter(self._waiting))
            oldest._stop_timer()  # noqa: SLF001 - one of us
            oldest.transport.abort()

    def _stop_timer(self) -> None:
        if timer := self._waiting.pop(self, None):
            timer.cancel()


async def serve_webhook(
    settings: Settings, client: Client, worker: Worker, watchdog: Watchdog
) -> None:
    """Serve until cancelled; raises `ServingError` or `InputError` if that becomes impossible."""
    webhook = Webhook(worker, url=settings.webhook_url or "", secret=webhook_secret(settings))
    config = uvicorn.Config(
        webhook.app,
        http=_Protocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=_STOP_TIMEOUT,
    )
    server = uvicorn.Server(config)
    # `run` handles signals; the library would raise them again after shutting down.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    listening = _listen(settings)

    async def serve() -> None:
        await server.serve(sockets=[listening])
        raise ServingError("the web server stopped unexpectedly; see the log above")

    loop = asyncio.get_running_loop()
    serving = loop.create_task(serve())
    others = [
        loop.create_task(_register(webhook, client, settings)),
        loop.create_task(sleep_with_heartbeats(math.inf, watchdog.heartbeat)),
    ]
    try:
        done, _ = await asyncio.wait([serving, *others], return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        webhook.ready = False
        for task in others:
            task.cancel()
        server.should_exit = True
        await asyncio.gather(serving, *others, return_exceptions=True)
        listening.close()


def _listen(settings: Settings) -> socket.socket:
    host, port = settings.webhook_listen, settings.webhook_port
    is_ipv6 = ":" in host
    try:
        return socket.create_server(
            (host, port),
            family=socket.AF_INET6 if is_ipv6 else socket.AF_INET,
            backlog=512,
            # "::" means every address, also those of IPv4: the health check uses 127.0.0.1.
            dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6(),
        )
    except OSError as error:
        raise listen_error("WEBHOOK", host, port, error) from None


async def _register(webhook: Webhook, client: Client, settings: Settings) -> None:
    """Set the webhook, retrying for as long as it takes, unless Telegram refuses it."""
    url = settings.webhook_url or ""
    tries = 0
    while True:
        try:
            await client.set_webhook(
                url,
                allowed_updates=ALLOWED_UPDATES,
                secret_token=webhook_secret(settings),
                max_connections=_TELEGRAM_CONNECTIONS,
            )
        except BadRequest as error:
            raise InputError(f"WEBHOOK_URL: Telegram refuses it ({error.message})") from None
        except TelegramError as error:
            if rejects_token(error):
                raise ServingError(REVOKED_MESSAGE) from None
            pause = seconds_before_retry(tries, error)
            tries += 1
            log.warning("setWebhook failed (%s); retrying in %.1fs", short_reason(error), pause)
            await asyncio.sleep(pause)
        else:
            break
    webhook.ready = True
    sd_notify("READY=1")
    log.info("Telegram sends updates to %s", urlsplit(url).netloc)
