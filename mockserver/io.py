"""Handlers of import, export and download; what they start runs as background requests.

    POST .../dataset/export?format=COCO 1.0&save_images=true   202 {"rq_id": ...}
    GET  .../dataset/download?rq_id=...                        the file
    POST .../annotations?format=COCO 1.0   (file or TUS)       202 {"rq_id": ...}
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mockserver import background, exchange, lookup, multipart, permissions, tus
from mockserver.background import WorkError, request_id, submit
from mockserver.context import Context
from mockserver.format_names import EXPORTERS, IMPORTERS
from mockserver.http import Response, detail, errors, fields, page, sentence
from mockserver.state import Record

_TRUE, _FALSE = ("true", "1", "yes", "on", "t", "y"), ("false", "0", "no", "off", "f", "n", "")
_TABLES = {"job": "jobs", "task": "tasks", "project": "projects"}
GONE = "This endpoint is no longer available. Use POST {0}/export, GET /api/requests/{{rq_id}} and GET {0}/download."


# --- export -----------------------------------------------------------------------------------------------------


def create_dataset_export(ctx: Context, pk: int) -> Response:
    """POST /api/jobs/{id}/dataset/export."""
    return _export(ctx, "job", lookup.job(ctx, pk, _export_scope(ctx)))


def create_task_dataset_export(ctx: Context, pk: int) -> Response:
    """POST /api/tasks/{id}/dataset/export."""
    return _export(ctx, "task", lookup.task(ctx, pk, _export_scope(ctx)))


def create_task_backup_export(ctx: Context, pk: int) -> Response:
    """POST /api/tasks/{id}/backup/export."""
    task = lookup.task(ctx, pk, "export:backup")
    _check_location(ctx)
    light = _flag(ctx, "lightweight", default=True)
    rest = {"target_id": pk, "user_id": ctx.me["id"], "lightweight": True if light else None, "subresource": "backup"}
    arguments = {"pk": pk, "light": light, "filename": ctx.request.param("filename")}
    place = {**place_of(ctx, "task", task), "lightweight": light}
    return submit(ctx, request_id("export", "task", **rest), place, ("export_backup", arguments))


def _export_scope(ctx: Context) -> str:
    return "export:dataset" if _flag(ctx, "save_images") else "export:annotations"


def _export(ctx: Context, target: str, record: Record) -> Response:
    _check_location(ctx)
    name = ctx.request.param("format") or ""
    if name not in EXPORTERS:
        raise errors("Unknown format specified for the request")
    images = _flag(ctx, "save_images")
    rest = {
        "target_id": record["id"], "user_id": ctx.me["id"], "format": name,
        "subresource": "dataset" if images else "annotations",
    }  # fmt: skip
    place = {**place_of(ctx, target, record), "format": name}
    filename = ctx.request.param("filename")
    arguments = {"target": target, "pk": record["id"], "format_name": name, "images": images, "filename": filename}
    return submit(ctx, request_id("export", target, **rest), place, ("export_dataset", arguments))


def _flag(ctx: Context, name: str, default: bool = False) -> bool:
    text = (ctx.request.param(name) or str(default)).lower()
    if text not in _TRUE + _FALSE:
        raise ctx.crash(f"{name} must be true or false, got {text!r}")
    return text in _TRUE


def _check_location(ctx: Context) -> None:
    location, storage = ctx.request.param("location"), ctx.request.param("cloud_storage_id")
    if location not in (None, "", "local", "cloud_storage"):
        raise ctx.crash(f"location must be local or cloud_storage, got {location!r}")
    if location == "cloud_storage" and not (storage or "").isdigit():
        raise ctx.crash("location=cloud_storage needs cloud_storage_id")
    if location == "cloud_storage":
        raise errors("CloudStorage matching query does not exist.")


def place_of(ctx: Context, target: str, record: Record) -> Record:
    """What a background request belongs to: ids of project, task, job and organization."""
    task = lookup.task_of(ctx, record) if target == "job" else record if target == "task" else None
    project_id = record["id"] if target == "project" else (task or {}).get("project_id")
    return {
        "project_id": project_id,
        "task_id": task["id"] if task else None,
        "job_id": record["id"] if target == "job" else None,
        "org_id": (task or record).get("organization_id"),
    }


@background.worker
def export_dataset(
    ctx: Context, request: Record, target: str, pk: int, format_name: str, images: bool, filename: str | None
) -> Record:
    """Write a dataset file."""
    record = _target(ctx, target, pk)
    data, suffix = exchange.export(ctx, target, record, format_name, images)
    kind = "dataset" if images else "annotations"
    return keep_file(ctx, request, data, filename or file_name(target, record, kind, format_name, suffix))


def keep_file(ctx: Context, request: Record, data: bytes, name: str) -> Record:
    """Store what a request made; gives the field of the request that points to it."""
    ctx.state.put("blobs", f"export/{request['id']}", data)
    return {"file": name}


def file_name(target: str, record: Record, kind: str, format_name: str, suffix: str) -> str:
    """`job_68_annotations_2026_11_23_22_59_23_coco 1.0.zip`, dated as the object."""
    date = datetime.fromisoformat(record["updated_date"]).strftime("%Y_%m_%d_%H_%M_%S")
    return f"{target}_{record['id']}_{kind}_{date}_{format_name}.{suffix}".lower()


def _target(ctx: Context, target: str, pk: int) -> Record:
    found: Record | None = ctx.table(_TABLES[target]).get(pk)
    if found is None:
        raise WorkError(f"{target} {pk} does not exist any more")
    return found


# --- download ---------------------------------------------------------------------------------------------------


def retrieve_dataset_download(ctx: Context, pk: int) -> Response:
    """GET /api/jobs/{id}/dataset/download."""
    lookup.record(ctx, "jobs", pk)
    return _download(ctx, "job", pk)


def retrieve_task_dataset_download(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}/dataset/download."""
    lookup.record(ctx, "tasks", pk)
    return _download(ctx, "task", pk)


def retrieve_task_backup_download(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}/backup/download."""
    lookup.record(ctx, "tasks", pk)
    return _download(ctx, "task", pk)


def _download(ctx: Context, target: str, pk: int) -> Response:
    rq_id = ctx.request.param("rq_id")
    if not rq_id:
        raise errors("Missing request id in the query parameters")
    pairs = background.parse_id(rq_id)
    if pairs is None:
        raise errors("Unexpected request id format")
    if (pairs["action"], pairs["target"], pairs.get("target_id")) != ("export", target, str(pk)):
        raise errors("Invalid export request id")
    record = background.find(ctx, rq_id)
    if record is None:
        raise sentence(400, "Unknown export request id")
    permissions.require(ctx, record["owner_id"] == ctx.me["id"] or permissions.is_admin(ctx))
    if record["status"] != "finished":
        failed = record["status"] == "failed"
        raise sentence(400, record["message"] if failed else "The export process is not finished")
    data = ctx.table("blobs").get(f"export/{rq_id}")
    if data is None or datetime.fromisoformat(record["expiry_date"]) < ctx.env.clock.now():
        raise page(404)
    return file_response(data, record["file"])


def file_response(data: bytes, name: str) -> Response:
    """A file to save."""
    kind = "application/zip" if name.endswith(".zip") else "application/octet-stream"
    plain = name.replace("\\", "_").replace('"', "'")
    return Response(200, [("Content-Type", kind), ("Content-Disposition", f'attachment; filename="{plain}"')], data)


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
    headers, place = ctx.request.headers, f"{target}s/{record['id']}/annotations"
    if "upload-finish" not in headers:
        if "upload-start" in headers:
            return Response(202)
        if "upload-length" in headers:
            return tus.begin(ctx, place)
    _check_import(ctx)
    data = uploaded_file(ctx, place, "annotation_file")
    rq_id = request_id("import", target, target_id=record["id"], subresource="annotations")
    arguments = {
        "target": target, "pk": record["id"], "format_name": ctx.request.param("format"),
        "append": ctx.request.param("import_mode") == "append",
    }  # fmt: skip
    response = submit(ctx, rq_id, place_of(ctx, target, record), ("import_annotations", arguments))
    if response.status == 202:
        ctx.state.put("blobs", f"import/{rq_id}", data)
    return response


def _check_import(ctx: Context) -> None:
    name, mode = ctx.request.param("format") or "", ctx.request.param("import_mode") or "replace"
    if ctx.request.param("location") == "cloud_storage" and not ctx.request.param("filename"):
        raise errors("The filename was not specified")
    if ctx.request.param("location") == "cloud_storage":
        _check_location(ctx)
    if name not in IMPORTERS:
        raise errors(f"Unknown input format '{name}'")
    if mode not in ("replace", "append"):
        raise errors(f"Invalid import_mode='{mode}'. Allowed: replace, append")


def uploaded_file(ctx: Context, place: str, field: str) -> bytes:
    """The file of this request: an earlier upload named by `filename`, or a multipart field. Raises: ApiError 400."""
    name = ctx.request.param("filename")
    if name:
        found = tus.take_one(ctx, place, name)
        if found is None:
            raise errors("No such file were uploaded")
        return found
    if ctx.request.content_type != "multipart/form-data" and ctx.request.body.strip() not in (b"", b"{}"):
        full = ctx.request.headers.get("content-type", "")
        if ctx.request.content_type != "application/json":
            raise detail(415, f'Unsupported media type "{full}" in request.')
    parts = multipart.parts(ctx.request) if ctx.request.content_type == "multipart/form-data" else []
    part = next((part for part in parts if part.name == field and part.filename is not None), None)
    if part is None:
        raise fields(**{field: ["No file was submitted."]})
    if not part.data:
        raise fields(**{field: ["The submitted file is empty."]})
    return part.data


@background.worker
def import_annotations(
    ctx: Context, request: Record, target: str, pk: int, format_name: str, append: bool
) -> dict[str, Any] | None:
    """Read an uploaded dataset into a job or task."""
    name = f"import/{request['id']}"
    data = ctx.table("blobs").get(name, b"")
    ctx.state.delete("blobs", name)
    exchange.read_into(ctx, target, _target(ctx, target, pk), (format_name, data), append)
    return None
