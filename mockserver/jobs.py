"""Handlers of `/api/jobs` and `/api/jobs/{id}`."""

from __future__ import annotations

from mockserver import lookup
from mockserver.context import Context
from mockserver.http import Response, json_response


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/jobs/{id}."""
    return json_response(200, lookup.job(ctx, pk))
