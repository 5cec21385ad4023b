"""What imports, exports and backups share: query parameters, uploaded files, files to download.

GET .../download?rq_id=...      the file that a finished export made, for its owner
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime

from mockserver.background import queue, request_ids
from mockserver.exchange import tus
from mockserver.protocol import byte_ranges, multipart
from mockserver.protocol.http import Response, detail, errors, fields, page, sentence
from mockserver.protocol.numerals import whole
from mockserver.rules import lookup, permissions
from mockserver.state.context import Context
from mockserver.state.tables import Record

_UNSAFE = re.compile(r"[\\\x00-\x1f\x7f]")  # what would end a header or a quoted name in it
_TRUE, _FALSE = ("true", "1", "yes", "on", "t", "y"), ("false", "0", "no", "off", "f", "n", "")


def flag(ctx: Context, name: str, default: bool = False) -> bool:
    """A yes or no of the query. Raises: ApiError where the real server fails."""
    text = (ctx.request.param(name) or str(default)).lower()
    if text not in _TRUE + _FALSE:
        raise ctx.crash(f"{name} must be true or false, got {text!r}")
    return text in _TRUE


def check_source(ctx: Context) -> None:
    """Where a file comes from. Raises: ApiError 400."""
    location = ctx.request.param("location")
    if location not in (None, "", "local", "cloud_storage"):
        raise errors(f"The specified location {location} is not supported")
    if location == "cloud_storage" and not ctx.request.param("filename"):
        raise errors("The filename was not specified")
    if location == "cloud_storage":
        check_location(ctx)


def check_location(ctx: Context) -> None:
    """Files stay here: there are no cloud storages. Raises: ApiError 400."""
    location, storage = ctx.request.param("location"), ctx.request.param("cloud_storage_id")
    if location not in (None, "", "local", "cloud_storage"):
        raise ctx.crash(f"location must be local or cloud_storage, got {location!r}")
    if location == "cloud_storage" and whole(storage or "") is None:
        raise ctx.crash("location=cloud_storage needs cloud_storage_id")
    if location == "cloud_storage" and whole(storage or "") not in ctx.table("cloudstorages"):
        raise errors("CloudStorage matching query does not exist.")
    if location == "cloud_storage":
        raise errors("Cloud storages are records only here: nothing is read from them or written to them")


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


def keep_file(ctx: Context, request: Record, data: bytes, name: str) -> Record:
    """Store what a request made; gives the field of the request that points to it."""
    ctx.state.put("blobs", f"export/{request['id']}", data)
    return {"file": name}


def file_name(target: str, record: Record, ending: str) -> str:
    """`job_68_annotations_2026_11_23_22_59_23_coco 1.0.zip`: `ending` has `{}` where the object's date belongs."""
    date = datetime.fromisoformat(record["updated_date"]).strftime("%Y_%m_%d_%H_%M_%S")
    return f"{target}_{record['id']}_{ending.format(date)}".lower()


def in_pieces(ctx: Context, resource: str) -> Response | None:
    """The answer to a step of an upload before its end; None for the end, or a whole file."""
    headers = ctx.request.headers
    if "upload-finish" in headers:
        return None
    if "upload-start" in headers:
        return Response(202)
    if "upload-length" in headers:
        return tus.begin(ctx, resource)
    if "upload-multiple" in headers:
        for part in multipart.parts(ctx.request) if ctx.request.content_type == "multipart/form-data" else ():
            if part.filename is not None:
                tus.keep(ctx, resource, part.filename, part.data)
        return Response(200)
    return None


def uploaded_file(ctx: Context, resource: str, field: str, ending: str = "") -> bytes:
    """The file of this request: an earlier upload named by `filename`, or a multipart field. Raises: ApiError 400.

    ending: what the name of a file in the request itself must end in.
    """
    name = ctx.request.param("filename")
    if name:
        content = tus.take_one(ctx, resource, name)
        if content is None:
            raise errors("No such file were uploaded")
        return content
    if ctx.request.content_type != "multipart/form-data" and ctx.request.body.strip() not in (b"", b"{}"):
        full = ctx.request.headers.get("content-type", "")
        if ctx.request.content_type != "application/json":
            raise detail(415, f'Unsupported media type "{full}" in request.')
    part = _sent_file(ctx, field)
    if part is None:
        raise fields(**{field: ["No file was submitted."]})
    if not part.data:
        raise fields(**{field: ["The submitted file is empty."]})
    if ending and not (part.filename or "").endswith(f".{ending}"):
        raise fields(**{field: [f"A file should be {ending} archive"]})
    return part.data


def _sent_file(ctx: Context, field: str) -> multipart.Part | None:
    if ctx.request.content_type != "multipart/form-data":
        return None
    files = [part for part in multipart.parts(ctx.request) if part.filename is not None]
    named = next((part for part in files if part.name == field), None)
    if named is None and files and ctx.config.lenient:
        ctx.warn(f"the real server takes the file only as the field {field!r}, not {files[0].name!r}")
        return files[0]
    return named


def download(ctx: Context, target: str, pk: int) -> Response:
    """The file of a finished export of this object. Raises: ApiError 400, 403, 404."""
    rq_id = ctx.request.param("rq_id")
    if not rq_id:
        raise errors("Missing request id in the query parameters")
    pairs = request_ids.parse_id(rq_id)
    if pairs is None:
        raise errors("Unexpected request id format")
    if (pairs["action"], pairs["target"], pairs.get("target_id")) != ("export", target, str(pk)):
        raise errors("Invalid export request id")
    record = queue.find(ctx, rq_id)
    if record is None:
        raise sentence(400, "Unknown export request id")
    permissions.require(ctx, record["owner_id"] == ctx.me["id"] or permissions.is_admin(ctx))
    if record["status"] != "finished":
        raise sentence(400, "The export process is not finished")
    data = ctx.table("blobs").get(f"export/{record['id']}")
    if data is None or datetime.fromisoformat(record["expiry_date"]) < ctx.env.clock.now():
        raise page(404)
    finished = datetime.fromisoformat(record["finished_date"])
    return byte_ranges.partial(ctx.request, file_response(data, record["file"], finished))


def file_response(data: bytes, name: str, modified: datetime) -> Response:
    """A file to save, with the stamps that only files have here."""
    kind = "application/zip" if name.endswith(".zip") else "application/octet-stream"
    plain = _UNSAFE.sub("_", name).replace('"', "'")
    tag = f'"{modified.timestamp():.0f}-{len(data):x}"'
    stamps = [("Accept-Ranges", "bytes"), ("Last-Modified", format_datetime(modified, usegmt=True)), ("ETag", tag)]
    shown = [("Content-Type", kind), ("Content-Disposition", f'attachment; filename="{plain}"')]
    return Response(200, [*shown, *stamps], data)
