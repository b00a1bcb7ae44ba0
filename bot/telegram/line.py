"""The HTTP line to Telegram, on aiohttp: a call costs a fifth of what it costs on httpx."""

from __future__ import annotations

import json
import ssl
import urllib.request
from functools import cache
from typing import Any

import aiohttp
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

# Failures of a call that never left: no connection was made.
NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
)
_IDLE = 5.0  # seconds; a server hangs up on its own some time later, perhaps while we write
_JSON = {"Content-Type": "application/json"}  # to encode a form in Python takes far longer


class Line(BaseRequest):
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
