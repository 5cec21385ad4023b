"""Handlers of import, export and download; what they start runs as background requests.

POST .../dataset/export?format=COCO 1.0&save_images=true   202 {"rq_id": ...}
GET  .../dataset/download?rq_id=...                        the file
POST .../annotations?format=COCO 1.0   (file or TUS)       202 {"rq_id": ...}
"""

from __future__ import annotations

from typing import Any

from mockserver.background import queue
from mockserver.background.queue import WorkError, submit
from mockserver.background.request_ids import request_id
from mockserver.exchange import conversion, uploads
from mockserver.exchange.format_names import EXPORTERS, IMPORTERS
from mockserver.protocol.http import Response, errors, sentence
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record

_TABLES = {"job": "jobs", "task": "tasks", "project": "projects"}
GONE = "This endpoint is no longer available. Use POST {0}/export, GET /api/requests/{{rq_id}} and GET {0}/download."


# --- export -----------------------------------------------------------------------------------------------------


def create_dataset_export(ctx: Context, pk: int) -> Response:
    """POST /api/jobs/{id}/dataset/export."""
    return _export(ctx, "job", lookup.job(ctx, pk, _export_scope(ctx)))


def create_task_dataset_export(ctx: Context, pk: int) -> Response:
    """POST /api/tasks/{id}/dataset/export."""
    return _export(ctx, "task", lookup.task(ctx, pk, _export_scope(ctx)))


def create_project_dataset_export(ctx: Context, pk: int) -> Response:
    """POST /api/projects/{id}/dataset/export."""
    return _export(ctx, "project", lookup.project(ctx, pk, _export_scope(ctx)))


def _export_scope(ctx: Context) -> str:
    return "export:dataset" if uploads.flag(ctx, "save_images") else "export:annotations"


def _export(ctx: Context, target: str, record: Record) -> Response:
    away = uploads.goes_to_cloud(ctx, target, record)
    name = ctx.request.param("format") or ""
    if name not in EXPORTERS:
        raise errors("Unknown format specified for the request")
    images = uploads.flag(ctx, "save_images")
    rest = {
        "target_id": record["id"], "user_id": ctx.me["id"], "format": name,
        "subresource": "dataset" if images else "annotations",
    }  # fmt: skip
    operation = {**uploads.place_of(ctx, target, record), "format": name}
    filename = ctx.request.param("filename")
    arguments = {"target": target, "pk": record["id"], "format_name": name, "images": images, "filename": filename}
    work = ("reach_cloud", {}) if away else ("export_dataset", arguments)
    return submit(ctx, request_id("export", target, **rest), operation, work)


@queue.worker
def export_dataset(ctx: Context, request: Record, target: str, pk: int, **asked: Any) -> Record:
    """Write a dataset file. asked: format_name, images, filename."""
    record, format_name, images = _target(ctx, target, pk), asked["format_name"], asked["images"]
    data, suffix = conversion.export(ctx, target, record, format_name, images)
    kind = "dataset" if images else "annotations"
    name = asked["filename"] or uploads.file_name(target, record, f"{kind}_{{}}_{format_name}.{suffix}")
    return uploads.keep_file(ctx, request, data, name)


def _target(ctx: Context, target: str, pk: int) -> Record:
    record: Record | None = ctx.table(_TABLES[target]).get(pk)
    if record is None:
        raise WorkError(f"{target} {pk} does not exist any more")
    return record


# --- download ---------------------------------------------------------------------------------------------------


def retrieve_dataset_download(ctx: Context, pk: int) -> Response:
    """GET /api/jobs/{id}/dataset/download."""
    lookup.record(ctx, "jobs", pk)
    return uploads.download(ctx, "job", pk)


def retrieve_task_dataset_download(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}/dataset/download."""
    lookup.record(ctx, "tasks", pk)
    return uploads.download(ctx, "task", pk)


def retrieve_project_dataset_download(ctx: Context, pk: int) -> Response:
    """GET /api/projects/{id}/dataset/download."""
    lookup.record(ctx, "projects", pk)
    return uploads.download(ctx, "project", pk)


def retrieve_dataset_legacy(ctx: Context, pk: int) -> Response:
    """GET .../dataset: gone, whatever the id."""
    raise sentence(410, GONE.format(ctx.request.path))


# --- import -----------------------------------------------------------------------------------------------------


def create_annotations(ctx: Context, pk: int) -> Response:
    """POST /api/jobs/{id}/annotations."""
    return _receive(ctx, "job", lookup.job(ctx, pk, "import:annotations"))


def create_task_annotations(ctx: Context, pk: int) -> Response:
    """POST /api/tasks/{id}/annotations."""
    return _receive(ctx, "task", lookup.task(ctx, pk, "import:annotations"))


def _receive(ctx: Context, target: str, record: Record) -> Response:
    resource = f"{target}s/{record['id']}/annotations"
    answer = uploads.in_pieces(ctx, resource)
    if answer is not None:
        return answer
    asked, away = _asked(ctx, target, record)
    rq_id = request_id("import", target, target_id=record["id"], subresource="annotations")
    work = ("reach_cloud", {}) if away else ("import_annotations", {"target": target, "pk": record["id"], **asked})
    data = None if away else uploads.uploaded_file(ctx, resource, "annotation_file")
    return _queue(ctx, rq_id, uploads.place_of(ctx, target, record), work, data)


def _asked(ctx: Context, target: str, record: Record) -> tuple[Record, bool]:
    """How a file is to be read, and whether it is in a cloud storage. Raises: ApiError 400."""
    name, mode = ctx.request.param("format") or "", ctx.request.param("import_mode") or "replace"
    away = uploads.comes_from_cloud(ctx, target, record)
    if name not in IMPORTERS:
        raise errors(f"Unknown input format '{name}'")
    if mode not in ("replace", "append"):
        raise errors(f"Invalid import_mode='{mode}'. Allowed: replace, append")
    keep_masks = not uploads.flag(ctx, "conv_mask_to_poly", default=True)
    return {"format_name": name, "append": mode == "append", "keep_masks": keep_masks}, away


def _queue(ctx: Context, rq_id: str, operation: Record, work: tuple[str, Record], data: bytes | None) -> Response:
    response = submit(ctx, rq_id, operation, work)
    if response.status == 202 and data is not None:
        ctx.state.put("blobs", f"import/{rq_id}", data)
    return response


@queue.worker
def import_annotations(ctx: Context, request: Record, target: str, pk: int, **asked: Any) -> dict[str, Any] | None:
    """Read an uploaded dataset into a job or task. asked: format_name, append, keep_masks."""
    name = f"import/{request['id']}"
    data = ctx.table("blobs").get(name, b"")
    ctx.state.delete("blobs", name)
    conversion.read_into(ctx, target, _target(ctx, target, pk), conversion.Upload(content=data, **asked))
    return None


def create_project_dataset(ctx: Context, pk: int) -> Response:
    """POST /api/projects/{id}/dataset: a dataset with pictures becomes tasks of the project."""
    project, resource = lookup.project(ctx, pk, "import:dataset"), f"projects/{pk}/dataset"
    answer = uploads.in_pieces(ctx, resource)
    if answer is not None:
        return answer
    asked, away = _asked(ctx, "project", project)
    rq_id = request_id("import", "project", target_id=pk, subresource="dataset")
    work = ("reach_cloud", {}) if away else ("import_project_dataset", {"pk": pk, **asked})
    data = None if away else uploads.uploaded_file(ctx, resource, "dataset_file", "zip")
    return _queue(ctx, rq_id, uploads.place_of(ctx, "project", project), work, data)


@queue.worker
def import_project_dataset(ctx: Context, request: Record, pk: int, **asked: Any) -> dict[str, Any] | None:
    """Read an uploaded dataset as new tasks of a project, one for each of its subsets. asked: as of an import."""
    name = f"import/{request['id']}"
    data = ctx.table("blobs").get(name, b"")
    ctx.state.delete("blobs", name)
    conversion.read_as_tasks(ctx, _target(ctx, "project", pk), conversion.Upload(content=data, **asked))
    return None
