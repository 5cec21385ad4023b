"""Handlers of `/api/requests`: the state of background requests.

An export request is its owner's (or an admin's); an import request may be looked at by whoever sees its target.
"""

from __future__ import annotations

from operator import itemgetter

from mockserver.background import queue
from mockserver.protocol.http import Response, empty_response, json_response, sentence
from mockserver.rules import listing, lookup, permissions
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_PLACES = ("project_id", "task_id", "job_id")
_NO_CACHE = ("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private")


def _columns(ctx: Context) -> Listing:
    def placed(name: str, kind: str = "text") -> Column:
        return Column(lambda record: record["place"].get(name), kind)

    def organization(record: Record) -> str | None:
        row = ctx.table("organizations").get(record["place"].get("org_id"))
        return row["slug"] if row else None

    columns = {
        **{name: placed(name, "number") for name in (*_PLACES, "org_id")}, "format": placed("format"),
        **{name: Column(itemgetter(name)) for name in ("status", "action", "target", "subresource")},
        "created_date": Column(itemgetter("created_date"), "date"), "org": Column(organization),
    }  # fmt: skip
    plain = tuple(name for name in columns if name not in ("created_date", "org", "org_id"))
    sortable = ("created_date", "status", "action")
    unsorted = tuple(name for name in columns if name not in sortable)
    return Listing(columns, plain, order=("-created_date",), unsorted=unsorted, lax=True)


def list_(ctx: Context) -> Response:
    """GET /api/requests: the user's own requests."""
    rows = [record for record in queue.all_of(ctx) if record["owner_id"] == ctx.me["id"]]
    if ctx.in_context:
        home = ctx.organization["id"] if ctx.organization else None
        rows = [record for record in rows if record["place"].get("org_id") == home]
    return listing.answer(ctx, rows, _columns(ctx), queue.to_json, [_NO_CACHE])


def retrieve(ctx: Context, rq_id: str) -> Response:
    """GET /api/requests/{id}."""
    return json_response(200, queue.to_json(ctx, _request(ctx, rq_id)), [_NO_CACHE])


def create_cancel(ctx: Context, rq_id: str) -> Response:
    """POST /api/requests/{id}/cancel: forget one that has not begun (an export: not ended)."""
    record = _request(ctx, rq_id)
    if record["status"] in queue.ENDED:
        raise sentence(400, f"Requests with status '{record['status']}' cannot be cancelled")
    if record["status"] == "started" and record["action"] != "export":
        raise sentence(400, "Only export requests can be cancelled once they have started")
    ctx.state.delete("requests", rq_id)
    return empty_response(200, [_NO_CACHE])


def _request(ctx: Context, rq_id: str) -> Record:
    """Raises: ApiError 404, 403."""
    record = queue.find(ctx, rq_id)
    if record is None:
        raise sentence(404, "There is no request with specified id")
    is_own = record["owner_id"] == ctx.me["id"] or permissions.is_admin(ctx)
    permissions.require(ctx, is_own or (record["action"] != "export" and _sees_target(ctx, record)))
    return record


def _sees_target(ctx: Context, record: Record) -> bool:
    operation = record["place"]
    if operation.get("job_id") in ctx.table("jobs"):
        return permissions.job_allows(ctx, lookup.record(ctx, "jobs", operation["job_id"]), "view")
    if operation.get("task_id") in ctx.table("tasks"):
        return permissions.task_allows(ctx, lookup.record(ctx, "tasks", operation["task_id"]), "view")
    return False
