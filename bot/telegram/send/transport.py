"""HTTP via aiohttp; no error message or `repr` shows the URL, which has the token in it."""

import json
import ssl
from collections.abc import Callable
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import certifi
from telegram.error import NetworkError, TimedOut
from yarl import URL

_KEEPALIVE = 5.0  # seconds; any later, the server might hang up just as we send
_MAX_BODY = 16 << 20  # bytes; a hundred of the largest updates take a few million


class Http:
    """Makes requests; `timeout`, in seconds, applies to connecting and to reading."""

    def __init__(self, timeout: float, proxy: str | None = None) -> None:
        self._timeout = timeout
        self._proxy = proxy
        self.server_date: str | None = None  # the Date header of the last response

    @cached_property
    def _session(self) -> aiohttp.ClientSession:
        """Opened by the first request, since only an event loop can."""
        connector: Callable[..., aiohttp.TCPConnector] = aiohttp.TCPConnector
        proxy = self._proxy
        if proxy and proxy.startswith("socks"):
            from aiohttp_socks import ProxyConnector  # noqa: PLC0415 - few need it

            connector, proxy = partial(ProxyConnector.from_url, proxy), None
        return aiohttp.ClientSession(
            connector=connector(keepalive_timeout=_KEEPALIVE, ssl=_certificates()),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=proxy,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def fetch(
        self, method: str, url: str, data: dict[str, Any] | None = None, wait: float = 0.0
    ) -> tuple[int, bytes]:
        """Make one request, and return the status and the body, which is cut off if it is huge.

        `data` is sent as JSON, or as a form if it has a file. The server may take `wait` seconds
        more than the timeout. Redirects are not followed: they could lead people's words anywhere.
        """
        seconds = self._timeout + wait
        timeout = aiohttp.ClientTimeout(
            total=seconds + 2 * self._timeout, connect=self._timeout, sock_read=seconds
        )
        has_file = data is not None and any(isinstance(value, bytes) for value in data.values())
        content = bytearray()
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                **{"data": _form(data)} if data and has_file else {"json": data},
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


def _form(data: dict[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in data.items():
        if isinstance(value, bytes):
            form.add_field(name, value, filename="picture.png", content_type="image/png")
        else:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    return form
