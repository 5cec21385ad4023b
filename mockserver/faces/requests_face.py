"""requests over urllib3 connections that end in the core."""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter

from mockserver.core.app import App
from mockserver.faces.urllib3_face import pool_manager


class CoreAdapter(HTTPAdapter):
    """For `requests.Session.mount`."""

    def __init__(self, app: App) -> None:
        self._app = app
        super().__init__()

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        """Use the core's connections."""
        self.poolmanager = pool_manager(self._app)
