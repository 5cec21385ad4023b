"""The mock without a socket, inside the client libraries. Each library is loaded when its transport is asked for.

    httpx.Client(transport=transports.httpx_transport(mock.app), base_url="http://cvat.mock")     sync and async
    session.mount("http://cvat.mock", transports.requests_adapter(mock.app))
    with transports.urllib3_patch(mock.app, "cvat.mock"): make_client("http://cvat.mock", ...)    cvat-sdk, requests
    client.api_client.rest_client.pool_manager = transports.pool_manager(mock.app)
    transports.respx_routes(mock.app, respx_mock, "http://cvat.mock")                             respx, for httpx

A package that cannot be imported is an ImportError that names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.core.app import App

if TYPE_CHECKING:
    import httpx
    import requests
    import respx
    import urllib3


def httpx_transport(app: App) -> httpx.MockTransport:
    """For `httpx.Client` and `httpx.AsyncClient`."""
    transport: httpx.MockTransport = _face("httpx_face", "transport")(app)
    return transport


def requests_adapter(app: App) -> requests.adapters.HTTPAdapter:
    """For `requests.Session.mount`; the address it is mounted at need not exist."""
    adapter: requests.adapters.HTTPAdapter = _face("requests_face", "CoreAdapter")(app)
    return adapter


def pool_manager(app: App) -> urllib3.PoolManager:
    """A pool manager all of whose http connections end in the mock."""
    manager: urllib3.PoolManager = _face("urllib3_face", "pool_manager")(app)
    return manager


@contextmanager
def urllib3_patch(app: App, host: str = "cvat.mock") -> Iterator[str]:
    """While it is open, urllib3 connections to http://{host} end in the mock, others go out; gives the address."""
    with _face("urllib3_face", "patched")(app, host):
        yield f"http://{host}"


def respx_routes(app: App, router: respx.Router | None = None, base_url: str = "http://cvat.mock") -> respx.Router:
    """Route everything under `base_url` to the mock, in a given respx router or a new one (`with router: ...`)."""
    routes: respx.Router = _face("httpx_face", "respx_routes")(app, router, base_url)
    return routes


def sdk_client(app: App, user: str, password: str) -> Any:
    """A logged-in client of cvat-sdk without a socket, which polls without waiting."""
    return _face("urllib3_face", "sdk_client")(app, user, password)


def _face(module: str, name: str) -> Any:
    return getattr(import_module(f"mockserver.faces.{module}"), name)
