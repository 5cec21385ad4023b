"""Handlers of `/api/server/*`: what the server is."""

from __future__ import annotations

from mockserver.protocol.http import Response, errors, json_response
from mockserver.state.context import Context


def retrieve_about(ctx: Context) -> Response:
    """GET /api/server/about."""
    return json_response(
        200,
        {
            "name": "Computer Vision Annotation Tool",
            "description": "",
            "version": ctx.server,
            "logo_url": ctx.url("/static/logo.svg"),
            "subtitle": "",
        },
    )


def retrieve_plugins(ctx: Context) -> Response:
    """GET /api/server/plugins."""
    return json_response(200, {"ANALYTICS": False, "MODELS": False})


def list_share(ctx: Context) -> Response:
    """GET /api/server/share: an empty folder."""
    if (ctx.request.param("directory") or "/").strip("/"):
        raise errors(f"{ctx.request.param('directory')} is an invalid directory")
    return json_response(200, [])


def health(ctx: Context) -> Response:
    """GET /api/server/health."""
    names = ("Cache backend: default", "Cache backend: media", "DatabaseBackend", "DiskUsage", "MemoryUsage")
    return json_response(200, dict.fromkeys(names, "working"))
