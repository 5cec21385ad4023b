"""The default face: a threaded HTTP/1.1 server on a real socket.

    with serve(app) as running:              # 127.0.0.1, a free port, in threads of its own
        requests.get(running.url + "/api/jobs")

One thread accepts, one serves each connection. A response leaves in one packet. A slow, broken or hostile client
costs at most one thread for a bounded time, and never a traceback. On a loopback address only the names of the machine
itself are answered as Host, so that a web page elsewhere cannot talk its visitors' browsers into calling the mock.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType

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
from mockserver.protocol.http import Response, detail

_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")


def why_not(error: Exception) -> str:
    """Why an address cannot be had, in words for people."""
    text = (getattr(error, "strerror", None) or str(error)).partition(" (while")[0]
    free = "; --port 0 takes a free one" if getattr(error, "errno", None) == errno.EADDRINUSE else ""
    return text[:1].lower() + text[1:] + free


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Connection:
    """One client's connection, served to its end."""

    def __init__(self, server: Server, client: socket.socket) -> None:
        self.app, self.client, self.limits = server.app, client, server.limits
        self.allowed = server.allowed_hosts
        self.reader = Reader(self._recv)
        self.deadline = float("inf")

    def _recv(self, count: int) -> bytes:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.client.settimeout(min(left, self.limits.idle_seconds))
        return self.client.recv(count)

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
        self.deadline = float("inf")
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
        self.deadline = time.monotonic() + self.limits.head_seconds
        try:
            head = read_head(self.reader, self.limits)
            if head is None:
                return None
            self._check_host(head)
            length = head.headers.get("content-length", "")
            size = int(length) if length.isascii() and length.isdigit() and len(length) < 18 else self.limits.body
            self.deadline = time.monotonic() + self.limits.seconds_for(min(size, self.limits.body))
            return head, read_body(self.reader, head, self.limits, self._send)
        except TimeoutError:
            raise RequestError(408, "the request came too slowly") from None

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


class Server:
    """A listening socket and its threads. `hosts`: names besides the machine's own that a Host header may give."""

    def __init__(
        self,
        app: App,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        hosts: tuple[str, ...] = (),
    ) -> None:
        self.app, self.limits = app, limits or Limits()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=256)
        self._listener.settimeout(0.5)
        self.host, self.port = self._listener.getsockname()[:2]
        self.allowed_hosts = (*_OWN_NAMES, host, *hosts) if is_loopback(self.host) else ()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._accept, name="mock-accept", daemon=True)

    @property
    def url(self) -> str:
        """Address for clients, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def start(self) -> Server:
        """Begin to accept; gives itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the listening socket and every connection; running requests are waited for, for two seconds."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        end = time.monotonic() + 2
        if self._thread.is_alive():
            self._thread.join(timeout=2)
        with self._lock:
            clients = list(self._open.items())
        for client, _ in clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for _, thread in clients:
            thread.join(timeout=max(0, end - time.monotonic()))

    def threads(self) -> list[threading.Thread]:
        """The threads at work: the one that accepts and one per connection."""
        with self._lock:
            return [self._thread, *self._open.values()] if self._thread.is_alive() else list(self._open.values())

    def wait(self) -> None:
        """Sleep until stopped."""
        while self._thread.is_alive():
            self._thread.join(timeout=0.5)

    def __enter__(self) -> Server:
        return self if self._thread.is_alive() else self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _accept(self) -> None:
        while not self._closing:
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue  # only to see whether it is time to stop, where closing a socket wakes nobody
            except OSError:
                if not self._closing:
                    time.sleep(0.05)  # out of file descriptors: wait for some connection to end
                continue
            self._hand_on(client)

    def _hand_on(self, client: socket.socket) -> None:
        full = len(self._open) >= self.limits.connections
        target: Callable[[socket.socket], None] = self._turn_away if full else self._serve
        thread = threading.Thread(target=target, args=(client,), name="mock-connection", daemon=True)
        with self._lock:
            self._open[client] = thread
        try:
            thread.start()
        except RuntimeError:  # no more threads
            client.close()
            self._forget(client)

    def _forget(self, client: socket.socket) -> None:
        with self._lock:
            self._open.pop(client, None)

    def _serve(self, client: socket.socket) -> None:
        try:
            Connection(self, client).run()
        finally:
            self._forget(client)

    def _turn_away(self, client: socket.socket) -> None:
        busy = Response(503, [("Retry-After", "1"), ("Content-Type", "text/plain")], b"too many connections\n")
        with contextlib.suppress(OSError), client:
            client.settimeout(1)
            client.sendall(encode(busy, close=True))
            client.shutdown(socket.SHUT_WR)
            client.recv(65536)
        self._forget(client)


def serve(app: App, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None) -> Server:
    """Start a server in threads of its own; stop it with `.stop()` or `with`."""
    return Server(app, host, port, limits).start()
