"""Handlers of `/api/server/*`, `/api/schema` and `/api/events`."""

from __future__ import annotations

from mockserver.context import Context
from mockserver.http import Response, json_response


def retrieve_about(ctx: Context) -> Response:
    """GET /api/server/about."""
    return json_response(
        200,
        {
            "name": "Computer Vision Annotation Tool",
            "description": "",
            "version": ctx.state.version,
            "logo_url": ctx.url("/static/logo.svg"),
            "subtitle": "",
        },
    )
