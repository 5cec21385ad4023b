"""Handlers of `/api/requests`: the state of background requests.

An export request is its owner's (or an admin's); an import request may be looked at by whoever sees its target.
"""

from __future__ import annotations

from urllib.parse import urlencode

from mockserver import background, lookup, permissions
from mockserver.context import Context
from mockserver.http import Response, detail, empty_response, json_response, sentence
from mockserver.state import Record

FILTERS = ("status", "project_id", "task_id", "job_id", "action", "target", "subresource", "format")
SORT_KEYS = ("created_date", "status", "action")
_NO_CACHE = ("Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private")


def list_(ctx: Context) -> Response:
    """GET /api/requests: the user's own requests."""
    mine = [record for record in background.all_of(ctx) if record["owner_id"] == ctx.me["id"]]
    found = [record for record in mine if _matches(ctx, record)]
    names = [name for name in (ctx.request.param("sort") or "").split(",") if name.lstrip("-") in SORT_KEYS]
    for name in reversed(names or ["-created_date"]):
        found.sort(key=lambda record: record[name.lstrip("-")], reverse=name.startswith("-"))  # noqa: B023  # used at once
    return json_response(200, _page(ctx, found), [_NO_CACHE])


def _matches(ctx: Context, record: Record) -> bool:
    fields = {**record, **record["place"]}
    wanted = {name: ctx.request.param(name) for name in FILTERS}
    if any(text and str(fields.get(name)) != text for name, text in wanted.items()):
        return False
    organization = ctx.request.param("org_id")
    return not organization or str(record["place"].get("org_id")) == organization


def _page(ctx: Context, records: list[Record]) -> Record:
    size = _positive(ctx.request.param("page_size"), 10)
    number = _positive(ctx.request.param("page"), 1)
    last = max(1, -(-len(records) // size))
    if number > last:
        raise detail(404, "Invalid page.")
    shown = records[(number - 1) * size : number * size]
    return {
        "count": len(records),
        "next": _link(ctx, number + 1) if number < last else None,
        "previous": _link(ctx, number - 1) if number > 1 else None,
        "results": [background.to_json(ctx, record) for record in shown],
    }


def _positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else default


def _link(ctx: Context, number: int) -> str:
    rest = sorted((name, value) for name, value in ctx.request.query if name != "page")
    query = sorted([*rest, ("page", str(number))]) if number > 1 else rest
    return ctx.url(ctx.request.path) + (f"?{urlencode(query)}" if query else "")


def retrieve(ctx: Context, rq_id: str) -> Response:
    """GET /api/requests/{id}."""
    return json_response(200, background.to_json(ctx, _request(ctx, rq_id)), [_NO_CACHE])


def create_cancel(ctx: Context, rq_id: str) -> Response:
    """POST /api/requests/{id}/cancel: forget one that has not begun (an export: not ended)."""
    record = _request(ctx, rq_id)
    if record["status"] in background.ENDED:
        raise sentence(400, f"Requests with status '{record['status']}' cannot be cancelled")
    if record["status"] == "started" and record["action"] != "export":
        raise sentence(400, "Only export requests can be cancelled once they have started")
    ctx.state.delete("requests", rq_id)
    return empty_response(200, [_NO_CACHE])


def _request(ctx: Context, rq_id: str) -> Record:
    """Raises: ApiError 404, 403."""
    record = background.find(ctx, rq_id)
    if record is None:
        raise sentence(404, "There is no request with specified id")
    own = record["owner_id"] == ctx.me["id"] or permissions.is_admin(ctx)
    permissions.require(ctx, own or (record["action"] != "export" and _sees_target(ctx, record)))
    return record


def _sees_target(ctx: Context, record: Record) -> bool:
    place = record["place"]
    if place.get("job_id") in ctx.table("jobs"):
        return permissions.job_allows(ctx, lookup.record(ctx, "jobs", place["job_id"]), "view")
    if place.get("task_id") in ctx.table("tasks"):
        return permissions.task_allows(ctx, lookup.record(ctx, "tasks", place["task_id"]), "view")
    return False
