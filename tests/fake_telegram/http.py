"""A small HTTP/1.1 server on h11. Unlike a web framework, it can break a connection."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

from .schema import Upload


@dataclass(frozen=True)
class Request:
    """A request with the raw parameters from its query string and body."""

    path: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Response:
    """An HTTP response; `drop` breaks the connection instead, `raw` is sent in place of HTTP."""

    body: bytes = b""
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    drop: bool = False
    raw: bytes | None = None


Handler = Callable[[Request], Awaitable[Response]]


async def serve(
    handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Serve one connection until it closes."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 16)
    try:
        while await _serve_one(connection, handler, reader, writer):
            pass
    except (ConnectionError, h11.RemoteProtocolError):
        pass
    finally:
        writer.close()


async def _serve_one(
    connection: h11.Connection,
    handler: Handler,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> bool:
    request: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(1 << 16))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            break
        else:
            return False
    assert request is not None
    try:
        parsed = _parse(request, bytes(body))
    except ValueError:
        response = Response(b'{"ok":false,"error_code":400,"description":"Bad Request"}', 400)
    else:
        response = await handler(parsed)
    if response.drop or response.raw is not None:
        await _break(writer, response)
        return False
    head = [
        ("content-type", response.content_type),
        ("content-length", str(len(response.body))),
        *response.headers,
    ]
    parts = (
        h11.Response(status_code=response.status, headers=head),
        h11.Data(data=response.body),
        h11.EndOfMessage(),
    )
    writer.write(b"".join(connection.send(part) or b"" for part in parts))
    await writer.drain()
    if connection.our_state is not h11.DONE:
        return False
    connection.start_next_cycle()
    return True


async def _break(writer: asyncio.StreamWriter, response: Response) -> None:
    if response.raw is None:
        writer.transport.abort()
    else:
        writer.write(response.raw)
        await writer.drain()


def _parse(request: h11.Request, body: bytes) -> Request:
    target = urlsplit(request.target.decode("ascii"))
    params: dict[str, Any] = dict(parse_qsl(target.query, keep_blank_values=True))
    kind = next((value for name, value in request.headers if name == b"content-type"), b"")
    if kind.startswith(b"application/json") and body:
        params |= json.loads(body)
    elif kind.startswith(b"application/x-www-form-urlencoded"):
        params |= parse_qsl(body.decode("utf-8"), keep_blank_values=True)
    elif kind.startswith(b"multipart/form-data"):
        params |= _multipart(kind, body)
    return Request(unquote(target.path), params)


def _multipart(content_type: bytes, body: bytes) -> dict[str, Any]:
    message = BytesParser(policy=HTTP).parsebytes(
        b"content-type: " + content_type + b"\r\n\r\n" + body
    )
    params: dict[str, Any] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        is_file = part.get_filename() is not None
        params[name] = Upload(content) if is_file else content.decode("utf-8")
    return params
