"""Handlers of `/api/server/*` and `/api/events`."""

from __future__ import annotations

from typing import Any

from mockserver.exchange.format_names import EXPORTERS, IMPORTERS, FormatName
from mockserver.protocol.http import Response, errors, json_response
from mockserver.rules import forms
from mockserver.rules.forms import ABSENT, Field, Schema, at_least, many, text_up_to
from mockserver.rules.json_logic import moment
from mockserver.state.context import Context
from mockserver.state.tables import Record


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


def retrieve_annotation_formats(ctx: Context) -> Response:
    """GET /api/server/annotation/formats."""
    rows = {"importers": IMPORTERS.values(), "exporters": EXPORTERS.values()}
    return json_response(200, {kind: [_format(row) for row in found] for kind, found in rows.items()})


def _format(row: FormatName) -> Record:
    shown = {"name": row.title, "ext": row.ext, "version": row.version, "enabled": row.enabled}
    return {**shown, "dimension": row.dimension}


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


def _date(value: Any) -> str:
    try:
        found = moment(value)
    except ValueError:
        raise forms.InvalidError(
            "Datetime has wrong format. Use one of these formats instead: "
            "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
        ) from None
    text = found.isoformat().removesuffix("+00:00")
    return text + "Z"


_NUMBERS = ("count", "duration", "project_id", "task_id", "job_id", "user_id", "org_id")
_EVENT = Schema(
    {
        "scope": Field(text_up_to()), "obj_name": Field(text_up_to(), ABSENT, nullable=True),
        "obj_id": Field(forms.integer, ABSENT, nullable=True), "obj_val": Field(text_up_to(), ABSENT, nullable=True),
        "source": Field(text_up_to(), ABSENT, nullable=True), "timestamp": Field(_date),
        "count": Field(forms.integer, ABSENT, nullable=True), "duration": Field(at_least(0), 0),
        "project_id": Field(forms.integer, ABSENT, nullable=True),
        "task_id": Field(forms.integer, ABSENT, nullable=True),
        "job_id": Field(forms.integer, ABSENT, nullable=True), "payload": Field(text_up_to(blank=True), "{}"),
    }
)  # fmt: skip
_EVENTS = Schema(
    {
        "events": Field(many(_EVENT)), "previous_event": Field(_EVENT, None, nullable=True),
        "timestamp": Field(_date),
    }
)  # fmt: skip


def create_events(ctx: Context) -> Response:
    """POST /api/events: what a browser reports about its user; taken and forgotten."""
    form = forms.read(ctx, _EVENTS)
    place = {"org_id": None, "org_slug": None}
    if ctx.organization is not None:
        place = {"org_id": ctx.organization["id"], "org_slug": ctx.organization["slug"]}
    who = {"user_id": ctx.me["id"], "user_name": ctx.me["username"], "user_email": ctx.me.get("email", "")}
    events = [{**event, "source": "client", **place, **who} for event in form["events"]]
    return json_response(201, {**form, "events": events})
