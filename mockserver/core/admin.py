"""The calls under `/_mock/`, for tests and scripts; without login, and not from other sites' pages.

POST seed (a JSON seed, or "default", "empty") | reset       204
GET  state                                                   how many records each table has
GET  snapshot, PUT snapshot (bytes)                          the whole state
GET  requests, requests?last=200                             the journal, its end
GET  faults, POST faults {"match", "effect", ...}, DELETE faults
GET  clock, POST clock {"advance": seconds} | {"mode": "instant" | "manual" | "real"}
GET  health, coverage
GET  (nothing)                                               these calls, and the effects of faults
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import orjson

from mockserver import page
from mockserver.core import coverage, routes
from mockserver.core.effects import EFFECTS
from mockserver.core.faults import Faults
from mockserver.core.journal import Journal
from mockserver.core.turns import Turns
from mockserver.protocol import versions
from mockserver.protocol.http import ApiError, Request, Response, detail, empty_response, json_response
from mockserver.protocol.numerals import whole
from mockserver.state.context import Config, Env
from mockserver.state.tables import State


class Server(Protocol):
    """What admin calls look at and change: the App."""

    state: State
    config: Config
    env: Env
    journal: Journal
    faults: Faults
    lock: Turns

    def take(self, state: State) -> None:
        """Take over another state."""

    def reset(self) -> None:
        """Back to the last seed."""

    def snapshot(self) -> bytes:
        """The state as bytes."""

    def restore(self, data: bytes) -> None:
        """Take over a snapshot."""


Action = Callable[[Server, Request], Response]


def handle(app: Server, request: Request) -> Response:
    """Answer an admin call; never raises."""
    shown = page.answer(request.path) if request.method == "GET" else None
    if shown is not None:
        return shown
    name = request.path.removeprefix("/_mock/").strip("/")
    action = ACTIONS.get((request.method, name))
    try:
        if action is None:
            raise detail(405 if any(known == name for _, known in ACTIONS) else 404, f"no such admin call: {name}")
        _same_site(request)
        with app.lock:
            return _function(action)(app, request)
    except ApiError as error:
        return error.response()
    except Exception as error:  # whatever the input was, the client must see an answer
        return json_response(400, {"detail": f"unusable input: {type(error).__name__}: {error}"})


def _function(action: Action | str) -> Action:
    if not isinstance(action, str):
        return action
    function = routes.handler(action)
    assert function is not None, f"no such function: {action}"
    return function


def _same_site(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and origin != request.base:
        raise detail(403, f"admin calls are not for pages of {origin}")


def _form(request: Request) -> dict[str, Any]:
    form = orjson.loads(request.body or b"{}")
    if not isinstance(form, dict):
        raise detail(400, "the body must be a JSON object")
    return form


def post_reset(app: Server, request: Request) -> Response:
    """Back to the last seed."""
    app.reset()
    return empty_response(204)


def get_state(app: Server, request: Request) -> Response:
    """How many records each table has."""
    return json_response(200, {name: len(table) for name, table in app.state.tables.items()})


def get_snapshot(app: Server, request: Request) -> Response:
    """The whole state."""
    return Response(200, [("Content-Type", "application/octet-stream")], app.snapshot())


def put_snapshot(app: Server, request: Request) -> Response:
    """Take over a whole state."""
    app.restore(request.body)
    return empty_response(204)


def get_requests(app: Server, request: Request) -> Response:
    """The journal; `?last=200`: its end."""
    last = whole(request.param("last") or "")
    entries = list(app.journal.entries)
    return json_response(200, [entry.to_json() for entry in (entries[-last:] if last else entries)])


def get_faults(app: Server, request: Request) -> Response:
    """The faults on order."""
    return json_response(200, [fault.to_json() for fault in app.faults.entries])


def post_faults(app: Server, request: Request) -> Response:
    """Order a fault."""
    form = _form(request)
    options = {**form.pop("parameters", {}), **form.pop("when", {}), **form}
    if "until" in options:
        options["until"] = datetime.fromisoformat(options["until"])
    return json_response(201, app.faults.add(options.pop("match"), options.pop("effect"), **options).to_json())


def delete_faults(app: Server, request: Request) -> Response:
    """Call all faults off."""
    app.faults.clear()
    return empty_response(204)


def get_health(app: Server, request: Request) -> Response:
    """That the server lives."""
    version = app.config.server or app.state.version
    return json_response(200, {"status": "ok", "dialect": app.config.dialect, "version": version})


def get_coverage(app: Server, request: Request) -> Response:
    """Every operation as yes, partly or no."""
    version = versions.parse(app.config.server or app.state.version) or versions.RECORDED
    return json_response(200, coverage.summary(version))


def get_clock(app: Server, request: Request) -> Response:
    """Time and mode."""
    return json_response(200, {"now": app.env.now(), "mode": app.env.clock.mode})


def post_clock(app: Server, request: Request) -> Response:
    """Set the mode, move time on."""
    wanted = _form(request)
    if wanted.get("mode", "instant") not in ("instant", "manual", "real"):
        raise detail(400, "mode must be one of instant, manual, real")
    seconds = float(wanted.get("advance", 0))
    app.env.clock.mode = wanted.get("mode", app.env.clock.mode)
    app.env.clock.advance(seconds)
    return get_clock(app, request)


def get_calls(app: Server, request: Request) -> Response:
    """These calls, and the effects of faults."""
    calls = [
        {"method": method, "path": f"/_mock/{name}", "about": (_function(action).__doc__ or "").strip()}
        for (method, name), action in ACTIONS.items()
    ]
    effects = {name: {"options": options} for name, (_, options) in sorted(EFFECTS.items())}
    return json_response(200, {"calls": calls, "effects": effects})


# what needs a room above the core is named, as handlers are in endpoints.txt, and imported when it is first called
ACTIONS: dict[tuple[str, str], Action | str] = {
    ("GET", ""): get_calls,
    ("POST", "seed"): "seeds.calls.post_seed",
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
