"""The Bot API client and its HTTP transport; no error message or `repr` shows the token."""

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

# Causes of errors that mean no connection was made, so nothing was sent.
NOT_SENT_ERRORS = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_KEEPALIVE = 5.0  # seconds; any later, the server might hang up just as we send
_JSON = {"Content-Type": "application/json"}  # much faster to encode than a form


class AiohttpRequest(BaseRequest):
    """HTTP via aiohttp; `timeout`, in seconds, applies to connecting and to reading."""

    def __init__(self, connections: int, timeout: float) -> None:
        self._connections = connections
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds without data after which a call fails."""
        return self._timeout

    async def initialize(self) -> None:
        """Open the session; nothing is sent yet."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections, keepalive_timeout=_KEEPALIVE, ssl=_certificates()
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=bool(urllib.request.getproxies()),  # costs a lookup per call
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
        """Make one call and return its status and body; may raise `NetworkError` or `TimedOut`."""
        if self._session is None:
            raise RuntimeError("the client is not initialised")
        if read_timeout is BaseRequest.DEFAULT_NONE:
            read_timeout = self._timeout
        timeout = aiohttp.ClientTimeout(connect=self._timeout, sock_read=read_timeout)
        body, headers = _body(request_data)
        target = URL(url, encoded=True)
        try:
            async with self._session.request(
                method, target, data=body, headers=headers, timeout=timeout
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # Only the type: the text may contain the URL, and with it the token.
            raise NetworkError(type(error).__name__) from error


@cache
def _certificates() -> ssl.SSLContext:
    """CA certificates from httpx, since not every system has them; cached to save memory."""
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


_TIMEOUT = 20.0  # seconds; long, because after a timeout the call may or may not have succeeded
# Concurrent calls. Enough for 30 messages a second when each takes a quarter of a second; every
# additional connection makes each call slower.
CONNECTIONS = 8
ALLOWED_UPDATES = [
    "message", "edited_message", "callback_query", "inline_query", "my_chat_member",
    "guest_message",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentMessage:
    """The ids of a message that the bot sent."""

    chat_id: int
    message_id: int


class Client(ExtBot[None]):
    """The library's bot, with a `repr` that omits the token and methods that skip its objects."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Client[{self.token.partition(':')[0]}]"

    async def get_updates_raw(
        self, offset: int | None, *, seconds: int, limit: int
    ) -> list[dict[str, Any]]:
        """Get updates from `offset` on as JSON objects, waiting up to `seconds` for the first.

        Unparsed, because one update that the library cannot parse would fail the whole batch.
        """
        data = {
            "offset": offset,
            "limit": limit,
            "timeout": seconds,
            "allowed_updates": ALLOWED_UPDATES,
        }
        found = await self._post("getUpdates", data, read_timeout=_TIMEOUT + seconds)
        return [item for item in found if isinstance(item, dict)] if found else []

    async def send_message_raw(self, data: dict[str, Any]) -> SentMessage:
        """Call sendMessage with the Bot API's own parameters, omitting those that are None.

        Creating and parsing the library's objects would take as long as the call itself.
        """
        message = await self._post("sendMessage", data)
        return SentMessage(message["chat"]["id"], message["message_id"])


def make_client(
    settings: Settings, limiter: BaseRateLimiter[None], defaults: Defaults | None = None
) -> Client:
    """Create the client; the settings must contain a token. Nothing is sent yet."""
    token = settings.telegram_bot_token
    assert token is not None  # noqa: S101 - checked by `run`
    return Client(
        token.reveal(),
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=AiohttpRequest(CONNECTIONS, _TIMEOUT),
        get_updates_request=AiohttpRequest(2, _TIMEOUT),
        defaults=defaults,
        rate_limiter=limiter,
    )
