"""The admin call that seeds, `POST /_mock/seed`: the core's table of admin calls names it."""

from __future__ import annotations

from typing import Protocol

import orjson

from mockserver.protocol.http import Request, Response, empty_response
from mockserver.seeds import packaged
from mockserver.seeds.tables import state_of_seed
from mockserver.state.tables import State


class Server(Protocol):
    """What is seeded."""

    def take(self, state: State) -> None:
        """Take over another state."""


def post_seed(app: Server, request: Request) -> Response:
    """Forget everything and take over the seed of the body, or a packaged one by its name."""
    content = orjson.loads(request.body)
    app.take(state_of_seed(packaged.load(content) if isinstance(content, str) else content))
    return empty_response(204)
