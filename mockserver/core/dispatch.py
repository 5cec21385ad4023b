"""One request to its handler: path (404 page), media type asked for (406), who asks (401), method (405), handler.

The order of these checks is the real server's; the handler's own come after (404, 403, 400).
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from mockserver.background import queue
from mockserver.core import compressing, documents, routes
from mockserver.people import auth, organizations, throttle
from mockserver.protocol import versions
from mockserver.protocol.http import Response, detail, json_response, page
from mockserver.state.context import Context

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
_INTEGER = re.compile(r"-?[0-9]{1,1000}\Z")
_PUBLIC = ("/api/server/about", "/api/server/health", "/api/auth/", *documents.PATHS)
ACCEPTED = ("application/vnd.cvat+json", "application/*", "*/*", "")


def operation_of(ctx: Context) -> str:
    """CVAT's operationId for a request, "" for none."""
    request = ctx.request
    match = routes.find(request.path, ctx.config.lenient, ctx.version)
    return match[0].operations.get(request.method, ("", ""))[0] if match else ""


def handler_of(ctx: Context) -> routes.Handler | None:
    """The function that answers a request, None for none."""
    match = routes.find(ctx.request.path, ctx.config.lenient, ctx.version)
    return routes.handler(match[0].operations.get(ctx.request.method, ("", "-"))[1]) if match else None


def target_of(ctx: Context) -> int:
    """The id in the path of a request, 0 for none."""
    match = routes.find(ctx.request.path, ctx.config.lenient, ctx.version)
    text = match[1].get("id", "") if match else ""
    return int(text) if _INTEGER.match(text) else 0


def dispatch(ctx: Context) -> Response:
    """Find the handler and call it. Raises: ApiError."""
    match = routes.find(ctx.request.path, ctx.config.lenient, ctx.version)
    if match is None:
        raise page(404)
    route, params = match
    ctx.allow = route.allow
    if ctx.request.path.endswith("/") and not route.both_slashes:
        ctx.warn("the real server has no such path (404): leave out the last slash", "slash")
    as_html = not route.pattern.startswith(documents.PATHS) and negotiate(ctx)
    ctx.user = auth.authenticate(ctx, required=not public(route))
    if ctx.user is None:
        throttle.count_anonymous(ctx)
    method = ctx.request.method
    if method == "OPTIONS" and "OPTIONS" not in route.operations:
        return json_response(200, {"name": route.pattern, "renders": ["application/vnd.cvat+json", "text/html"]})
    response = call(ctx, route, params, method)
    return browsable(response.made()) if as_html else response


def call(ctx: Context, route: routes.Route, params: dict[str, str], method: str) -> Response:
    """Run the handler of a method. Raises: ApiError 405, 501, 404 and the handler's own."""
    wanted = "GET" if method == "HEAD" and "HEAD" not in route.operations else method
    if wanted not in route.operations:
        raise detail(405, f'Method "{method}" not allowed.')
    ctx.operation, name = route.operations[wanted]
    function = routes.handler(name)
    why = versions.why_not_modelled(ctx.version, ctx.operation)
    if function is None or why:
        raise detail(501, f"{ctx.operation} is not modelled by the mock server" + (f": {why}" if why else ""))
    if ctx.user is not None:
        organizations.enter(ctx)
        queue.tick(ctx)
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
    by_encoding = not ctx.config.lenient and compressing.can_be_packed(response)
    response.headers.append(("Vary", f"Accept,{' Accept-Encoding,' if by_encoding else ''} Origin, Cookie"))
    response.headers.extend(STANDARD_HEADERS)
