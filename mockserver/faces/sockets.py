"""The default face: a threaded HTTP/1.1 server on a real socket.

    with serve(app) as running:              # 127.0.0.1, a free port, in threads of its own
        requests.get(running.url + "/api/jobs")

One thread accepts, one serves each connection. A response leaves in one packet. A slow, broken or hostile client
costs at most one thread for a bounded time, and never a traceback; where all threads are taken, the client that makes
the least use of its own loses it to the next one. On a loopback address only the names of the machine itself are
answered as Host, so that a web page elsewhere cannot talk its visitors' browsers into calling the mock.
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
from mockserver.faces.connection import Connection
from mockserver.faces.wire import Limits, encode
from mockserver.protocol.http import Response

_PATIENCE = 2.0
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
        self._listener = socket.create_server((host, port), family=family, backlog=1024)
        self._listener.settimeout(0.5)
        self.host, self.port = self._listener.getsockname()[:2]
        self.allowed_hosts = (*_OWN_NAMES, host, *hosts) if is_loopback(self.host) else ()
        self._open: dict[Connection, threading.Thread] = {}
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
            connections = list(self._open.items())
        for connection, _ in connections:
            connection.end()
        for _, thread in connections:
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
                if not self._closing and not self._make_room():
                    time.sleep(0.05)  # out of file descriptors: wait for some connection to end
                continue
            self._hand_on(client)

    def _wait_for_room(self) -> bool:
        """Whether there is room for one more connection; in a rush it takes a moment to tell which ones are idle."""
        end = time.monotonic() + _PATIENCE
        while len(self._open) >= self.limits.connections and not self._make_room():
            if self._closing or time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def _make_room(self) -> bool:
        """Send away the client that makes the least use of its connection; False if all are at work."""
        with self._lock:
            idle = [(use, connection) for connection in self._open if (use := connection.use()) is not None]
        if not idle:
            return False
        min(idle, key=lambda row: row[0])[1].send_away()
        return True

    def _hand_on(self, client: socket.socket) -> None:
        connection = Connection(self.app, client, self.limits, self.allowed_hosts)
        full = not self._wait_for_room()
        target: Callable[[Connection], None] = self._turn_away if full else self._serve
        thread = threading.Thread(target=target, args=(connection,), name="mock-connection", daemon=True)
        with self._lock:
            self._open[connection] = thread
        try:
            thread.start()
        except RuntimeError:  # no more threads
            client.close()
            self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        with self._lock:
            self._open.pop(connection, None)

    def _serve(self, connection: Connection) -> None:
        try:
            connection.run()
        finally:
            self._forget(connection)

    def _turn_away(self, connection: Connection) -> None:
        busy = Response(503, [("Retry-After", "1"), ("Content-Type", "text/plain")], b"too many connections\n")
        with contextlib.suppress(OSError), connection.client as client:
            client.settimeout(1)
            client.sendall(encode(busy, close=True))
            client.shutdown(socket.SHUT_WR)
            client.recv(65536)
        self._forget(connection)


def serve(app: App, host: str = "127.0.0.1", port: int = 0, limits: Limits | None = None) -> Server:
    """Start a server in threads of its own; stop it with `.stop()` or `with`."""
    return Server(app, host, port, limits).start()
