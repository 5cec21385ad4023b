"""Handlers of `/api/jobs/{id}/annotations` and `/api/tasks/{id}/annotations`, except import.

GET                                      LabeledData
PUT                                      replace everything
PATCH ?action=create|update|delete       change some
DELETE                                   remove everything
"""

from __future__ import annotations

from functools import partial

from annotools.labeled_data import LabeledData
from mockserver.annotations import ahead, bodies, job_annotations, task_annotations
from mockserver.protocol.http import Response, empty_response, errors, page, raw_json_response, sentence
from mockserver.protocol.schemas import UncheckedError
from mockserver.rules import lookup
from mockserver.rules.ahead import reads_ahead
from mockserver.state.context import Context
from mockserver.state.tables import Record

_EXPORT_PARAMETERS = {"format", "filename", "location", "action", "cloud_storage_id"}
_IMPORT_PARAMETERS = {"format", "rq_id"}
MOVED = (
    "This endpoint is no longer used to export or import annotations. Use POST /api/{0}s/{{id}}/dataset/export, "
    "POST /api/{0}s/{{id}}/annotations and GET /api/requests/{{rq_id}} instead."
)


def retrieve(ctx: Context, pk: int) -> Response:
    """GET of a job."""
    job = lookup.job(ctx, pk, "view:annotations")
    _refuse(ctx, _EXPORT_PARAMETERS, "job")
    fail_as_server(ctx, job)
    return raw_json_response(job_annotations.answer(ctx, job))


@reads_ahead(partial(ahead.read, target="job"))
def update(ctx: Context, pk: int) -> Response:
    """PUT of a job."""
    job = lookup.job(ctx, pk, "update:annotations")
    _refuse(ctx, _IMPORT_PARAMETERS, "job")
    fail_as_server(ctx, job)
    return raw_json_response(job_annotations.replace(ctx, job, _data(ctx, "create")))


@reads_ahead(partial(ahead.read, target="job"))
def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH of a job."""
    job = lookup.job(ctx, pk, "update:annotations")
    action = _action(ctx)
    change = getattr(job_annotations, action)
    return raw_json_response(change(ctx, job, _data(ctx, action)))


def destroy(ctx: Context, pk: int) -> Response:
    """DELETE of a job."""
    job = lookup.job(ctx, pk, "delete:annotations")
    fail_as_server(ctx, job)
    job_annotations.clear(ctx, job)
    return empty_response()


def retrieve_task(ctx: Context, pk: int) -> Response:
    """GET of a task: its jobs' annotations merged."""
    task = lookup.task(ctx, pk, "view:annotations")
    _refuse(ctx, _EXPORT_PARAMETERS, "task")
    return raw_json_response(task_annotations.answer(ctx, task))


@reads_ahead(partial(ahead.read, target="task"))
def update_task(ctx: Context, pk: int) -> Response:
    """PUT of a task: replaced in every job, tracks cut at the borders."""
    task = lookup.task(ctx, pk, "update:annotations")
    _refuse(ctx, _IMPORT_PARAMETERS, "task")
    return raw_json_response(task_annotations.change(ctx, task, "replace", _data(ctx, "create")))


@reads_ahead(partial(ahead.read, target="task"))
def partial_update_task(ctx: Context, pk: int) -> Response:
    """PATCH of a task."""
    task = lookup.task(ctx, pk, "update:annotations")
    action = _action(ctx)
    return raw_json_response(task_annotations.change(ctx, task, action, _data(ctx, action)))


def destroy_task(ctx: Context, pk: int) -> Response:
    """DELETE of a task."""
    task_annotations.clear(ctx, lookup.task(ctx, pk, "delete:annotations"))
    return empty_response()


def fail_as_server(ctx: Context, job: Record) -> None:
    """With bug_for_bug: a skeleton with an element on another frame breaks everything but deleting it by id."""
    if ctx.config.bug_for_bug and job_annotations.is_torn(ctx, job):
        raise page(500)


def _refuse(ctx: Context, names: set[str], target: str) -> None:
    if any(name in names for name, _ in ctx.request.query):
        raise sentence(410, MOVED.format(target))


def _action(ctx: Context) -> str:
    action = ctx.request.param("action")
    if action not in ("create", "update", "delete"):
        raise errors("Please specify a correct 'action' for the request")
    return action


def _data(ctx: Context, action: str) -> LabeledData:
    """The annotations of the body. Raises: ApiError 400, 415."""
    try:
        return ctx.decoded.result() if ctx.decoded else bodies.read(ctx.request, action)
    except UncheckedError as error:
        raise ctx.crash(str(error)) from None
