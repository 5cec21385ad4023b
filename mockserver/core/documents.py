"""Handlers of `/api/schema` and `/api/swagger`, which speak other media types than the rest of the server.

    GET /api/schema/                                       application/vnd.oai.openapi (YAML)
    Accept: application/vnd.oai.openapi+json | ?scheme=json        JSON

Paths and methods are this server's; bodies are described in CVAT's own document.
"""

from __future__ import annotations

from functools import lru_cache

import orjson

from mockserver.core import routes
from mockserver.protocol.http import Response, detail, text_response
from mockserver.protocol.versions import Version
from mockserver.state.context import Context
from mockserver.state.tables import Record

PATHS = ("/api/schema", "/api/swagger")
_TYPES = {
    "application/vnd.oai.openapi": "yaml", "application/yaml": "yaml", "application/vnd.oai.openapi+json": "json",
    "application/json": "json",
}  # fmt: skip
_SCHEMES = {"yaml": "application/vnd.oai.openapi", "json": "application/vnd.oai.openapi+json"}


def retrieve_schema(ctx: Context) -> Response:
    """GET /api/schema/. Raises: ApiError 404 for an unknown scheme, 406 for a media type that is not spoken."""
    if _moved(ctx):
        return _redirect(ctx)
    media = _media_type(ctx)
    document = {**_document(ctx.version, ctx.server), "servers": [{"url": ctx.base}]}
    # what is JSON is YAML too, and readers of either need no other form
    data = orjson.dumps(document, option=orjson.OPT_INDENT_2 if _TYPES[media] == "yaml" else 0)
    name = f'inline; filename="CVAT REST API (2.0).{_TYPES[media]}"'
    return Response(200, [("Content-Type", media), ("Content-Disposition", name)], data)


def _media_type(ctx: Context) -> str:
    scheme = ctx.request.param("scheme")
    if scheme is not None:
        if scheme not in _SCHEMES:
            raise detail(404, "Not found.")
        return _SCHEMES[scheme]
    accepted = [choice.partition(";")[0].strip().lower() for choice in ctx.request.headers.get("accept", "").split(",")]
    for media in accepted:
        if media in _TYPES:
            return media
        if media in ("", "*/*", "application/*"):
            return _SCHEMES["yaml"]
    if ctx.config.lenient:
        return _SCHEMES["json"]
    raise detail(406, "Could not satisfy the request Accept header.")


def retrieve_swagger(ctx: Context) -> Response:
    """GET /api/swagger/: a list of the endpoints for people."""
    if _moved(ctx):
        return _redirect(ctx)
    all_routes = routes.of_version(ctx.version).all
    lines = [f"{method:<8}{route.pattern}" for route in all_routes for method in route.operations]
    return text_response(200, f"<!doctype html>\n<title>CVAT REST API</title>\n<pre>{chr(10).join(lines)}</pre>\n")


def _moved(ctx: Context) -> bool:
    return not ctx.request.path.endswith("/") and not ctx.config.lenient


def _redirect(ctx: Context) -> Response:
    return Response(301, [("Location", ctx.request.path + "/"), ("Content-Type", "text/html; charset=utf-8")])


@lru_cache(maxsize=4)
def _document(version: Version, name: str) -> Record:
    paths: dict[str, Record] = {}
    for route in routes.of_version(version).all:
        for method, (operation, _) in route.operations.items():
            entry = {"operationId": operation, "responses": {"default": {"description": ""}}}
            paths.setdefault(route.pattern.replace("[/]", ""), {})[method.lower()] = entry
    return {"openapi": "3.0.3", "info": {"title": "CVAT REST API", "version": name}, "paths": paths}
