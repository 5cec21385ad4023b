"""A mock with small limits, and bytes to and from its socket."""

from __future__ import annotations

import socket
import time

from mockserver.faces.wire import Limits
from mockserver.mock import Mock

LIMITS = Limits(head=8192, headers=50, body=200_000, head_seconds=0.5, idle_seconds=0.5, connections=8)
HEAD = b"GET /api/server/about HTTP/1.1\r\nHost: localhost\r\n"


def talk(mock: Mock, *pieces: bytes, pause: float = 0.0, finish: bool = False) -> bytes:
    """Send pieces, read until the server closes or falls silent."""
    with socket.create_connection(("127.0.0.1", mock.server.port), timeout=3) as client:
        for piece in pieces:
            client.sendall(piece)
            time.sleep(pause)
        if finish:
            client.shutdown(socket.SHUT_WR)
        return read_all(client)


def read_all(client: socket.socket) -> bytes:
    received = b""
    client.settimeout(1.5)
    try:
        while piece := client.recv(65536):
            received += piece
    except (TimeoutError, ConnectionResetError):
        pass
    return received


def status(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer.split(b" ", 2)[1])
