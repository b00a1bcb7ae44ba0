"""The Bot API client and its HTTP transport; no error message or `repr` shows the token."""

import json
import ssl
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import certifi
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.config import Settings
from bot.telegram.send.responses import UnknownResponseError, read_response
from bot.telegram.send.sender import Sender

_KEEPALIVE = 5.0  # seconds; any later, the server might hang up just as we send
_JSON = {"Content-Type": "application/json"}  # much faster to encode than a form
_MAX_BODY = 16 << 20  # bytes; a hundred of the largest updates take a few million


class _Answer(bytes):
    """An answer of the Bot API, already parsed, so that the library need not parse it again."""

    content: dict[str, Any]


class AiohttpRequest(BaseRequest):
    """HTTP via aiohttp; `timeout`, in seconds, applies to connecting and to reading.

    `proxy` is a URL such as `Settings.proxy_for` returns; nothing else decides about proxies.
    """

    def __init__(self, timeout: float, proxy: str | None = None) -> None:
        self._timeout = timeout
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None
        self.server_date: str | None = None  # the Date header of the last response

    @property
    def read_timeout(self) -> float:
        """Seconds without data after which a call fails."""
        return self._timeout

    async def initialize(self) -> None:
        """Open the session; nothing is sent yet."""
        if self._session is not None:
            return
        connector: Callable[..., aiohttp.TCPConnector] = aiohttp.TCPConnector
        proxy = self._proxy
        if proxy and proxy.startswith("socks"):
            from aiohttp_socks import ProxyConnector  # noqa: PLC0415 - few need it

            connector, proxy = partial(ProxyConnector.from_url, proxy), None
        self._session = aiohttp.ClientSession(
            connector=connector(keepalive_timeout=_KEEPALIVE, ssl=_certificates()),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
            proxy=proxy,
        )

    async def shutdown(self) -> None:
        """Close all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ANN401
        *_: Any,  # noqa: ANN401 - other timeouts, see BaseRequest
        **__: Any,  # noqa: ANN401
    ) -> tuple[int, bytes]:
        """The status and the answer of the Bot API; raises `NetworkError` if there is none."""
        if read_timeout is BaseRequest.DEFAULT_NONE:
            read_timeout = self._timeout
        body, headers = _body(request_data)
        status, content = await self.fetch(method, url, body, headers, read_timeout)
        if len(content) > _MAX_BODY:
            raise UnknownResponseError(f"HTTP {status}, too large")
        answer = _Answer()
        status, answer.content = read_response(url.rpartition("/")[2], status, content)
        return status, answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The JSON object of what `do_request` returned."""
        assert isinstance(payload, _Answer)  # noqa: S101 - for mypy
        return payload.content

    async def fetch(
        self,
        method: str,
        url: str,
        body: bytes | aiohttp.FormData | None = None,
        headers: dict[str, str] | None = None,
        read_timeout: float | None = None,
    ) -> tuple[int, bytes]:
        """Make one request, and return the status and the body, which is cut off if it is huge.

        Redirects are not followed: they could lead people's words anywhere.
        """
        if self._session is None:
            raise RuntimeError("the client is not initialised")
        read_timeout = read_timeout or self._timeout
        timeout = aiohttp.ClientTimeout(
            total=read_timeout + 2 * self._timeout, connect=self._timeout, sock_read=read_timeout
        )
        content = bytearray()
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                self.server_date = response.headers.get("Date")
                async for chunk in response.content.iter_any():
                    content += chunk
                    if len(content) > _MAX_BODY:
                        break
                return response.status, bytes(content)
        except TimeoutError as error:
            raise TimedOut(self._blame_proxy("Timed out")) from error
        except Exception as error:
            # Only the type: the text may contain the URL, and with it the token.
            raise NetworkError(self._blame_proxy(type(error).__name__)) from error

    def _blame_proxy(self, reason: str) -> str:
        """A reason for the log, with the address of the proxy if there is one."""
        address = urlsplit(self._proxy or "").netloc.rpartition("@")[2]  # without the password
        return f"{reason}, through the proxy {address}" if address else reason


@cache
def _certificates() -> ssl.SSLContext | bool:
    """Which CA certificates to trust: True for the system's; Mozilla's if it has none."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())):
        return True
    return ssl.create_default_context(cafile=certifi.where())


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
ALLOWED_UPDATES = [
    "message", "edited_message", "callback_query", "inline_query", "my_chat_member",
    "guest_message",
]  # fmt: skip


_WITHOUT_PREVIEW = frozenset({"sendMessage", "editMessageText"})


class Client(Bot):
    """The library's bot, with a `repr` that omits the token and methods that skip its objects.

    All calls but getUpdates go through `sender`, if there is one.
    """

    __slots__ = ("_sender",)

    def __init__(self, token: str, sender: Sender | None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(token, **options)
        self._sender = sender

    def __repr__(self) -> str:
        return f"Client[{self.token.partition(':')[0]}]"

    async def get_updates_raw(
        self, offset: int | None, *, seconds: int, limit: int
    ) -> list[dict[str, Any]]:
        """Get updates from `offset` on as JSON objects, waiting up to `seconds` for the first.

        Unparsed, because one update that the library cannot parse would fail the whole batch.
        """
        data: dict[str, Any] = {"offset": offset, "limit": limit, "timeout": seconds}
        data["allowed_updates"] = ALLOWED_UPDATES
        found: list[dict[str, Any]]
        found = await self._post("getUpdates", data, read_timeout=_TIMEOUT + seconds)
        return found

    async def call(self, method: str, **parameters: Any) -> Any:  # noqa: ANN401
        """The result of a call with the Bot API's own parameters, without those that are None.

        Creating and parsing the library's objects would take as long as the call itself.
        """
        return await self._post(method, parameters)

    async def _do_post(self, endpoint: str, data: dict[str, Any], **timeouts: Any) -> Any:  # noqa: ANN401
        """Where the library makes every call; its own rate limiters begin here, too."""
        if endpoint in _WITHOUT_PREVIEW:
            data.setdefault("link_preview_options", {"is_disabled": True})
        post = partial(super()._do_post, endpoint, data, **timeouts)
        if self._sender is None or endpoint == "getUpdates":
            return await post()
        return await self._sender.call(post, endpoint, data)


def make_client(
    settings: Settings, sender: Sender | None = None, timeout: float = _TIMEOUT
) -> Client:
    """Create the client; the settings must contain a token. Nothing is sent yet."""
    token = settings.telegram_bot_token
    assert token is not None  # noqa: S101 - checked by `run` and `doctor`
    proxy = settings.proxy_for(settings.telegram_api_url)
    server = URL(settings.telegram_api_url)  # writes names in other scripts as DNS has them
    return Client(
        token.reveal(),
        sender,
        base_url=f"{str(server).rstrip('/')}/bot",
        request=AiohttpRequest(timeout, proxy),
        get_updates_request=AiohttpRequest(timeout, proxy),
    )
