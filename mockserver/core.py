"""From a request to a response: negotiation, login, dispatch, error bodies, headers. No socket, no thread of its own.

    app = App(State.from_seed(seed), Config(dialect="real"))
    app.handle(Request("GET", "/api/jobs/7", headers={"authorization": "Basic ..."}))

The order of checks is the real server's: path (404 page), media type asked for (406), who asks (401), method (405),
then the handler (404, 403, 400). A handler runs in one transaction under one lock, so requests are serialised and a
failed one leaves no trace.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any, Protocol

from mockserver import admin, auth, background, faults, lints, organizations, routes
from mockserver.context import Config, Context, Env
from mockserver.faults import Fault, Faults
from mockserver.http import ApiError, Request, Response, detail, json_response, page
from mockserver.journal import Journal
from mockserver.state import State

STANDARD_HEADERS = [
    ("X-Frame-Options", "DENY"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
]
_NO_HEAD = re.compile(  # what the real server answers with 500
    r"(jobs|tasks|projects|labels|issues|comments|users|organizations|memberships)_"
    r"(list|retrieve|retrieve_\w+_download)\Z"
)
_INTEGER = re.compile(r"-?[0-9]{1,18}\Z")
_PUBLIC = ("/api/server/about", "/api/server/health", "/api/auth/", "/api/schema", "/api/swagger")
ACCEPTED = ("application/vnd.cvat+json", "application/*", "*/*", "")


class Keeper(Protocol):
    """What keeps a state beyond the process."""

    def save(self, state: State, changed: Iterable[tuple[str, Any]]) -> None:
        """Keep some changed records; what it raises undoes the request."""

    def replace(self, state: State) -> None:
        """Keep another state instead."""


@dataclass(slots=True)
class App:
    """A server without a socket."""

    state: State = field(default_factory=State)
    config: Config = field(default_factory=Config)
    env: Env = field(default_factory=Env)
    journal: Journal = field(default_factory=Journal)
    faults: Faults = field(default_factory=Faults)
    store: Keeper | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def take(self, state: State) -> None:
        """Take over another state; a reset comes back to it."""
        with self.lock:
            self.state = state
            self._fresh()

    def reset(self) -> None:
        """Back to the last seed, with an empty journal, no faults and the clock as it was."""
        with self.lock:
            self.state.reset()
            self._fresh()

    def _fresh(self) -> None:
        self.journal.clear()
        self.faults.clear()
        self.env.reset()
        if self.store:
            self.store.replace(self.state)

    def snapshot(self) -> bytes:
        """The state as bytes, for `restore`."""
        with self.lock:
            return self.state.snapshot()

    def restore(self, data: bytes) -> None:
        """Take over a snapshot. Raises: packing.SnapshotError, and nothing has changed then."""
        state = State()
        state.restore(data)
        self.take(state)

    def handle(self, request: Request) -> Response:
        """Answer one request; never raises."""
        if request.path.startswith("/_mock/"):
            return admin.handle(self, request)
        entry = self.journal.begin(request, self.env.clock.now())
        ctx = self._context(request)
        fault = self._fault(request) if self.faults.entries else None
        if fault is None:
            response = self._answer(ctx)
        else:
            ctx.warn(f"{fault.effect} on order ({fault.match})", "fault")
            response = faults.apply(fault, request, lambda sent: self._answer(ctx.for_request(sent)))
        finish(ctx, response)
        self.journal.end(entry, response, ctx)
        return response

    def tick(self) -> None:
        """Move background requests on, as every request does."""
        with self.lock, self.state.transaction():
            background.tick(self._context(Request("GET", "/")))
            self._save()

    def _context(self, request: Request) -> Context:
        return Context(request, self.state, self.env, self.config, base=request.base)

    def _fault(self, request: Request) -> Fault | None:
        with self.lock:
            return self.faults.strike(request, operation_of(request, self.config.lenient), self.env.clock.now())

    def _answer(self, ctx: Context) -> Response:
        with self.lock:
            ctx.state = self.state
            try:
                return self._transact(ctx)
            except ApiError as error:
                return error.response()
            except Exception as error:  # the last line of defence: a client must see an answer, never a dead socket
                ctx.warn(f"internal error of the mock: {type(error).__name__}: {error}", "internal")
                return json_response(500, {"detail": f"mock server error: {type(error).__name__}: {error}"})

    def _save(self) -> None:
        if self.store and (changed := self.state.changed()):
            self.store.save(self.state, changed)

    def _transact(self, ctx: Context) -> Response:
        before = lints.count_of(ctx)
        with self.state.transaction():
            response = dispatch(ctx)
            self._save()
        for action in ctx.on_commit:
            action()
        lints.of_destruction(ctx, response.status, before)
        return response


def operation_of(request: Request, any_slash: bool) -> str:
    """CVAT's operationId for a request, "" for none."""
    found = routes.find(request.path, any_slash)
    return found[0].operations.get(request.method, ("", ""))[0] if found else ""


def dispatch(ctx: Context) -> Response:
    """Find the handler and call it. Raises: ApiError."""
    found = routes.find(ctx.request.path, ctx.config.lenient)
    if found is None:
        raise page(404)
    route, params = found
    ctx.allow = route.allow
    if ctx.request.path.endswith("/") and not route.both_slashes:
        ctx.warn("the real server has no such path (404): leave out the last slash", "slash")
    as_html = negotiate(ctx)
    ctx.user = auth.authenticate(ctx, required=not public(route))
    method = ctx.request.method
    if method == "OPTIONS" and "OPTIONS" not in route.operations:
        return json_response(200, {"name": route.pattern, "renders": ["application/vnd.cvat+json", "text/html"]})
    response = call(ctx, route, params, method)
    return browsable(response) if as_html else response


def call(ctx: Context, route: routes.Route, params: dict[str, str], method: str) -> Response:
    """Run the handler of a method. Raises: ApiError 405, 501, 404 and the handler's own."""
    wanted = "GET" if method == "HEAD" and "HEAD" not in route.operations else method
    if wanted not in route.operations:
        raise detail(405, f'Method "{method}" not allowed.')
    ctx.operation, name = route.operations[wanted]
    function = routes.handler(name)
    if function is None:
        raise detail(501, f"{ctx.operation} is not modelled by the mock server")
    if ctx.user is not None:
        organizations.enter(ctx)
        background.tick(ctx)
    if method == "HEAD" and _NO_HEAD.match(ctx.operation):
        raise ctx.crash("HEAD is not supported here; send GET")
    response = function(ctx, **typed(params))
    return Response(response.status, response.headers, b"") if method == "HEAD" else response


def typed(params: dict[str, str]) -> dict[str, Any]:
    """`id` as the integer `pk`. Raises: ApiError 404."""
    rest = {name: text for name, text in params.items() if name != "id"}
    if "id" not in params:
        return rest
    if not _INTEGER.match(params["id"]):
        raise detail(404, "Not found.")
    return {"pk": int(params["id"]), **rest}


def public(route: routes.Route) -> bool:
    """Whether anonymous users may call it."""
    return route.pattern.startswith(_PUBLIC)


def negotiate(ctx: Context) -> bool:
    """Whether the client wants HTML. Raises: ApiError 406 for what the server does not speak."""
    accept = ctx.request.headers.get("accept", "")
    if accept in ACCEPTED:
        return False
    for choice in accept.split(","):
        media, _, parameters = choice.strip().partition(";")
        verdict = _speaks(ctx, media.strip().lower(), parameters.replace(" ", ""))
        if verdict is not None:
            return verdict
    raise detail(406, "Could not satisfy the request Accept header.")


def _speaks(ctx: Context, media: str, parameters: str) -> bool | None:
    if media == "application/vnd.cvat+json":
        if "version=" in parameters and "version=2.0" not in parameters:
            raise detail(406, 'Invalid version in "Accept" header.')
        return False
    if media == "text/html":
        return True
    if media == "application/json" and ctx.config.lenient:
        ctx.warn("Accept: application/json is 406 on the real server; send application/vnd.cvat+json", "accept-json")
        return False
    return False if media in ACCEPTED else None


def browsable(response: Response) -> Response:
    """A JSON answer inside a page, for browsers."""
    if not (response.header("Content-Type") or "").startswith("application/vnd.cvat+json"):
        return response
    text = f"<!doctype html>\n<title>mock server</title>\n<pre>{escape(response.body.decode())}</pre>\n"
    headers = [(name, value) for name, value in response.headers if name != "Content-Type"]
    return Response(response.status, [("Content-Type", "text/html; charset=utf-8"), *headers], text.encode())


def finish(ctx: Context, response: Response) -> None:
    """Add the headers that every answer has."""
    response.headers.append(("X-Request-Id", str(ctx.env.uuid())))
    if ctx.allow:
        response.headers.append(("Allow", ", ".join(ctx.allow)))
    response.headers.append(("Vary", "Accept, Origin, Cookie"))
    response.headers.extend(STANDARD_HEADERS)

