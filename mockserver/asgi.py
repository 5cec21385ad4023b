"""The ASGI face: `uvicorn mockserver.asgi:app`.

CVAT_MOCK_SEED (a packaged seed's name or a file), CVAT_MOCK_DIALECT (lenient, real) and CVAT_MOCK_SERVER (a version)
say what it serves; or `AsgiApp(mock.app)` in a program. Requests are answered in worker threads, one after the other.
Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from mockserver.core.app import App
from mockserver.faces.in_process import answer
from mockserver.faces.wire import Limits, RequestError, split_target
from mockserver.protocol.http import Request, Response, detail, is_host
from mockserver.seeds import sources
from mockserver.state.context import Config

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class AsgiApp:
    """An App as an ASGI 3 application."""

    def __init__(self, app: App, limits: Limits | None = None) -> None:
        self.app, self.limits = app, limits or Limits()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection scope."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await _send(send, await self._answer(scope, receive), scope["method"] == "HEAD")
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Message, receive: Receive) -> Response:
        try:
            request = _request(scope, await self._body(receive))
            return await asyncio.to_thread(answer, self.app, request)
        except RequestError as error:
            return detail(error.status, error.text).response()
        except OSError as error:  # a fault on order; an ASGI server owns the socket, so it cannot be broken here
            return detail(502, str(error)).response()

    async def _body(self, receive: Receive) -> bytes:
        pieces, size, more = [], 0, True
        while more:
            message = await receive()
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > self.limits.body:
                raise RequestError(413, f"a body may have {self.limits.body} bytes")
            more = message["type"] == "http.request" and message.get("more_body", False)
        return b"".join(pieces)


def _request(scope: Message, body: bytes) -> Request:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    if not is_host(headers.setdefault("host", "localhost")):
        raise RequestError(400, "one well-formed Host header is needed")
    raw = scope.get("raw_path")
    path = raw.decode("latin-1") if raw else scope["path"]
    decoded, query = split_target(
        path + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
    )
    return Request(scope["method"], decoded, query, headers, body, scope.get("scheme", "http"))


async def _send(send: Send, response: Response, head_only: bool) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("utf-8")) for name, value in response.headers]
    if response.status not in (204, 304) and response.header("Content-Length") is None:
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head_only else response.body})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


def _from_environment() -> AsgiApp:
    dialect = os.environ.get("CVAT_MOCK_DIALECT", "lenient")
    if dialect not in ("lenient", "real"):
        raise ValueError(f"CVAT_MOCK_DIALECT must be lenient or real, not {dialect!r}")
    state = sources.state_of(os.environ.get("CVAT_MOCK_SEED", "default"))
    server = os.environ.get("CVAT_MOCK_SERVER", "")
    return AsgiApp(App(state, Config(dialect="real" if dialect == "real" else "lenient", server=server)))


def __getattr__(name: str) -> Any:
    """`app` is made when it is first asked for, so that importing AsgiApp reads no environment."""
    if name == "app":
        globals()["app"] = _from_environment()
        return globals()["app"]
    raise AttributeError(name)
