"""Answers that go wrong on the socket, on order of a fault."""

from __future__ import annotations

import contextlib
import socket
import struct
import time

from mockserver.core.effects import Wire
from mockserver.faces.wire import encode
from mockserver.protocol.http import Response

GARBAGE = b"\x00\xff\x16\x03 not http at all \r\n\x80"


def misbehave(client: socket.socket, response: Response, wire: Wire) -> bool:
    """Send an answer as the fault wants it; False, because the connection is over then."""
    data = encode(response, close=True)
    with contextlib.suppress(OSError):
        client.settimeout(30)
        if wire.kind == "hang":
            _sleep(client, wire.seconds)
        elif wire.kind == "dribble":
            _dribble(client, data, wire.seconds)
        elif wire.kind == "break":
            client.sendall(data[: len(data) - len(response.body) + wire.at])
        elif wire.kind != "drop":
            client.sendall(data[: wire.at] + (GARBAGE if wire.kind == "garbage" else b""))
        if wire.kind == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _sleep(client: socket.socket, seconds: float) -> None:
    """Wait, but no longer than the client does."""
    client.settimeout(max(seconds, 0.001))
    with contextlib.suppress(TimeoutError):
        client.recv(1)


def _dribble(client: socket.socket, data: bytes, seconds: float) -> None:
    for offset in range(len(data)):
        client.sendall(data[offset : offset + 1])
        time.sleep(seconds)
