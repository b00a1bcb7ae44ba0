"""The web server for Telegram's requests: slow clients, odd paths and addresses."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from bot.config import Secret, Settings
from bot.telegram.receive import webhook
from bot.telegram.receive.queues import ChatQueues
from bot.telegram.receive.webhook import serve_webhook
from bot.telegram.receive.worker import Worker
from bot.telegram.send.client import Client
from tests.telegram.processes import free_port

pytestmark = pytest.mark.anyio
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": "secret"}
HALF_HEADER = b"POST /updates HTTP/1.1\r\nHost: x\r\nX-Telegram"
HALF_BODY = HALF_HEADER + b"-Bot-Api-Secret-Token: secret\r\nContent-Length: 100\r\n\r\n{"

Serve = Callable[..., AbstractAsyncContextManager[tuple[int, list[object]]]]


@pytest.fixture
def serve() -> Serve:
    """Serve a webhook in this process, with a worker that only collects what it accepts."""

    @asynccontextmanager
    async def run(path: str = "/updates", host: str = "127.0.0.1") -> AsyncIterator[Any]:
        port, accepted = free_port(), list[object]()
        ready = asyncio.Event()

        async def accept(bodies: Iterable[object]) -> None:
            accepted.extend(bodies)

        async def call(method: str, **_: object) -> None:
            assert method == "setWebhook"
            ready.set()

        settings = Settings(
            webhook_url=f"http://127.0.0.1:{port}{path}",
            webhook_secret=Secret("secret"),
            webhook_port=port,
            webhook_listen=host,
        )
        serving = asyncio.create_task(
            serve_webhook(
                settings,
                cast(Client, SimpleNamespace(call=call)),
                cast(Worker, SimpleNamespace(queues=ChatQueues(), accept=accept)),
            )
        )
        await ready.wait()
        yield port, accepted
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    return run


async def half_sent(port: int, request: bytes) -> asyncio.StreamReader:
    """Begin a request; return the stream of the response."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    reader.__dict__["writer"] = writer  # keeps the connection open as long as the reader is
    return reader


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Wait until the server closes a connection; False if it answers instead."""
    try:
        return await reader.read(1) == b""
    except ConnectionResetError:
        return True
    finally:
        reader.__dict__["writer"].close()


async def post(port: int, path: str = "/updates", number: int = 1, **more: Any) -> int:  # noqa: ANN401
    """Post an update; return the status."""
    options: dict[str, Any] = {"json": {"update_id": number}, "headers": HEADERS} | more
    async with httpx.AsyncClient() as client:
        return (await client.post(f"http://127.0.0.1:{port}{path}", **options)).status_code


@pytest.mark.parametrize("request_", [b"", HALF_HEADER, HALF_BODY])
async def test_a_request_that_does_not_come_to_its_end_is_closed(
    serve: Serve, request_: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it stops before, within or after the header, or is a connection without one."""
    monkeypatch.setattr(webhook, "_REQUEST_TIMEOUT", 0.1)
    async with serve() as (port, accepted):
        assert await is_closed(await half_sent(port, request_))
        assert await post(port) == 200
        assert accepted == [{"update_id": 1}]


async def test_of_too_many_half_sent_requests_the_oldest_are_closed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends a whole request is served all the same."""
    monkeypatch.setattr(webhook, "_MAX_CONNECTIONS", 5)
    async with serve() as (port, accepted):
        readers = []
        for number in range(12):
            readers.append(await half_sent(port, (HALF_HEADER, HALF_BODY)[number % 2]))
            assert await post(port, number=number) == 200
        assert all([await is_closed(reader) for reader in readers[:6]])
        assert len(accepted) == 12
        for reader in readers[6:]:
            reader.__dict__["writer"].close()


@pytest.mark.parametrize("path", ["/ge%20heim", "/a%2Fb/c", "/%C3%BC?x=1", "/a+b~c", ""])
async def test_every_path_of_a_url_is_served_as_it_is_written(serve: Serve, path: str) -> None:
    """Percent-encoded characters are taken for what they mean."""
    async with serve(path) as (port, accepted):
        assert await post(port, path) == 200
        assert accepted == [{"update_id": 1}]


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs IPv6")
async def test_all_addresses_include_those_of_ipv4(serve: Serve) -> None:
    """With WEBHOOK_LISTEN=:: the health check, which uses 127.0.0.1, finds the server."""
    async with serve(host="::") as (port, _), httpx.AsyncClient() as client:
        for host in ("127.0.0.1", "[::1]"):
            assert (await client.get(f"http://{host}:{port}/healthz")).status_code == 200


async def test_refused_requests_are_logged_once_a_minute(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """A rewritten path and a missing secret leave a line each, without the path or the secret."""
    async with serve() as (port, _):
        for _ in range(3):
            assert await post(port, "/rewritten/zebra") == 404
        for _ in range(3):
            assert await post(port, headers={}) == 403
        lines = [record.getMessage() for record in caplog.records]
        assert [text for text in lines if "another path than WEBHOOK_URL" in text]
        assert [text for text in lines if "without the right secret" in text]
        assert len(lines) == 2
        assert "zebra" not in caplog.text
