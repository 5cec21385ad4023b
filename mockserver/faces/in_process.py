"""A socket that is none: what a client writes into it is answered by the core when the client begins to read.

So http.client and urllib3 keep all of their own behaviour (chunked bodies, cookies, retries), and nothing listens.
"""

from __future__ import annotations

import io
from typing import Any

from mockserver.core.app import App
from mockserver.core.effects import Wire
from mockserver.faces.broken import GARBAGE
from mockserver.faces.wire import (
    DisconnectedError,
    Limits,
    Reader,
    RequestError,
    encode,
    read_body,
    read_head,
    to_request,
)
from mockserver.protocol.http import Request, Response, detail


class CoreSocket:
    """As much of a socket as http.client needs."""

    def __init__(self, app: App) -> None:
        self._app, self._sent = app, bytearray()

    def sendall(self, data: bytes, flags: int = 0) -> None:
        """Take some of a request."""
        self._sent += data

    def makefile(self, mode: str, *_: object, **__: object) -> io.BufferedIOBase:
        """The answer to what was sent."""
        sent, self._sent = bytes(self._sent), bytearray()
        return io.BufferedReader(_Answer(self._app, sent))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _nothing

    def fileno(self) -> int:
        """No file."""
        return -1


class _Answer(io.RawIOBase):
    """Asks the core when the client begins to read: there a reset is expected, while a file is made it is not."""

    def __init__(self, app: App, sent: bytes) -> None:
        self._app, self._sent, self._found = app, sent, io.BytesIO()
        self._asked = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some more of the answer. Raises: OSError as faults want it."""
        if not self._asked:
            self._asked = True
            self._found = io.BytesIO(answer_bytes(self._app, self._sent))
        return self._found.readinto(buffer)


def _nothing(*_: object, **__: object) -> None:
    """settimeout, setsockopt, shutdown, close, ...: there is nothing to do."""


def answer_bytes(app: App, sent: bytes) -> bytes:
    """The bytes of the answer to the bytes of a request. Raises: OSError as faults want it."""
    buffer = io.BytesIO(sent)
    try:
        reader = Reader(buffer.read)
        head = read_head(reader, Limits())
        if head is None:
            return b""
        body = read_body(reader, head, Limits(), _nothing)
        request = to_request(head, body)
    except DisconnectedError:
        return b""
    except RequestError as error:
        return encode(detail(error.status, error.text).response(), close=True)
    response = app.handle(request)
    data = encode(response, head.method == "HEAD")
    return data if response.wire is None else broken_bytes(data, response.wire)


def answer(app: App, request: Request) -> Response:
    """The answer for a transport that speaks in messages. Raises: OSError as faults want it."""
    response = app.handle(request)
    if response.wire is not None:
        body = broken_bytes(response.body, response.wire)
        return Response(response.status, [("Content-Length", str(len(response.body))), *response.headers], body)
    return response


def broken_bytes(data: bytes, wire: Wire) -> bytes:
    """What arrives of an answer. Raises: ConnectionResetError, TimeoutError."""
    if wire.kind in ("reset", "drop"):
        raise ConnectionResetError(104, "connection reset by a fault on order")
    if wire.kind == "hang":
        raise TimeoutError("no answer, by a fault on order")
    if wire.kind == "dribble":
        return data
    start = data.find(b"\r\n\r\n") + 4 if wire.kind == "break" and data.startswith(b"HTTP/") else 0
    return data[: start + wire.at] + (GARBAGE if wire.kind == "garbage" else b"")
