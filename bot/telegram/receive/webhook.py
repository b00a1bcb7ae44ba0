"""Receives updates by webhook: the web server, and its registration with Telegram."""

import asyncio
import contextlib
import hmac
import json
import logging
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from aiohttp import ClientError, web
from cachetools import TTLCache
from telegram.error import BadRequest

from bot.config import Settings
from bot.errors import InputError, ServingError, listen_error
from bot.telegram.receive.parsing import ALLOWED_UPDATES, update_id_of
from bot.telegram.receive.polling import CHECK_INTERVAL
from bot.telegram.receive.worker import Worker
from bot.telegram.send.client import Client
from bot.telegram.send.retries import until_it_works
from bot.watchdog import sd_notify

log = logging.getLogger(__name__)

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a name, not a secret
# Requests that Telegram may make at once, each for a different chat; this is Telegram's default.
_TELEGRAM_CONNECTIONS = 40
# Connections without a complete request; of more, the oldest is closed, so that those who send
# theirs at once, as Telegram does, are always served.
_MAX_CONNECTIONS = 200
_REQUEST_TIMEOUT = 15.0  # seconds for a whole request to arrive
_RETRY_AFTER = "5"  # seconds, while the inbox is full
_CONFIRM_TIMEOUT = 40.0  # seconds; Telegram hangs up after 60
_STOP_TIMEOUT = 5.0  # seconds for responses that are being sent
_COMPLAINT_INTERVAL = 60.0  # seconds between two log lines about requests that were refused
_Answer = tuple[int, str]  # a status and a few words


class Webhook:
    """Responds to requests; its owner sets `ready`."""

    def __init__(self, worker: Worker, *, url: str, secret: str) -> None:
        self._worker = worker
        self._secret = secret.encode()
        self._path = unquote(urlsplit(url).path) or "/"  # the server hands us decoded paths
        self._complaints: TTLCache[str, bool] = TTLCache(2, _COMPLAINT_INTERVAL)
        self.ready = False

    async def respond(self, request: web.BaseRequest) -> web.Response:
        """The response to a request; from then on, the connection is to send the next one."""
        connection = request.protocol
        assert isinstance(connection, _Connection)  # noqa: S101 - for mypy
        try:
            status, text = await self._route(request, connection)
        finally:
            connection.start_timer()
        headers = {"Server": "treaty-bot"}  # otherwise the versions of the libraries
        if status == 503:  # noqa: PLR2004
            headers["Retry-After"] = _RETRY_AFTER
        return web.Response(status=status, text=f"{text}\n", headers=headers)

    async def _route(self, request: web.BaseRequest, connection: "_Connection") -> _Answer:
        if request.method in {"GET", "HEAD"}:  # WEBHOOK_URL may have one of these paths
            if request.path == "/healthz":
                return 200, "alive"
            if request.path == "/readyz":
                return (200, "ready") if self.ready else (503, "not ready")
        if request.path != self._path:
            # A proxy that rewrites the path would otherwise lose all updates without a word.
            self._complain(
                "a request for another path than WEBHOOK_URL's was refused; if they come from"
                " Telegram, a proxy in front of the bot rewrites the path (%d bytes instead of %d)",
                len(request.path), len(self._path),
            )  # fmt: skip
            return 404, "not found"
        if request.method != "POST":
            return 405, "only POST"
        secret = request.headers.get(_SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(secret, self._secret):
            self._complain(
                "a request without the right secret was refused; if they come from Telegram,"
                " another process set the webhook, or a proxy drops the header"
            )
            return 403, "wrong secret"
        return await self._receive(request, connection)

    async def _receive(self, request: web.BaseRequest, connection: "_Connection") -> _Answer:
        try:
            body = await request.read()  # at most 1 MiB; the largest updates take a twentieth
        except web.HTTPRequestEntityTooLarge:
            return 413, "too large"
        except (ClientError, web.RequestPayloadError):
            return 400, "incomplete"
        connection.stop_timer()
        update = None
        with contextlib.suppress(ValueError, RecursionError):
            update = json.loads(body)
        if update_id_of(update) is None:
            return 400, "not an update"
        if self._worker.queues.has_room:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CONFIRM_TIMEOUT):
                    await self._worker.accept([update])
                return 200, "received"
        return 503, "try again later"

    def _complain(self, message: str, *values: object) -> None:
        if message not in self._complaints:
            self._complaints[message] = True
            log.warning(message, *values)


class _Connection(web.RequestHandler):
    """Closed if it is too slow in sending a request, or if too many others are, too."""

    _waiting: ClassVar[dict["_Connection", asyncio.TimerHandle]] = {}  # oldest first

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.start_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.stop_timer()
        super().connection_lost(exc)

    def start_timer(self) -> None:
        """Expect a whole request within `_REQUEST_TIMEOUT`."""
        self.stop_timer()
        if self.transport is None:  # closed already
            return
        self._waiting[self] = self._loop.call_later(_REQUEST_TIMEOUT, self.transport.abort)
        if len(self._waiting) > _MAX_CONNECTIONS:
            oldest = next(iter(self._waiting))
            oldest.stop_timer()
            if oldest.transport:
                oldest.transport.abort()

    def stop_timer(self) -> None:
        """Expect nothing: a request has arrived."""
        if timer := self._waiting.pop(self, None):
            timer.cancel()


async def serve_webhook(settings: Settings, client: Client, worker: Worker) -> None:
    """Serve until cancelled; raises `ServingError` or `InputError` if that becomes impossible."""
    url = settings.webhook_url or ""
    webhook = Webhook(worker, url=url, secret=settings.effective_webhook_secret)
    server, loop = web.Server(webhook.respond), asyncio.get_running_loop()
    connect = partial(_Connection, server, loop=loop, access_log=None)  # type: ignore[arg-type]
    listening = await loop.create_server(connect, sock=_listen(settings))
    register = partial(
        client.call,
        "setWebhook",
        url=url,
        allowed_updates=ALLOWED_UPDATES,
        secret_token=settings.effective_webhook_secret,
        max_connections=_TELEGRAM_CONNECTIONS,
    )
    try:
        await until_it_works(register, "setWebhook", BadRequest)
        webhook.ready = True
        sd_notify("READY=1")
        log.info("Telegram sends updates to %s", urlsplit(url).netloc)
        await _keep_set(client, url, register, settings.conflict_patience * CHECK_INTERVAL)
    except BadRequest as error:
        raise InputError(f"WEBHOOK_URL: Telegram refuses it ({error.message})") from None
    finally:
        webhook.ready = False
        listening.close()
        await server.shutdown(_STOP_TIMEOUT)


async def _keep_set(
    client: Client, url: str, register: Callable[[], Awaitable[object]], seconds: float
) -> None:
    """Look every so many seconds whether the webhook is ours, and set it again; until cancelled.

    If somebody removed it or set another one before the first look, there are two processes with
    this token, and this one is the newcomer: it yields with `ServingError`.
    """
    look = partial(client.call, "getWebhookInfo")
    is_newcomer = True
    while True:
        # The other process looks, too, and should find ours before we take it for established.
        await asyncio.sleep(3 * seconds if is_newcomer else seconds)
        info = await until_it_works(look, "getWebhookInfo")
        if info.get("url") == url:
            is_newcomer = False
        elif is_newcomer:
            raise ServingError(
                "another process polls with the same token, or has set a webhook of its own. Stop"
                " it, or get a separate token for this bot"
            )
        else:
            log.warning(
                "another process polls with this token, or has set a webhook of its own; setting"
                " ours again"
            )
            await until_it_works(register, "setWebhook", BadRequest)


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
