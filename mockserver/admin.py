"""The calls under `/_mock/`, for tests and scripts; without login.

    POST seed (JSON) | reset | clock {"advance": seconds} | {"mode": "manual"}        204 / 200
    GET  state | requests | health | coverage | clock
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from mockserver import routes
from mockserver.http import ApiError, Request, Response, detail, empty_response, json_response
from mockserver.state import State

if TYPE_CHECKING:
    from mockserver.core import App


def handle(app: App, request: Request) -> Response:
    """Answer an admin call; never raises."""
    name = request.path.removeprefix("/_mock/").strip("/")
    action = ACTIONS.get((request.method, name))
    try:
        if action is None:
            raise detail(405 if any(known == name for _, known in ACTIONS) else 404, f"no such admin call: {name}")
        with app.lock:
            return action(app, request)
    except ApiError as error:
        return error.response()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return json_response(400, {"detail": f"unusable input: {type(error).__name__}: {error}"})


def post_seed(app: App, request: Request) -> Response:
    """Forget everything and take over the seed of the body."""
    app.take(State.from_seed(orjson.loads(request.body)))
    return empty_response(204)


def post_reset(app: App, request: Request) -> Response:
    """Back to the last seed."""
    app.reset()
    return empty_response(204)


def get_state(app: App, request: Request) -> Response:
    """How many records each table has."""
    return json_response(200, {name: len(table) for name, table in app.state.tables.items()})


def get_requests(app: App, request: Request) -> Response:
    """The journal."""
    return json_response(200, [entry.to_json() for entry in app.journal.entries])


def get_health(app: App, request: Request) -> Response:
    """That the server lives."""
    return json_response(200, {"status": "ok", "dialect": app.config.dialect, "version": app.state.version})


def get_coverage(app: App, request: Request) -> Response:
    """Modelled operations against all."""
    return json_response(200, routes.coverage())


def get_clock(app: App, request: Request) -> Response:
    """Time and mode."""
    return json_response(200, {"now": app.env.now(), "mode": app.env.clock.mode})


def post_clock(app: App, request: Request) -> Response:
    """Set the mode, move time on."""
    wanted: dict[str, Any] = orjson.loads(request.body or b"{}")
    if wanted.get("mode", "instant") not in ("instant", "manual", "real"):
        raise detail(400, "mode must be one of instant, manual, real")
    app.env.clock.mode = wanted.get("mode", app.env.clock.mode)
    app.env.clock.advance(float(wanted.get("advance", 0)))
    return get_clock(app, request)


ACTIONS: dict[tuple[str, str], Callable[[App, Request], Response]] = {
    ("POST", "seed"): post_seed,
    ("POST", "reset"): post_reset,
    ("GET", "state"): get_state,
    ("GET", "requests"): get_requests,
    ("GET", "health"): get_health,
    ("GET", "coverage"): get_coverage,
    ("GET", "clock"): get_clock,
    ("POST", "clock"): post_clock,
}
