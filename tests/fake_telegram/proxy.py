"""A proxy on loopback: HTTP and SOCKS5, without passwords."""

import select
import socket
import socketserver
import threading
from typing import Self
from urllib.parse import urlsplit

_SOCKS5 = 5


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Proxy)
        client: socket.socket = self.request
        first = client.recv(1, socket.MSG_PEEK)
        if not first:
            return
        kind = "socks5" if first[0] == _SOCKS5 else "http"
        address = _socks_target(client) if kind == "socks5" else _http_target(client)
        self.server.used.append(kind)
        with socket.create_connection(address) as server:
            ends = {client: server, server: client}
            while True:
                readable, _, _ = select.select(list(ends), [], [])
                for end in readable:
                    data = end.recv(1 << 16)
                    if not data:
                        return
                    ends[end].sendall(data)


def _socks_target(client: socket.socket) -> tuple[str, int]:
    _, methods = client.recv(2)
    client.recv(methods)
    client.sendall(b"\5\0")
    _, _, _, kind = client.recv(4)
    length = 4 if kind == 1 else client.recv(1)[0]
    host, port = client.recv(length), client.recv(2)
    client.sendall(b"\5\0\0\1" + bytes(6))
    name = socket.inet_ntoa(host) if kind == 1 else host.decode()
    return name, int.from_bytes(port)


def _http_target(client: socket.socket) -> tuple[str, int]:
    """The target of the first request, which stays unread: it is passed on as it is."""
    url = urlsplit(client.recv(1 << 16, socket.MSG_PEEK).split()[1].decode())
    return url.hostname or "", url.port or 80


class Proxy(socketserver.ThreadingTCPServer):
    """A context manager. `used` has "http" or "socks5" for each connection."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.used: list[str] = []
        self._thread = threading.Thread(target=self.serve_forever, name="proxy")

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
