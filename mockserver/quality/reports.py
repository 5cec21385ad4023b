"""Handlers of `/api/quality/reports`, `/api/quality/conflicts` and `/api/consensus/merges`.

POST /api/quality/reports     {"task_id": 42}      202 {"rq_id": ..}; the request's result_id is the report
POST /api/consensus/merges    {"job_id": 68}       202 {"rq_id": ..}
"""

from __future__ import annotations

from operator import itemgetter

import orjson

from annotools.errors import InputError
from annotools.quality.documents import summary_item
from annotools.quality.replicas import parties
from annotools.quality.reports.as_csv import csv_of
from mockserver.background import queue
from mockserver.background.queue import submit
from mockserver.background.request_ids import request_id
from mockserver.exchange import uploads
from mockserver.people import organizations
from mockserver.protocol.http import Response, detail, errors, json_response
from mockserver.quality.work import dataset_of
from mockserver.rules import forms, listing, lookup, permissions, serialise
from mockserver.rules.forms import ABSENT, Field, Schema, at_least
from mockserver.rules.json_logic import Column
from mockserver.rules.listing import Listing
from mockserver.state.context import Context
from mockserver.state.tables import Record

_REPORT = Schema({"task_id": Field(at_least(0), ABSENT), "project_id": Field(at_least(0), ABSENT)})
_MERGE = Schema({"task_id": Field(at_least(0), ABSENT), "job_id": Field(at_least(0), ABSENT)})
_NO_TRUTH = "Quality reports require a Ground Truth job in the task at the acceptance stage and in the completed state"
_HOMES = {"task_id": "tasks", "project_id": "projects"}


# --- reports ------------------------------------------------------------------------------------------------------


def create_report(ctx: Context) -> Response:
    """POST /api/quality/reports. Raises: ApiError 400, 403, 404."""
    target, pk = _one_of(forms.read(ctx, _REPORT), ("task_id", "project_id"))
    record = lookup.task(ctx, pk, "view") if target == "task" else lookup.project(ctx, pk, "view")
    if target == "task":
        _check_truth(ctx, record)
    rq_id = request_id("calculate", target, target_id=pk, subresource="quality")
    return submit(
        ctx, rq_id, uploads.place_of(ctx, target, record), ("calculate_quality", {"target": target, "pk": pk})
    )


def _one_of(form: Record, names: tuple[str, str]) -> tuple[str, int]:
    """The one target of a request."""
    given = [name for name in names if name in form]
    if len(given) != 1:
        raise errors(f"Exactly one of {', '.join(names)} must be specified")
    return given[0].removesuffix("_id"), form[given[0]]


def _check_truth(ctx: Context, task: Record) -> None:
    if task["dimension"] != "2d":
        raise errors("Quality reports are only supported in 2d tasks")
    done = ("ground_truth", "acceptance", "completed")
    if not any((job["type"], job["stage"], job["state"]) == done for job in lookup.jobs_of(ctx, task["id"])):
        raise errors(_NO_TRUTH)


def list_reports(ctx: Context) -> Response:
    """GET /api/quality/reports."""
    rows = _visible(ctx, list(ctx.table("quality_reports").values()))
    target, parent = ctx.request.param("target"), ctx.request.param("parent_id")
    if target:
        rows = [row for row in rows if row["target"] == target]
    if parent and parent.isdigit():
        nested = _nested(ctx, int(parent))
        rows = [row for row in rows if row["id"] in nested]
    return listing.answer(ctx, rows, _columns(), _show)


def _nested(ctx: Context, parent: int) -> set[int]:
    """The reports below one, at any depth."""
    nested, level = set(), {parent}
    while level:
        level = {row["id"] for row in ctx.table("quality_reports").values() if row["parent_id"] in level}
        nested |= level
    return nested


def _columns() -> Listing:
    numbers = {name: Column(itemgetter(name), "number") for name in ("id", "job_id", "task_id", "project_id")}
    dates = ("created_date", "target_last_updated", "gt_last_updated")
    columns = numbers | {name: Column(itemgetter(name), "date") for name in dates}
    return Listing(columns, ("job_id", "task_id", "project_id"))


def _home(ctx: Context, report: Record) -> Record | None:
    """The task or project of a report."""
    for name, table in _HOMES.items():
        if report[name] is not None:
            return ctx.table(table).get(report[name])
    return None


def _allows(ctx: Context, report: Record) -> bool:
    home = _home(ctx, report)
    if home is None:
        return False
    if report["task_id"] is None:
        return permissions.project_allows(ctx, home, "view")
    job = ctx.table("jobs").get(report["job_id"])
    sees_job = job is not None and permissions.job_allows(ctx, job, "view")
    return sees_job or permissions.task_allows(ctx, home, "view")


def _visible(ctx: Context, rows: list[Record]) -> list[Record]:
    pairs = [(row, home) for row in rows if (home := _home(ctx, row)) is not None]
    homes = {row["id"]: home["organization_id"] for row, home in pairs}
    kept = [row for row, _ in pairs]
    return organizations.visible(ctx, kept, lambda row: homes[row["id"]], lambda row: _allows(ctx, row))


def _show(ctx: Context, report: Record) -> Record:
    names = ("id", "job_id", "task_id", "project_id", "parent_id", "target")
    return {
        **{name: report[name] for name in names}, "summary": summary_item(report["document"]),
        "created_date": report["created_date"], "target_last_updated": report["target_last_updated"],
        "gt_last_updated": report["gt_last_updated"], "assignee": serialise.person(ctx, report["assignee_id"]),
    }  # fmt: skip


def _report(ctx: Context, pk: int) -> Record:
    """Raises: ApiError 404, 403."""
    record: Record | None = ctx.table("quality_reports").get(pk)
    if record is None:
        raise detail(404, "No QualityReport matches the given query.")
    permissions.require(ctx, _allows(ctx, record))
    return record


def retrieve_report(ctx: Context, pk: int) -> Response:
    """GET /api/quality/reports/{id}."""
    return json_response(200, _show(ctx, _report(ctx, pk)))


def retrieve_report_data(ctx: Context, pk: int) -> Response:
    """GET /api/quality/reports/{id}/data: the whole report as JSON, or its confusion matrix as CSV."""
    record = _report(ctx, pk)
    if ctx.request.param("format", "json") == "csv":
        return Response(200, [("Content-Type", "text/csv")], csv_of(record["document"]).encode())
    shown = _show(ctx, record)
    columns = {name: shown[name] for name in shown if name != "summary"}
    body = orjson.dumps({**columns, **record["document"]})
    return Response(200, [("Content-Type", "application/json")], body)


# --- conflicts ----------------------------------------------------------------------------------------------------


def list_conflicts(ctx: Context) -> Response:
    """GET /api/quality/conflicts; those of a task's or project's report are those of its jobs."""
    reports = {row["id"]: row for row in _visible(ctx, list(ctx.table("quality_reports").values()))}
    wanted = ctx.request.param("report_id")
    if wanted and wanted.isdigit():
        chosen = {int(wanted), *_nested(ctx, int(wanted))}
        reports = {pk: row for pk, row in reports.items() if pk in chosen}
    rows = [row for row in ctx.table("quality_conflicts").values() if row["report_id"] in reports]
    names = ("job_id", "task_id", "project_id")
    columns = {
        "id": Column(itemgetter("id"), "number"), "frame": Column(itemgetter("frame"), "number"),
        "type": Column(itemgetter("type")), "severity": Column(itemgetter("severity")),
        **{name: Column(_of_report(reports, name), "number") for name in names},
    }  # fmt: skip
    return listing.answer(ctx, rows, Listing(columns, ("frame", "type", "severity", *names)), lambda _, row: row)


def _of_report(reports: dict[int, Record], name: str) -> itemgetter[str]:
    return lambda row: reports[row["report_id"]][name]  # type: ignore[return-value]  # called the same way


# --- consensus ----------------------------------------------------------------------------------------------------


def create_merge(ctx: Context) -> Response:
    """POST /api/consensus/merges. Raises: ApiError 400, 403, 404."""
    target, pk = _one_of(forms.read(ctx, _MERGE), ("task_id", "job_id"))
    job = lookup.record(ctx, "jobs", pk) if target == "job" else None
    task = lookup.task(ctx, job["task_id"] if job else pk, "update")
    _check_replicas(ctx, task, job)
    rq_id = request_id("merge", target, target_id=pk)
    work = ("merge_consensus", {"task_id": task["id"], "job_id": job["id"] if job else None})
    return submit(ctx, rq_id, uploads.place_of(ctx, target, job or task), work)


def _check_replicas(ctx: Context, task: Record, job: Record | None) -> None:
    try:
        replicas = parties(dataset_of(ctx, task))
    except (InputError, queue.WorkError) as error:
        raise errors(str(error).partition(": ")[0]) from None
    ready = {lookup.jobs_of(ctx, task["id"])[row]["id"] for row in replicas.ready}
    if job is not None and job["id"] not in ready:
        raise errors(
            f"No annotated consensus jobs found for parent job {job['id']}. Make sure at least one consensus job is "
            "not in the annotation - new state"
        )
