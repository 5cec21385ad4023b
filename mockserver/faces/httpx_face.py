"""httpx messages answered by the core: a transport, and routes for respx."""

from __future__ import annotations

from typing import Any

import httpx

from mockserver.core.app import App
from mockserver.faces.in_process import answer
from mockserver.faces.wire import split_target
from mockserver.protocol.http import Request, is_host


def to_request(message: httpx.Request) -> Request:
    """A message of httpx as the core wants it."""
    path, query = split_target(message.url.raw_path.decode("ascii"))
    host = message.headers.get("host", "")
    headers = {name.lower(): value for name, value in message.headers.items()}
    return Request(
        message.method, path, query, {**headers, "host": host if is_host(host) else "localhost"}, message.content
    )


def handle(app: App, message: httpx.Request) -> httpx.Response:
    """The core's answer. Raises: httpx.ReadError, httpx.ReadTimeout as faults want it."""
    message.read()
    try:
        response = answer(app, to_request(message))
    except ConnectionResetError as error:
        raise httpx.ReadError(str(error), request=message) from None
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error), request=message) from None
    return httpx.Response(response.status, headers=response.headers, content=response.body, request=message)


def transport(app: App) -> httpx.MockTransport:
    """For `httpx.Client` and `httpx.AsyncClient`."""

    def handler(message: httpx.Request) -> httpx.Response:
        return handle(app, message)

    return httpx.MockTransport(handler)


def respx_routes(app: App, router: Any, base_url: str) -> Any:
    """Everything under `base_url` goes to the core."""
    import respx  # an optional dependency; httpx alone does without

    router = router if router is not None else respx.mock(assert_all_called=False)
    router.route(url__startswith=base_url.rstrip("/") + "/", name="cvat_mock").mock(
        side_effect=lambda m: handle(app, m)
    )
    return router
