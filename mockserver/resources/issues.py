"""Handlers of `/api/issues` and `/api/comments`.

POST /api/issues   {"frame": 0, "position": [10, 10, 30, 40], "job": 69, "message": "check this"}
"""

from __future__ import annotations

import math
from typing import Any

from mockserver.people import organizations
from mockserver.protocol.http import Response, empty_response, errors, fields, json_response
from mockserver.resources.jobs import user_id
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import ABSENT, Field, Schema, at_least, boolean, items, text_up_to
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record


def _coordinate(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise forms.InvalidError("A valid number is required.")
    coordinate = forms.number(value)
    if not math.isfinite(coordinate):
        raise forms.UncheckedError(f"a position cannot be {coordinate}")
    return coordinate


_POSITION = items(_coordinate, empty=False)
_ISSUE = Schema(
    {
        "frame": Field(at_least(0)), "position": Field(_POSITION), "job": Field(at_least(0)),
        "assignee": Field(at_least(0), None, nullable=True), "message": Field(text_up_to(None)),
        "resolved": Field(boolean, False),
    }
)  # fmt: skip
_ISSUE_CHANGE = Schema(
    {
        "position": Field(_POSITION, ABSENT), "assignee": Field(at_least(0), ABSENT, nullable=True),
        "resolved": Field(boolean, ABSENT),
    }
)  # fmt: skip
_COMMENT = Schema({"issue": Field(at_least(0)), "message": Field(text_up_to(blank=True), "")})
_COMMENT_CHANGE = Schema({"message": Field(text_up_to(blank=True), ABSENT)})


def _job_of(ctx: Context, issue: Record) -> Record:
    job: Record = ctx.table("jobs")[issue["job"]]
    return job


def _home(ctx: Context, issue: Record) -> int | None:
    organization_id: int | None = lookup.task_of(ctx, _job_of(ctx, issue))["organization_id"]
    return organization_id


def _columns(ctx: Context) -> Listing:
    columns = {
        "owner": Column(lambda row: lookup.name_of(ctx, row["owner_id"])),
        "assignee": Column(lambda row: lookup.name_of(ctx, row["assignee_id"])),
        "id": Column(lambda row: row["id"], "number"), "job_id": Column(lambda row: row["job"], "number"),
        "task_id": Column(lambda row: _job_of(ctx, row)["task_id"], "number"),
        "resolved": Column(lambda row: row["resolved"], "flag"),
        "frame_id": Column(lambda row: row["frame"], "number"),
    }  # fmt: skip
    plain = tuple(name for name in columns if name != "id")
    return Listing(columns, plain, ("owner", "assignee"))


def list_(ctx: Context) -> Response:
    """GET /api/issues."""
    rows = organizations.visible(
        ctx,
        ctx.table("issues").values(),
        lambda row: _home(ctx, row),
        lambda row: permissions.is_issue_staff(ctx, row),
    )
    return listing.answer(ctx, rows, _columns(ctx), serialise.issue)


def create(ctx: Context) -> Response:
    """POST /api/issues, with its first comment."""
    job = _wanted_job(ctx)
    form = forms.read(ctx, _ISSUE)
    pk, now = ctx.state.next_id("issues"), ctx.now()
    record = {
        "id": pk, "frame": form["frame"], "position": form["position"], "job": job["id"], "owner_id": ctx.me["id"],
        "assignee_id": user_id(ctx, "assignee", form["assignee"]), "created_date": now, "updated_date": now,
        "resolved": form["resolved"],
    }  # fmt: skip
    ctx.state.put("issues", pk, record)
    _comment(ctx, pk, form["message"])
    headers = [("Location", ctx.url(f"/api/issues/{pk}"))]
    return json_response(201, serialise.issue(ctx, record), headers)


def _wanted_job(ctx: Context) -> Record:
    """The job that a new issue is about. Raises: ApiError 400, 403."""
    wanted = ctx.form().get("job")
    if wanted is None:
        raise fields(job=["This field is required."])
    try:
        job: Record | None = ctx.table("jobs").get(int(wanted))
    except (ValueError, TypeError, OverflowError):
        raise ctx.crash(f"job must be an integer, got {wanted!r}") from None
    if job is None:
        raise errors("Job matching query does not exist.")
    permissions.require(ctx, permissions.issue_creation_allows(ctx, job))
    return job


def _comment(ctx: Context, issue: int, message: str) -> Record:
    pk, now = ctx.state.next_id("comments"), ctx.now()
    record = {"id": pk, "issue": issue, "owner_id": ctx.me["id"], "message": message, "created_date": now,
              "updated_date": now}  # fmt: skip
    ctx.state.put("comments", pk, record)
    return record


def _issue(ctx: Context, pk: int, scope: str) -> Record:
    record = lookup.record(ctx, "issues", pk)
    permissions.require(ctx, permissions.issue_allows(ctx, record, scope))
    return record


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/issues/{id}."""
    return json_response(200, serialise.issue(ctx, _issue(ctx, pk, "view")))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/issues/{id}."""
    _issue(ctx, pk, "update")
    form = forms.read(ctx, _ISSUE_CHANGE)
    if "assignee" in form:
        form["assignee_id"] = user_id(ctx, "assignee", form.pop("assignee"))
    record = ctx.state.update("issues", pk, **form, updated_date=ctx.now())
    return json_response(200, serialise.issue(ctx, record))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE /api/issues/{id}, with its comments."""
    _issue(ctx, pk, "delete")
    lookup.remove_issue(ctx, pk)
    return empty_response()


# --- comments ---------------------------------------------------------------------------------------------------


def _issue_of(ctx: Context, comment: Record) -> Record:
    issue: Record = ctx.table("issues")[comment["issue"]]
    return issue


def _comment_columns(ctx: Context) -> Listing:
    columns = {
        "owner": Column(lambda row: lookup.name_of(ctx, row["owner_id"])),
        "id": Column(lambda row: row["id"], "number"), "issue_id": Column(lambda row: row["issue"], "number"),
        "frame_id": Column(lambda row: _issue_of(ctx, row)["frame"], "number"),
        "job_id": Column(lambda row: _issue_of(ctx, row)["job"], "number"),
    }  # fmt: skip
    return Listing(columns, ("owner", "issue_id", "frame_id", "job_id"), ("owner",))


def list_comments(ctx: Context) -> Response:
    """GET /api/comments."""
    rows = organizations.visible(
        ctx,
        ctx.table("comments").values(),
        lambda row: _home(ctx, _issue_of(ctx, row)),
        lambda row: permissions.is_comment_staff(ctx, row),
    )
    return listing.answer(ctx, rows, _comment_columns(ctx), serialise.comment)


def create_comment(ctx: Context) -> Response:
    """POST /api/comments."""
    form = forms.read(ctx, _COMMENT)
    issue = ctx.table("issues").get(form["issue"])
    if issue is None:
        raise errors("Issue matching query does not exist.")
    permissions.require(ctx, permissions.issue_allows(ctx, issue, "update"))
    record = _comment(ctx, issue["id"], form["message"])
    return json_response(201, serialise.comment(ctx, record))


def _comment_for(ctx: Context, pk: int, scope: str) -> Record:
    record = lookup.record(ctx, "comments", pk)
    permissions.require(ctx, permissions.comment_allows(ctx, record, scope))
    return record


def retrieve_comment(ctx: Context, pk: int) -> Response:
    """GET /api/comments/{id}."""
    return json_response(200, serialise.comment(ctx, _comment_for(ctx, pk, "view")))


def partial_update_comment(ctx: Context, pk: int) -> Response:
    """PATCH /api/comments/{id}, by who wrote it or whose business its issue is."""
    _comment_for(ctx, pk, "update")
    record = ctx.state.update("comments", pk, **forms.read(ctx, _COMMENT_CHANGE), updated_date=ctx.now())
    return json_response(200, serialise.comment(ctx, record))


def destroy_comment(ctx: Context, pk: int) -> Response:
    """DELETE /api/comments/{id}, by who wrote it or whose business its issue is."""
    _comment_for(ctx, pk, "delete")
    ctx.state.delete("comments", pk)
    return empty_response()
