"""The bot's line to Telegram: discreet about its token, patient with a slow server."""

import json
import ssl
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Any

import aiohttp
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.ext import BaseRateLimiter, Defaults, ExtBot
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.config import Settings

# Failures of a call that never left: no connection was made.
NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_IDLE = 5.0  # seconds; a server hangs up on its own some time later, perhaps while we write
_JSON = {"Content-Type": "application/json"}  # to encode a form in Python takes far longer


class AiohttpRequest(BaseRequest):
    """At most `connections` calls at once; `timeout` is in seconds, for connecting and reading."""

    def __init__(self, connections: int, timeout: float) -> None:
        self._connections = connections
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds without a byte of the answer after which a call counts as failed."""
        return self._timeout

    async def initialize(self) -> None:
        """Open it; nothing is sent yet."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=_IDLE, ssl=_certificates()
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=bool(urllib.request.getproxies()),  # looked up anew for every call
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(  # noqa: PLR0913, PLR0917 - see BaseRequest
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401, ARG002
    ) -> tuple[int, bytes]:
        """One call: status and body; `NetworkError` or `TimedOut` with the cause."""
        if self._session is None:
            raise RuntimeError("the line is not open")
        if read_timeout is BaseRequest.DEFAULT_NONE:
            read_timeout = self._timeout
        timeout = aiohttp.ClientTimeout(connect=self._timeout, sock_read=read_timeout)
        body, headers = _body(request_data)
        where = URL(url, encoded=True)
        try:
            async with self._session.request(
                method, where, data=body, headers=headers, timeout=timeout
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # Only its kind: the text may hold the address, and that the token.
            raise NetworkError(type(error).__name__) from error


@cache
def _certificates() -> ssl.SSLContext:
    """Those that httpx brings along: not every system has its own in place. 0.8 MiB, so once."""
    return httpx.create_ssl_context()


def _body(data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if data is None:
        return None, {}
    files = data.multipart_data
    if not files:
        return json.dumps(data.parameters).encode(), _JSON
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in files.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {}


_TIMEOUT = 20.0  # seconds for one call; cut short, nobody knows whether it was done
# Calls at once; more wait for their turn. Enough for 30 messages a second when each takes a
# quarter of a second to be answered; every connection more costs time with each call.
CONNECTIONS = 8
ALLOWED_UPDATES = [
    "message", "edited_message", "callback_query", "inline_query", "my_chat_member",
    "guest_message",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of ours: the number of its chat, and its own."""

    chat_id: int
    message_id: int


class Client(ExtBot[None]):
    """As the library's bot, but its `repr` tells no secret, and two methods go past its objects."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Client[{self.token.partition(':')[0]}]"

    async def raw_updates(
        self, offset: int | None, *, seconds: int, limit: int
    ) -> list[dict[str, Any]]:
        """Updates from `offset` on as JSON objects, waiting `seconds` at most for the first.

        Unparsed, because the library refuses a whole batch for one update that it cannot read.
        """
        data = {
            "offset": offset,
            "limit": limit,
            "timeout": seconds,
            "allowed_updates": ALLOWED_UPDATES,
        }
        found = await self._post("getUpdates", data, read_timeout=_TIMEOUT + seconds)
        return [item for item in found if isinstance(item, dict)] if found else []

    async def send_raw(self, data: dict[str, Any]) -> SentMessage:
        """Call sendMessage with the Bot API's own parameters; those that are None are left out.

        Unparsed, because to make and to read the library's objects takes as long as the call.
        """
        message = await self._post("sendMessage", data)
        return SentMessage(message["chat"]["id"], message["message_id"])


def make_client(
    settings: Settings, limiter: BaseRateLimiter[None], defaults: Defaults | None = None
) -> Client:
    """The client for these settings; nothing is sent yet. The token must be set."""
    token = settings.telegram_bot_token
    assert token is not None  # noqa: S101 - `run` has checked it
    return Client(
        token.reveal(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=AiohttpRequest(CONNECTIONS, _TIMEOUT),
        get_updates_request=AiohttpRequest(2, _TIMEOUT),
        defaults=defaults,
        rate_limiter=limiter,
    )
