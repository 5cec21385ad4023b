"""urllib3 connections that end in the core, and cvat-sdk, which is built on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from mockserver.core.app import App
from mockserver.faces.in_process import CoreSocket


def _connection_class(app: App, host: str | None) -> type[HTTPConnection]:
    """Connections to a host (None: to any) end in the core, others are real."""
    real = HTTPConnectionPool.ConnectionCls

    class CoreConnection(real):  # type: ignore[valid-type, misc]  # whatever class is in use now
        """Connects to nothing."""

        def connect(self) -> None:
            if host is not None and self.host != host:
                super().connect()
            else:
                self.sock = CoreSocket(app)

        @property
        def is_connected(self) -> bool:
            return self.sock is not None if isinstance(self.sock, CoreSocket) else bool(super().is_connected)

    return CoreConnection


def pool_manager(app: App) -> urllib3.PoolManager:
    """A pool manager all of whose http connections end in the core."""
    manager = urllib3.PoolManager()
    pool = type("CorePool", (HTTPConnectionPool,), {"ConnectionCls": _connection_class(app, None)})
    manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, "http": pool}
    return manager


@contextmanager
def patched(app: App, host: str) -> Iterator[None]:
    """Every urllib3 connection to http://{host} ends in the core for a while."""
    real = HTTPConnectionPool.ConnectionCls
    HTTPConnectionPool.ConnectionCls = _connection_class(app, host)
    try:
        yield
    finally:
        HTTPConnectionPool.ConnectionCls = real


def sdk_client(app: App, user: str, password: str, host: str = "http://cvat.mock") -> Any:
    """A logged-in client of cvat-sdk that polls without waiting."""
    from cvat_sdk import Client, Config  # an optional dependency

    client = Client(host, config=Config(status_check_period=0), check_server_version=False)
    client.api_client.rest_client.pool_manager = pool_manager(app)
    client.login((user, password))
    return client
