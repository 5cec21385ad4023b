"""The default face: a threaded HTTP/1.1 server on a real socket.

    with serve(app) as running:              # 127.0.0.1, a free port, in threads of its own
        requests.get(running.url + "/api/jobs")

One thread accepts, one serves each connection. A response leaves in one packet. A slow, broken or hostile client
costs at most one thread for `Limits.idle_seconds`, and never a traceback.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType

from mockserver.core import App
from mockserver.http import ApiError, Response, detail
from mockserver.wire import DisconnectedError, Limits, Reader, RequestError, encode, read_body, read_head, to_request


class Connection:
    """One client's connection, served to its end."""

    def __init__(self, app: App, client: socket.socket, limits: Limits) -> None:
        self.app, self.client, self.limits = app, client, limits
        self.reader = Reader(self._recv)
        self.deadline = float("inf")

    def _recv(self, count: int) -> bytes:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.client.settimeout(min(left, self.limits.idle_seconds))
        return self.client.recv(count)

    def _send(self, data: bytes) -> None:
        self.client.settimeout(self.limits.idle_seconds)
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
                self._refuse(detail(error.status, error.args[0]))

    def _one(self) -> bool:
        """Serve one request; False when the connection is to be closed."""
        self.deadline = float("inf")
        if not self.reader.buffer:
            self.reader.buffer += self._recv(65536)
            if not self.reader.buffer:
                return False
        self.deadline = time.monotonic() + self.limits.head_seconds
        head = read_head(self.reader, self.limits)
        if head is None:
            return False
        self.deadline = float("inf")
        body = read_body(self.reader, head, self.limits, self._send)
        response = self.app.handle(to_request(head, body))
        self._send(encode(response, head.method == "HEAD", not head.keep_alive))
        return head.keep_alive

    def _refuse(self, error: ApiError) -> None:
        with contextlib.suppress(OSError):
            self._send(encode(error.response(), close=True))
            self.client.shutdown(socket.SHUT_WR)
            self.client.settimeout(0.2)
            while self.client.recv(65536):  # let the answer arrive before the reset that unread bytes would cause
                pass


class Server:
    """A listening socket and its threads."""

    def __init__(self, app: App, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None) -> None:
        self.app, self.limits = app, limits or Limits()
        self._listener = socket.create_server((host, port), backlog=256)
        self.host, self.port = self._listener.getsockname()[:2]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._accept, name="mock-accept", daemon=True)

    @property
    def url(self) -> str:
        """Address for clients, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{host}:{self.port}"

    def start(self) -> Server:
        """Begin to accept; gives itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the listening socket and every connection."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            clients = list(self._open)
        for client in clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        if self._thread.is_alive():
            self._thread.join(timeout=2)

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
            except OSError:
                time.sleep(0.05)  # stopping, or out of file descriptors: wait for some connection to end
                continue
            with self._lock:
                full = len(self._open) >= self.limits.connections
                self._open.add(client)
            target: Callable[[socket.socket], None] = self._turn_away if full else self._serve
            threading.Thread(target=target, args=(client,), name="mock-connection", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            Connection(self.app, client, self.limits).run()
        finally:
            with self._lock:
                self._open.discard(client)

    def _turn_away(self, client: socket.socket) -> None:
        busy = Response(503, [("Retry-After", "1"), ("Content-Type", "text/plain")], b"too many connections\n")
        with contextlib.suppress(OSError), client:
            client.settimeout(1)
            client.sendall(encode(busy, close=True))
        with self._lock:
            self._open.discard(client)


def serve(app: App, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None) -> Server:
    """Start a server in threads of its own; stop it with `.stop()` or `with`."""
    return Server(app, host, port, limits).start()
