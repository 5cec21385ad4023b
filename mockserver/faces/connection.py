"""One client's connection: its requests answered one after the other, at the pace that it may be held to.

    Connection(app, client, Limits(), ("localhost",)).run()

A client that has begun a request has to go on with it: `head_seconds` for the head, for a body `idle_seconds` and
then `bytes_per_second`. `use` says how well a connection is used, for the server that has to close one.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass

from mockserver.core.app import App
from mockserver.faces.broken import misbehave
from mockserver.faces.wire import (
    DisconnectedError,
    Head,
    Limits,
    Reader,
    RequestError,
    encode,
    read_body,
    read_head,
    to_request,
)
from mockserver.protocol.http import detail

_SETTLED = 0.5


@dataclass(slots=True)
class Pace:
    """How fast bytes have to come: `seconds` from `begun` on, and more time for what has come in."""

    begun: float
    seconds: float
    bytes_per_second: float = float("inf")
    received: int = 0

    def left(self) -> float:
        """Seconds until the client has been too slow."""
        return self.begun + self.seconds + self.received / self.bytes_per_second - time.monotonic()

    def rate(self) -> float | None:
        """Bytes per second so far; None in the first moment, which says nothing."""
        age = time.monotonic() - self.begun
        return self.received / age if age > _SETTLED else None


class Connection:
    """One client's connection, served to its end."""

    def __init__(self, app: App, client: socket.socket, limits: Limits, hosts: tuple[str, ...]) -> None:
        self.app, self.client, self.limits, self.allowed = app, client, limits, hosts
        self.reader = Reader(self._recv)
        self.pace: Pace | None = None
        """Of what is awaited from the client; None while it is the client who waits."""
        self.sent_away = False

    def use(self) -> float | None:
        """Bytes per second of what is awaited, None while nothing is or too little is known."""
        pace = self.pace
        return pace.rate() if pace and not self.sent_away else None

    def send_away(self) -> None:
        """End it for the good of others, from another thread; a begun request is answered with 408."""
        self.sent_away = True
        with contextlib.suppress(OSError):
            self.client.shutdown(socket.SHUT_RD)

    def end(self) -> None:
        """End it at once, from another thread."""
        with contextlib.suppress(OSError):
            self.client.shutdown(socket.SHUT_RDWR)

    def _recv(self, count: int) -> bytes:
        seconds = self.pace.left() if self.pace else self.limits.idle_seconds
        if seconds <= 0:
            raise TimeoutError
        self.client.settimeout(min(seconds, self.limits.idle_seconds))
        data = self.client.recv(count)
        if self.pace:
            self.pace.received += len(data)
        if not data and self.sent_away:
            raise TimeoutError
        return data

    def _send(self, data: bytes) -> None:
        self.client.settimeout(self.limits.seconds_for(len(data)))
        self.client.sendall(data)

    def run(self) -> None:
        """Answer requests until one side closes."""
        with self.client:
            try:
                self.client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while self._one():
                    pass
            except (DisconnectedError, TimeoutError, OSError):
                pass  # the client is gone or too slow: there is nobody to answer
            except RequestError as error:
                self._refuse(error)
            except Exception as error:  # the last line of defence: an answer, not a traceback and a dead socket
                self._refuse(RequestError(500, f"mock server error: {type(error).__name__}: {error}"))

    def _one(self) -> bool:
        """Serve one request; False when the connection is to be closed."""
        self.pace = Pace(time.monotonic(), self.limits.idle_seconds)
        if not self.reader.buffer:
            self.reader.buffer += self._recv(65536)
            if not self.reader.buffer:
                return False
        read = self._read()
        if read is None:
            return False
        head, body = read
        response = self.app.handle(to_request(head, body))
        if response.wire is not None:
            return misbehave(self.client, response, response.wire)
        self._send(encode(response, head.method == "HEAD", not head.keep_alive))
        return head.keep_alive

    def _read(self) -> tuple[Head, bytes] | None:
        """The next request. Raises: RequestError 408 when it comes too slowly, and others."""
        self.pace = Pace(time.monotonic(), self.limits.head_seconds)
        try:
            head = read_head(self.reader, self.limits)
            if head is None:
                return None
            self._check_host(head)
            self.pace = Pace(time.monotonic(), self.limits.idle_seconds, self.limits.bytes_per_second)
            return head, read_body(self.reader, head, self.limits, self._send)
        except TimeoutError:
            raise RequestError(408, "the request came too slowly") from None
        finally:
            self.pace = None

    def _check_host(self, head: Head) -> None:
        name = head.headers.get("host", "localhost").lower().rpartition(":")
        host = name[0] if name[0] and name[2].isdigit() else "".join(name)
        if self.allowed and host not in self.allowed:
            raise RequestError(400, f"this server is not {host}")

    def _refuse(self, error: RequestError) -> None:
        with contextlib.suppress(OSError):
            self._send(encode(detail(error.status, error.text).response(), close=True))
            self.client.shutdown(socket.SHUT_WR)
            self.client.settimeout(0.2)
            end = time.monotonic() + 1
            while self.client.recv(65536) and time.monotonic() < end:
                pass  # let the answer arrive before the reset that unread bytes would cause
