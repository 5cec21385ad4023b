"""How requests of scenarios reach a server.

HttpSender("http://127.0.0.1:8080").send(message, {"authorization": "Token ..."})
AppSender(mock.app).send(message, {})
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import ssl
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from annotools.errors import StorageError
from mockserver.protocol.http import Request, Response

_SAFE = "/=&%:~,;@!$'()*+-._?"
TIMEOUT = 120


class UnreachableError(StorageError):
    """A server that does not answer."""


@dataclass(slots=True, frozen=True)
class Message:
    """One request; `path` may be a whole URL; names of headers in lower case."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


class Sender(Protocol):
    """Something that gets answers."""

    base: str

    def send(self, message: Message) -> Response:
        """One request, one answer. Raises: UnreachableError."""


class HttpSender:
    """Sends over HTTP or HTTPS, a connection each."""

    def __init__(self, base: str) -> None:
        self.base = base.rstrip("/")

    def send(self, message: Message) -> Response:
        """One request, one answer. Raises: UnreachableError."""
        url = quote(message.path, safe=_SAFE) + ("?" + urlencode(message.query) if message.query else "")
        parts = urlsplit(url if "://" in url else self.base + url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {name: value.encode() for name, value in message.headers.items()}
        try:
            with contextlib.closing(_connection(parts.scheme, parts.netloc)) as connection:
                connection.request(message.method, target, message.body, headers)
                answer = connection.getresponse()
                return Response(answer.status, answer.getheaders(), answer.read())
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise UnreachableError(f"{self.base}: no answer: {type(error).__name__}: {error}") from None


def _connection(scheme: str, host: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, timeout=TIMEOUT, context=ssl.create_default_context())
    if scheme != "http":
        raise ValueError(f"cannot speak {scheme or 'nothing'}, expected http or https")
    return http.client.HTTPConnection(host, timeout=TIMEOUT)


class Handler(Protocol):
    """What answers requests without a socket: the App of a mock."""

    def handle(self, request: Request) -> Response:
        """One request, one answer."""


class AppSender:
    """Asks an app in this process."""

    def __init__(self, app: Handler, base: str = "http://mock.test") -> None:
        self.app, self.base = app, base

    def send(self, message: Message) -> Response:
        """One request, one answer."""
        parts = urlsplit(message.path.removeprefix(self.base))
        query = [*message.query, *parse_qsl(parts.query, keep_blank_values=True)]
        headers = {"host": urlsplit(self.base).netloc, **message.headers}
        return self.app.handle(Request(message.method, unquote(parts.path), query, headers, message.body or b""))


def basic(user: str, password: str) -> str:
    """The header `Authorization` for a name and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
