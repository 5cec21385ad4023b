"""Handlers of `/api/webhooks`: whom the server would tell about events. Nobody is told anything here.

POST {"type": "project", "project_id": 7, "target_url": "http://...", "events": ["update:job"]}     201
"""

from __future__ import annotations

from typing import Any

from mockserver.protocol import versions
from mockserver.protocol.http import Response, detail, errors, fields, json_response
from mockserver.resources import owned
from mockserver.rules import forms, listing, lookup, permissions
from mockserver.rules.forms import ABSENT, Field, InvalidError, Schema, at_least, boolean, choice, items, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.rules.serialise import person
from mockserver.state.context import Context
from mockserver.state.tables import Record

TYPES = ("organization", "project", "server")
_CHANGES = ("create", "update", "delete")
_COMPLETED = (
    "calculate:quality", "create:task", "export:annotations", "export:backup", "export:dataset", "merge:job",
    "merge:task",
)  # fmt: skip
_OF_BOTH = (
    *(f"{verb}:{name}" for name in ("comment", "issue", "job", "task") for verb in _CHANGES),
    *(f"completed:request[{what}]" for what in _COMPLETED), "update:project", "delete:project",
)  # fmt: skip
_OF_ORGANIZATION = (
    *_OF_BOTH, *(f"{verb}:membership" for verb in _CHANGES), "create:project", "create:invitation",
    "delete:invitation", "update:organization",
)  # fmt: skip
EVENTS = {"project": tuple(sorted(_OF_BOTH)), "organization": tuple(sorted(_OF_ORGANIZATION))}
_ALL = EVENTS["organization"]


def _target(value: Any) -> str:
    url = str(text_up_to(8192)(value))
    if not url.startswith(("http://", "https://")) or len(url.partition("://")[2]) < 2:
        raise InvalidError("Enter a valid URL.")
    return url


_FIELDS = {
    "target_url": Field(_target), "description": Field(text_up_to(128, blank=True), ""), "type": Field(choice(TYPES)),
    "content_type": Field(choice(("application/json",)), "application/json"),
    "secret": Field(text_up_to(64, blank=True), ""), "is_active": Field(boolean, True),
    "enable_ssl": Field(boolean, True), "project_id": Field(at_least(1), None, nullable=True),
    "events": Field(items(choice(_ALL), empty=False)),
}  # fmt: skip
_NEW = Schema(_FIELDS)
_CHANGE = Schema(
    {name: Field(field.parse, ABSENT) for name, field in _FIELDS.items() if name not in ("type", "project_id")}
)
_WHOLE = Schema({name: field for name, field in _FIELDS.items() if name not in ("type", "project_id")})
_SHOWN = (
    "target_url", "description", "type", "content_type", "is_active", "enable_ssl", "created_date", "updated_date",
)  # fmt: skip


def _show(ctx: Context, row: Record) -> Record:
    return {
        "id": row["id"], "url": ctx.url(f"/api/webhooks/{row['id']}"), **{name: row.get(name) for name in _SHOWN},
        "owner": person(ctx, row["owner_id"]), "project_id": row.get("project_id"),
        "organization": row["organization_id"], "events": sorted(row.get("events", ())),
    }  # fmt: skip


def _columns(ctx: Context) -> Listing:
    columns = {
        "target_url": Column(lambda row: row["target_url"]),
        "owner": Column(lambda row: lookup.name_of(ctx, row["owner_id"])),
        "type": Column(lambda row: row["type"], choices=versions.words(ctx.version, "WebhookType", TYPES)),
        "description": Column(lambda row: row.get("description", "")),
        "project_id": Column(lambda row: row.get("project_id"), "number"),
        "id": Column(lambda row: row["id"], "number"), "updated_date": Column(lambda row: row["updated_date"], "date"),
    }  # fmt: skip
    words = ("target_url", "owner", "type", "description")
    return Listing(columns, ("target_url", "owner", "type", "project_id"), words)


def list_(ctx: Context) -> Response:
    """GET /api/webhooks."""
    return owned.rows(ctx, "webhooks", _columns(ctx), _show)


def create(ctx: Context) -> Response:
    """POST /api/webhooks, for a project or the organization that the request names."""
    form = forms.read(ctx, _NEW)
    _check_type(ctx, form["type"])
    _check_events(form["type"], form["events"])
    if form["type"] == "organization":
        home = ctx.organization["id"] if ctx.organization else None
        if home is None or form["project_id"] is not None:
            raise errors("A webhook of an organization needs the organization, and no project")
        permissions.require(ctx, permissions.is_admin(ctx) or permissions.leads(ctx, home))
    else:
        if form["project_id"] is None:
            raise fields(project_id=["This field is required."])
        home = lookup.project(ctx, form["project_id"], "update")["organization_id"]
    return owned.created(ctx, "webhooks", owned.add(ctx, "webhooks", form, home), _show)


def _check_type(ctx: Context, kind: str) -> None:
    """Raises: ApiError 400 for what the version does not know, 501 for a webhook of the server."""
    if kind not in versions.words(ctx.version, "WebhookType", TYPES):
        raise fields(type=[f'"{kind}" is not a valid choice.'])
    if kind not in EVENTS:
        raise detail(501, f"webhooks of the type {kind} are not modelled by the mock server")


def _check_events(kind: str, events: list[str]) -> None:
    unknown = sorted(set(events) - set(EVENTS[kind]))
    if unknown:
        raise errors(f"Invalid events for a webhook of type {kind}: {', '.join(unknown)}")


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/webhooks/{id}."""
    return json_response(200, _show(ctx, owned.find(ctx, "webhooks", pk)))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/webhooks/{id}; type and project stay."""
    return _changed(ctx, pk, _CHANGE)


def update(ctx: Context, pk: int) -> Response:
    """PUT /api/webhooks/{id}; type and project stay."""
    return _changed(ctx, pk, _WHOLE)


def _changed(ctx: Context, pk: int, schema: Schema) -> Response:
    old = owned.find(ctx, "webhooks", pk)
    form = forms.read(ctx, schema)
    _check_events(old["type"], form.get("events", []))
    return json_response(200, _show(ctx, owned.change(ctx, "webhooks", pk, form)))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/webhooks/{id}."""
    return owned.remove(ctx, "webhooks", pk)


def retrieve_events(ctx: Context) -> Response:
    """GET /api/webhooks/events?type=project: the names of the events; those of organizations are all."""
    kind = ctx.request.param("type") or "organization"
    if kind not in versions.words(ctx.version, "WebhookType", TYPES):
        raise errors("Incorrect value of type parameter")
    _check_type(ctx, kind)
    shown = [{"key": event, "group": _group(event)} for event in EVENTS[kind]]
    return json_response(200, {"webhook_type": kind, "events": shown})


def _group(event: str) -> Record:
    name = event.partition(":")[2].partition("[")[0]
    return {"display_name": name.capitalize()}


def list_deliveries(ctx: Context, pk: int) -> Response:
    """GET /api/webhooks/{id}/deliveries: none."""
    owned.find(ctx, "webhooks", pk)
    return listing.answer(ctx, [], Listing({"id": Column(lambda row: row["id"], "number")}), lambda _, row: row)
