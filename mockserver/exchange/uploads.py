"""What imports, exports and backups share: query parameters, uploaded files, files to download.

GET .../download?rq_id=...      the file that a finished export made, for its owner

Source of the headers of files: django-sendfile2, with which the server sends them, and RFC 6266.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote

from mockserver.background import queue, request_ids
from mockserver.background.queue import WorkError
from mockserver.exchange import tus
from mockserver.protocol import byte_ranges, multipart
from mockserver.protocol.http import Response, detail, errors, fields, page, sentence
from mockserver.protocol.numerals import whole
from mockserver.rules import lookup, permissions
from mockserver.state.context import Context
from mockserver.state.tables import Record

_UNSAFE = re.compile(r"[\\\x00-\x1f\x7f]")  # what would end a header or a quoted name in it
LOCATIONS = ("local", "cloud_storage")
NO_CLOUD = "Cloud storages are records only here: nothing is read from them or written to them"
TABLES = "Generic TSV 1.0"  # the one format whose file is no zip
DATASETS, BACKUPS = ("annotations", "dataset"), ("backup",)
"""What a file for download is an export of."""
_TRUE, _FALSE = ("true", "1", "yes", "on", "t", "y"), ("false", "0", "no", "off", "f", "n", "")


def flag(ctx: Context, name: str, default: bool = False) -> bool:
    """A yes or no of the query. Raises: ApiError where the real server fails."""
    text = (ctx.request.param(name) or str(default)).lower()
    if text not in _TRUE + _FALSE:
        raise ctx.crash(f"{name} must be true or false, got {text!r}")
    return text in _TRUE


def comes_from_cloud(ctx: Context, target: str, record: Record | None) -> bool:
    """Whether a file is in the cloud storage of what it is for. Raises: ApiError 400."""
    location = ctx.request.param("location") or _usual(ctx, target, record, "source_storage")
    if location not in LOCATIONS:
        raise errors(f"The specified location {location} is not supported")
    if location == "cloud_storage" and not ctx.request.param("filename"):
        raise errors("The filename was not specified")
    return _in_cloud(ctx, location)


def goes_to_cloud(ctx: Context, target: str, record: Record) -> bool:
    """Whether a file is for the cloud storage of what it is made of. Raises: ApiError 400."""
    location = ctx.request.param("location") or _usual(ctx, target, record, "target_storage")
    if location not in LOCATIONS:
        raise ctx.crash(f"location must be local or cloud_storage, got {location!r}")
    return _in_cloud(ctx, location)


def _usual(ctx: Context, target: str, record: Record | None, field: str) -> str:
    """Where files are if a client says nothing of it; jobs have the storages of their tasks."""
    owner = lookup.task_of(ctx, record) if record and target == "job" else record
    return ((owner or {}).get(field) or {}).get("location") or "local"


def _in_cloud(ctx: Context, location: str) -> bool:
    storage = whole(ctx.request.param("cloud_storage_id") or "")
    if location == "local" or not ctx.request.param("location"):
        return location != "local"
    if storage is None:
        raise ctx.crash("location=cloud_storage needs cloud_storage_id")
    if storage not in ctx.table("cloudstorages"):
        raise errors("CloudStorage matching query does not exist.")
    raise errors(NO_CLOUD)


@queue.worker
def reach_cloud(ctx: Context, request: Record) -> None:
    """The work on a file that is not here. Raises: WorkError."""
    raise WorkError(f"{NO_CLOUD}; ask for location=local")


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


def download(ctx: Context, target: str, pk: int, subresources: tuple[str, ...] = DATASETS) -> Response:
    """The file of a finished export of this object. Raises: ApiError 400, 403, 404."""
    rq_id = ctx.request.param("rq_id")
    if not rq_id:
        raise errors("Missing request id in the query parameters")
    pairs = request_ids.parse_id(rq_id)
    if pairs is None:
        raise errors("Unexpected request id format")
    same = (pairs["action"], pairs["target"], pairs.get("target_id")) == ("export", target, str(pk))
    if not same or pairs.get("subresource") not in subresources:
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
    is_table = pairs.get("format", "") == TABLES
    kind = "text/tab-separated-values" if is_table else "application/zip"
    return byte_ranges.partial(ctx.request, file_response(data, record["file"], kind, finished))


def file_response(data: bytes, name: str, kind: str, modified: datetime) -> Response:
    """A file to save, with the stamps that only files have here; its type (kind) is its own, whatever it is called."""
    tag = f'"{modified.timestamp():.0f}-{len(data):x}"'
    stamps = [("Accept-Ranges", "bytes"), ("Last-Modified", format_datetime(modified, usegmt=True)), ("ETag", tag)]
    return Response(200, [("Content-Type", kind), ("Content-Disposition", _attachment(name)), *stamps], data)


def _attachment(name: str) -> str:
    """A name in a header: ASCII letters, and all of it once more where it has others."""
    safe = _UNSAFE.sub("_", name).replace('"', "'")
    plain = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode()
    return f'attachment; filename="{plain}"' + (f"; filename*=UTF-8''{quote(safe)}" if plain != safe else "")
