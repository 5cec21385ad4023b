"""Handlers of `/api/projects`."""

from __future__ import annotations

from mockserver.people import organizations
from mockserver.protocol.http import Response, empty_response, json_response
from mockserver.resources import label_forms, moving
from mockserver.resources.jobs import assigned, user_id
from mockserver.resources.tasks import remove_task, stored
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import ABSENT, Field, Schema, at_least, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

STATUSES = ("annotation", "validation", "completed")
_PROJECT = {
    "name": Field(text_up_to(256)), "labels": label_forms.LABELS,
    "owner_id": Field(at_least(0), ABSENT, nullable=True),
    "assignee_id": Field(at_least(0), ABSENT, nullable=True),
    "bug_tracker": Field(text_up_to(2000, blank=True), ABSENT),
    "target_storage": Field(forms.storage, ABSENT, nullable=True),
    "source_storage": Field(forms.storage, ABSENT, nullable=True),
}  # fmt: skip
_NEW = Schema(_PROJECT)
_CHANGE = Schema(
    {
        **_PROJECT, "name": Field(text_up_to(256), ABSENT),
        "organization_id": Field(at_least(0), ABSENT, nullable=True),
    }
)  # fmt: skip


def _columns(ctx: Context) -> Listing:
    columns = {
        "name": Column(lambda row: row["name"]), "owner": Column(lambda row: lookup.name_of(ctx, row["owner_id"])),
        "assignee": Column(lambda row: lookup.name_of(ctx, row["assignee_id"])),
        "status": Column(lambda row: row["status"], choices=STATUSES),
        "id": Column(lambda row: row["id"], "number"), "updated_date": Column(lambda row: row["updated_date"], "date"),
    }  # fmt: skip
    return Listing(columns, ("name", "owner", "assignee", "status"), ("name", "owner", "assignee"))


def list_(ctx: Context) -> Response:
    """GET /api/projects."""
    rows = organizations.visible(
        ctx,
        ctx.table("projects").values(),
        lambda row: row["organization_id"],
        lambda row: permissions.is_project_staff(ctx, row),
    )
    return listing.answer(ctx, rows, _columns(ctx), serialise.project)


def create(ctx: Context) -> Response:
    """POST /api/projects, labels included."""
    home = organizations.home_of_new(ctx)
    form = forms.read(ctx, _NEW)
    record = add(ctx, form, home)
    label_forms.save(ctx, form.get("labels", []), {"project_id": record["id"]})
    headers = [("Location", ctx.url(f"/api/projects/{record['id']}"))]
    return json_response(201, serialise.project(ctx, record), headers)


def add(ctx: Context, form: Record, home: int | None) -> Record:
    """A new project without labels."""
    pk, now = ctx.state.next_id("projects"), ctx.now()
    assignee = user_id(ctx, "assignee_id", form.get("assignee_id"))
    record = {
        "id": pk, "name": form["name"], "guide_id": None, "bug_tracker": form.get("bug_tracker", ""),
        "created_date": now, "updated_date": now, "status": "annotation", "organization_id": home,
        "target_storage": stored(ctx, form.get("target_storage")),
        "source_storage": stored(ctx, form.get("source_storage")),
        "assignee_updated_date": now if assignee else None,
        "owner_id": user_id(ctx, "owner_id", form.get("owner_id")) or ctx.me["id"], "assignee_id": assignee,
    }  # fmt: skip
    ctx.state.put("projects", pk, record)
    return record


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/projects/{id}."""
    return json_response(200, serialise.project(ctx, lookup.project(ctx, pk)))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/projects/{id}."""
    project = lookup.project(ctx, pk, "update")
    permissions.require(ctx, permissions.project_changes_allowed(ctx, project, ctx.form().keys()))
    form = forms.read(ctx, _CHANGE)
    changes = forms.given(form, "name", "bug_tracker")
    for name in ("target_storage", "source_storage"):
        if name in form:
            changes[name] = stored(ctx, form[name])
    if "assignee_id" in form:
        changes |= assigned(ctx, project, form["assignee_id"])
    if "owner_id" in form:
        changes["owner_id"] = user_id(ctx, "owner_id", form["owner_id"])
    ctx.state.update("projects", pk, **changes, updated_date=ctx.now())
    label_forms.save(ctx, form.get("labels", []), {"project_id": pk})
    if "organization_id" in form and form["organization_id"] != project["organization_id"]:
        moving.to_organization(ctx, "projects", ctx.table("projects")[pk], form["organization_id"])
    if form.get("labels"):
        lookup.touch_labels_owner(ctx, {"project_id": pk})
    return json_response(200, serialise.project(ctx, ctx.table("projects")[pk]))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/projects/{id}, with its tasks and labels."""
    permissions.require(ctx, permissions.project_is_theirs(ctx, lookup.record(ctx, "projects", pk)))
    for task in [task for task in ctx.table("tasks").values() if task["project_id"] == pk]:
        remove_task(ctx, task["id"])
    for label in [label for label in ctx.table("labels").values() if label.get("project_id") == pk]:
        ctx.state.delete("labels", label["id"])
    for table in ("guides", "webhooks"):
        for row in [row for row in ctx.table(table).values() if row.get("project_id") == pk]:
            ctx.state.delete(table, row["id"])
    ctx.state.delete("projects", pk)
    return empty_response()
