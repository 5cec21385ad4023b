"""Mocks that answer otherwise, and the commands that are to find it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from click.testing import CliRunner, Result

from annotools.cli.mock import command
from mockserver.core.app import App
from mockserver.faces.sockets import serve
from mockserver.protocol.http import Request, Response
from mockserver.seeds.sources import state_of
from mockserver.state.context import Config


def run(*words: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(command, list(words))


class OtherApp(App):
    """A server that answers some requests otherwise."""

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        if request.path.startswith("/_mock/"):
            return Response(404)
        if response.status == 200 and request.method == "GET" and request.path.startswith("/api/jobs"):
            response.body = orjson.dumps(other(response.json())) if response.body.startswith(b"{") else response.body
        if request.path.endswith("/preview"):
            response.headers = [("Content-Type", "image/webp")]
        if request.path.startswith("/api/issues") and request.method == "POST" and response.status == 201:
            response.status = 200
        return response


def other(value: Any) -> Any:
    """A job with another field, without one, with another type, word and value; lists backwards."""
    if "results" in value:
        return {**value, "results": [other(row) for row in reversed(value["results"])]}
    if "stage" in value:
        changed = {**value, "reviewed": False, "frame_count": str(value["frame_count"]), "mode": "pictures"}
        changed["stop_frame"] += 1
        del changed["bug_tracker"]
        return changed
    return value


@contextmanager
def another() -> Iterator[tuple[OtherApp, str]]:
    """Such a server, listening."""
    app = OtherApp(state_of("default"), Config(dialect="real"))
    server = serve(app, "127.0.0.1", 0, None)
    try:
        yield app, server.url
    finally:
        server.stop()
        app.env.spool.close()
