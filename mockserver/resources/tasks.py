"""Handlers of `/api/tasks` and `/api/tasks/{id}`; what is in them comes by `exchange.task_data`."""

from __future__ import annotations

from typing import Any

from mockserver.people import organizations
from mockserver.protocol import versions
from mockserver.protocol.http import Response, detail, empty_response, fields, json_response
from mockserver.resources import label_forms, moving
from mockserver.resources.jobs import DIMENSIONS, MEDIA_TYPES, MODES, assigned, user_id
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import ABSENT, Field, Schema, at_least, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_STATUSES = ("annotation", "validation", "completed")
_TASK = {
    "name": Field(text_up_to(256)), "project_id": Field(at_least(0), ABSENT, nullable=True),
    "owner_id": Field(at_least(0), ABSENT, nullable=True), "assignee_id": Field(at_least(0), ABSENT, nullable=True),
    "bug_tracker": Field(text_up_to(2000, blank=True), ABSENT), "labels": label_forms.LABELS,
    "subset": Field(text_up_to(64, blank=True), ABSENT), "target_storage": Field(forms.storage, ABSENT, nullable=True),
    "source_storage": Field(forms.storage, ABSENT, nullable=True),
}  # fmt: skip
_NEW = Schema(
    {
        **_TASK, "overlap": Field(at_least(0), ABSENT, nullable=True), "segment_size": Field(at_least(0), ABSENT),
        "consensus_replicas": Field(at_least(0, 10), ABSENT), "initial_replicas": Field(at_least(0, 10), ABSENT),
    }
)  # fmt: skip
_CHANGE = Schema(
    {
        **_TASK, "name": Field(text_up_to(256), ABSENT),
        "organization_id": Field(at_least(0), ABSENT, nullable=True),
    }
)  # fmt: skip


def _columns(ctx: Context) -> Listing:
    def project_name(task: Record) -> str | None:
        project = ctx.table("projects").get(task["project_id"])
        return project["name"] if project else None

    def plain(name: str) -> Any:
        return lambda task: task.get(name)

    columns = {
        "project_name": Column(project_name), "name": Column(plain("name")),
        "owner": Column(lambda task: lookup.name_of(ctx, task["owner_id"])),
        "assignee": Column(lambda task: lookup.name_of(ctx, task["assignee_id"])),
        "status": Column(plain("status"), choices=_STATUSES), "subset": Column(plain("subset")),
        "mode": Column(plain("mode"), choices=MODES), "dimension": Column(plain("dimension"), choices=DIMENSIONS),
        "media_type": Column(plain("media_type"), choices=MEDIA_TYPES), "tracker_link": Column(plain("bug_tracker")),
        "validation_mode": Column(plain("validation_mode"), choices=("gt", "gt_pool")),
        "project_id": Column(plain("project_id"), "number"), "id": Column(plain("id"), "number"),
        "updated_date": Column(plain("updated_date"), "date"), "created_date": Column(plain("created_date"), "date"),
    }  # fmt: skip
    equality = tuple(name for name in columns if name not in ("id", "updated_date", "created_date"))
    words = ("project_name", "name", "owner", "assignee", "subset", "tracker_link")
    return Listing(columns, equality, words)


def list_(ctx: Context) -> Response:
    """GET /api/tasks."""
    rows = organizations.visible(
        ctx,
        ctx.table("tasks").values(),
        lambda row: row["organization_id"],
        lambda row: permissions.is_task_staff(ctx, row),
    )
    return listing.answer(ctx, rows, _columns(ctx), serialise.task)


def create(ctx: Context) -> Response:
    """POST /api/tasks: without data, so without jobs."""
    home = organizations.home_of_new(ctx)
    body = ctx.form()
    form = forms.read(ctx, _NEW, body if ctx.config.lenient else versions.taken(ctx.version, "TaskWriteRequest", body))
    project = _project(ctx, form)
    if project is not None:
        home = project["organization_id"]
        if form.get("labels"):
            raise fields(non_field_errors=["Project must have only one of Label set or project_id"])
    record = add(ctx, form, home)
    label_forms.save(ctx, form.get("labels", []), {"task_id": record["id"]})
    headers = [("Location", ctx.url(f"/api/tasks/{record['id']}"))]
    return json_response(201, serialise.task(ctx, record), headers)


def _project(ctx: Context, form: Record) -> Record | None:
    pk = form.get("project_id")
    if pk is None:
        return None
    project: Record | None = ctx.table("projects").get(pk)
    if project is None:
        raise detail(404, "The specified project does not exist.")
    permissions.require(ctx, permissions.project_allows(ctx, project, "update"))
    return project


def add(ctx: Context, form: Record, home: int | None) -> Record:
    """A new task without data and labels."""
    pk, now = ctx.state.next_id("tasks"), ctx.now()
    assignee = user_id(ctx, "assignee_id", form.get("assignee_id"))
    replicas = int(form.get("initial_replicas") or form.get("consensus_replicas") or 0)
    if replicas == 1:
        raise fields(consensus_replicas=["Consensus replicas cannot be 1: it must be 0 or 2 to 10"])
    record = {
        "id": pk, "name": form["name"], "project_id": form.get("project_id"),
        "owner_id": user_id(ctx, "owner_id", form.get("owner_id")) or ctx.me["id"], "assignee_id": assignee,
        "bug_tracker": form.get("bug_tracker", ""), "created_date": now, "updated_date": now,
        "overlap": form.get("overlap"), "segment_size": form.get("segment_size", 0), "status": "annotation",
        "guide_id": None, "data": None, "dimension": "", "mode": "", "media_type": "", "subset": form.get("subset", ""),
        "organization_id": home, "target_storage": stored(ctx, form.get("target_storage")),
        "source_storage": stored(ctx, form.get("source_storage")),
        "assignee_updated_date": now if assignee else None, "validation_mode": None,
        "consensus_enabled": replicas > 0, "replicas": replicas,
    }  # fmt: skip
    ctx.state.put("tasks", pk, record)
    return record


def stored(ctx: Context, storage: Record | None) -> Record | None:
    """A storage with an id of its own."""
    return None if storage is None else {"id": ctx.state.next_id("storages"), **storage}


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}."""
    return json_response(200, serialise.task(ctx, lookup.task(ctx, pk)))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/tasks/{id}."""
    task = lookup.task(ctx, pk, "update")
    permissions.require(ctx, permissions.task_changes_allowed(ctx, task, ctx.form().keys()))
    form = forms.read(ctx, _CHANGE)
    changes = forms.given(form, "name", "bug_tracker", "subset")
    for name in ("target_storage", "source_storage"):
        if name in form:
            changes[name] = stored(ctx, form[name])
    if "assignee_id" in form:
        changes |= assigned(ctx, task, form["assignee_id"])
    if "owner_id" in form:
        changes["owner_id"] = user_id(ctx, "owner_id", form["owner_id"])
    ctx.state.update("tasks", pk, **changes)
    label_forms.save(ctx, form.get("labels", []), _label_owner(task))
    if form.get("project_id") not in (None, task["project_id"]):
        _move(ctx, ctx.table("tasks")[pk], form)
    if "organization_id" in form and form["organization_id"] != task["organization_id"]:
        moving.to_organization(ctx, "tasks", ctx.table("tasks")[pk], form["organization_id"])
    if form.get("labels"):
        lookup.touch_labels_owner(ctx, _label_owner(ctx.table("tasks")[pk]))
    lookup.touch(ctx, task=ctx.table("tasks")[pk])
    return json_response(200, serialise.task(ctx, ctx.table("tasks")[pk]))


def _label_owner(task: Record) -> Record:
    if task["project_id"] is not None:
        return {"project_id": task["project_id"]}
    return {"task_id": task["id"]}


def _move(ctx: Context, task: Record, form: Record) -> None:
    """Into another project. Raises: ApiError 400, 403, 404."""
    project = _project(ctx, form)
    renamed = {label["id"]: label["name"] for label in form.get("labels", ()) if {"id", "name"} <= label.keys()}
    if project is not None:
        ctx.state.update("tasks", task["id"], **moving.into_project(ctx, task, project, renamed))


def retrieve_status(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}/status, what the server had before `/api/requests`."""
    task = lookup.task(ctx, pk)
    state = "Finished" if task["id"] in ctx.table("data_meta") else "Queued"
    return json_response(200, {"state": state, "message": "", "progress": 0.0})


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/tasks/{id}."""
    permissions.require(ctx, permissions.task_is_theirs(ctx, lookup.record(ctx, "tasks", pk)))
    remove_task(ctx, pk)
    return empty_response()


def remove_task(ctx: Context, pk: int) -> None:
    """Take a task away with jobs, annotations, issues, labels and data."""
    for job in lookup.jobs_of(ctx, pk):
        lookup.remove_job(ctx, job["id"])
    for label in [label for label in ctx.table("labels").values() if label.get("task_id") == pk]:
        ctx.state.delete("labels", label["id"])
    prefix = f"data/{ctx.table('tasks')[pk].get('data')}/"
    for name in [name for name in ctx.table("blobs") if name.startswith(prefix)]:
        ctx.state.delete("blobs", name)
    for table in ("data_meta", "validation", "tasks"):
        ctx.state.delete(table, pk)
    for guide in [row for row in ctx.table("guides").values() if row.get("task_id") == pk]:
        ctx.state.delete("guides", guide["id"])
