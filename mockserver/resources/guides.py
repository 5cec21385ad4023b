"""Handlers of `/api/guides`: what annotators are told about a task or project, in Markdown.

POST {"task_id": 7, "markdown": "# How"}     201; the task, and its jobs, have this as guide_id then
"""

from __future__ import annotations

from mockserver.protocol.http import Response, empty_response, errors, json_response
from mockserver.rules import forms, lookup, permissions
from mockserver.rules.forms import ABSENT, Field, Schema, at_least, text_up_to
from mockserver.state.context import Context
from mockserver.state.tables import Record

_TEXT = text_up_to(blank=True)
_NEW = Schema(
    {
        "task_id": Field(at_least(1), None, nullable=True), "project_id": Field(at_least(1), None, nullable=True),
        "markdown": Field(_TEXT, ""),
    }
)  # fmt: skip
_CHANGE = Schema({"markdown": Field(_TEXT, ABSENT)})
_SHOWN = ("id", "task_id", "project_id", "created_date", "updated_date", "markdown")


def _show(record: Record) -> Record:
    return {name: record.get(name) for name in _SHOWN}


def _may(ctx: Context, record: Record, scope: str) -> bool:
    if record.get("task_id") is not None:
        task = ctx.table("tasks")[record["task_id"]]
        jobs = lookup.jobs_of(ctx, task["id"]) if scope == "view" else []
        return permissions.task_allows(ctx, task, scope) or any(permissions.job_allows(ctx, job, scope) for job in jobs)
    return permissions.project_allows(ctx, ctx.table("projects")[record["project_id"]], scope)


def _find(ctx: Context, pk: int, scope: str) -> Record:
    record = lookup.record(ctx, "guides", pk)
    permissions.require(ctx, _may(ctx, record, scope))
    return record


def create(ctx: Context) -> Response:
    """POST /api/guides."""
    form = forms.read(ctx, _NEW)
    if (form["task_id"] is None) == (form["project_id"] is None):
        raise errors("One of project_id or task_id must be specified")
    table, pk = ("tasks", form["task_id"]) if form["task_id"] is not None else ("projects", form["project_id"])
    owner = lookup.record(ctx, table, pk)
    permissions.require(ctx, _may(ctx, form, "update"))
    if owner.get("guide_id") is not None:
        raise errors(f"{table[:-1].capitalize()} already has a guide")
    number, now = ctx.state.next_id("guides"), ctx.now()
    record = {"id": number, **form, "created_date": now, "updated_date": now}
    ctx.state.put("guides", number, record)
    _link(ctx, record, number)
    return json_response(201, _show(record))


def _link(ctx: Context, record: Record, number: int | None) -> None:
    """Write the guide's number, or none, into what it belongs to."""
    if record.get("project_id") is not None:
        ctx.state.update("projects", record["project_id"], guide_id=number)
        return
    ctx.state.update("tasks", record["task_id"], guide_id=number)
    for job in lookup.jobs_of(ctx, record["task_id"]):
        ctx.state.update("jobs", job["id"], guide_id=number)


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/guides/{id}, for everyone who sees the task, the project or a job."""
    return json_response(200, _show(_find(ctx, pk, "view")))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/guides/{id}."""
    _find(ctx, pk, "update")
    form = forms.read(ctx, _CHANGE)
    return json_response(200, _show(ctx.state.update("guides", pk, **form, updated_date=ctx.now())))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/guides/{id}."""
    record = _find(ctx, pk, "update")
    _link(ctx, record, None)
    ctx.state.delete("guides", pk)
    return empty_response()
