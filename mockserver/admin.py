"""The calls under `/_mock/`, for tests and scripts; without login, and not from other sites' pages.

    POST seed (a JSON seed, or "default", "empty") | reset       204
    GET  state                                                   how many records each table has
    GET  snapshot, PUT snapshot (bytes)                          the whole state
    GET  requests                                                the journal
    GET  faults, POST faults {"match", "effect", ...}, DELETE faults
    GET  clock, POST clock {"advance": seconds} | {"mode": "instant" | "manual" | "real"}
    GET  health, coverage
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from mockserver import routes, seeds
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
        _same_site(request)
        with app.lock:
            return action(app, request)
    except ApiError as error:
        return error.response()
    except Exception as error:  # whatever the input was, the client must see an answer
        return json_response(400, {"detail": f"unusable input: {type(error).__name__}: {error}"})


def _same_site(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and origin != request.base:
        raise detail(403, f"admin calls are not for pages of {origin}")


def _form(request: Request) -> dict[str, Any]:
    form = orjson.loads(request.body or b"{}")
    if not isinstance(form, dict):
        raise detail(400, "the body must be a JSON object")
    return form


def post_seed(app: App, request: Request) -> Response:
    """Forget everything and take over the seed of the body, or a packaged one by its name."""
    given = orjson.loads(request.body)
    app.take(State.from_seed(seeds.load(given) if isinstance(given, str) else given))
    return empty_response(204)


def post_reset(app: App, request: Request) -> Response:
    """Back to the last seed."""
    app.reset()
    return empty_response(204)


def get_state(app: App, request: Request) -> Response:
    """How many records each table has."""
    return json_response(200, {name: len(table) for name, table in app.state.tables.items()})


def get_snapshot(app: App, request: Request) -> Response:
    """The whole state."""
    return Response(200, [("Content-Type", "application/octet-stream")], app.snapshot())


def put_snapshot(app: App, request: Request) -> Response:
    """Take over a whole state."""
    app.restore(request.body)
    return empty_response(204)


def get_requests(app: App, request: Request) -> Response:
    """The journal."""
    return json_response(200, [entry.to_json() for entry in list(app.journal.entries)])


def get_faults(app: App, request: Request) -> Response:
    """The faults on order."""
    return json_response(200, [fault.to_json() for fault in app.faults.entries])


def post_faults(app: App, request: Request) -> Response:
    """Order a fault."""
    form = _form(request)
    options = {**form.pop("parameters", {}), **form.pop("when", {}), **form}
    if "until" in options:
        options["until"] = datetime.fromisoformat(options["until"])
    return json_response(201, app.faults.add(options.pop("match"), options.pop("effect"), **options).to_json())


def delete_faults(app: App, request: Request) -> Response:
    """Call all faults off."""
    app.faults.clear()
    return empty_response(204)


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
    wanted = _form(request)
    if wanted.get("mode", "instant") not in ("instant", "manual", "real"):
        raise detail(400, "mode must be one of instant, manual, real")
    seconds = float(wanted.get("advance", 0))
    app.env.clock.mode = wanted.get("mode", app.env.clock.mode)
    app.env.clock.advance(seconds)
    return get_clock(app, request)


ACTIONS: dict[tuple[str, str], Callable[[App, Request], Response]] = {
    ("POST", "seed"): post_seed,
    ("POST", "reset"): post_reset,
    ("GET", "state"): get_state,
    ("GET", "snapshot"): get_snapshot,
    ("PUT", "snapshot"): put_snapshot,
    ("GET", "requests"): get_requests,
    ("GET", "faults"): get_faults,
    ("POST", "faults"): post_faults,
    ("DELETE", "faults"): delete_faults,
    ("GET", "health"): get_health,
    ("GET", "coverage"): get_coverage,
    ("GET", "clock"): get_clock,
    ("POST", "clock"): post_clock,
}
