"""Uploads in pieces, in the server's dialect of TUS 1.0.

    POST .../annotations?format=F&filename=x.zip   Upload-Start:                       202
    POST .../annotations                           Upload-Length: n, Upload-Metadata   201 Location, Upload-Filename
    PATCH {Location}                               Upload-Offset: k                    204 Upload-Offset
    POST .../annotations?format=F&filename={Upload-Filename}   Upload-Finish:          202 {"rq_id": ...}

An empty file cannot be sent so: the server makes room for the bytes by writing the last one of them, and fails.
A task's data keep their names; all else is called by its id. Without Upload-Offset a piece is the first.
A file id is `{user id}_{uuid}`; the bytes lie in the spool (`ctx.env.spool`), so that a piece costs its own length.
"""

from __future__ import annotations

import base64
import binascii
import json
import posixpath
import re

from mockserver.protocol.http import ApiError, Headers, Response, detail, empty_response
from mockserver.protocol.numerals import whole
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record

_FILE_ID = re.compile(r"([0-9]+)_[0-9a-fA-F-]{36}\Z")
MAX_SIZE = 26843545600
_TUS: Headers = [
    ("Tus-Resumable", "1.0.0"), ("Tus-Version", "1.0.0"), ("Tus-Extension", ""), ("Tus-Max-Size", str(MAX_SIZE)),
    ("Access-Control-Allow-Origin", "*"), ("Cache-Control", "no-store"),
]  # fmt: skip


def options(ctx: Context, **_: object) -> Response:
    """OPTIONS of a resource that takes uploads."""
    return empty_response(204, list(_TUS))


def begin(ctx: Context, resource: str, keep_name: bool = False) -> Response:
    """The answer to a POST with Upload-Length. `resource`: what the upload is for, such as `jobs/68/annotations`."""
    length = _integer(ctx, "upload-length")
    limit = min(MAX_SIZE, ctx.config.max_upload)
    if length > limit:
        raise _refusal(413, f"File size exceeds max limit of {MAX_SIZE if length > MAX_SIZE else limit} bytes")
    file_id = f"{ctx.me['id']}_{ctx.env.uuid()}"
    name = _name(ctx, resource) if keep_name else file_id
    if length < 1:
        raise ctx.crash(f"upload-length must be at least 1, got {length}: an empty file cannot be sent in pieces")
    ctx.state.put("uploads", file_id, {"place": resource, "name": name, "length": length, "offset": 0})
    headers = [("Location", ctx.url(f"/api/{resource}/{file_id}")), ("Upload-Filename", name)]
    return empty_response(201, [*_TUS, *headers])


def _name(ctx: Context, resource: str) -> str:
    """The name under which a file is kept, one that stays in its folder and is not there yet. Raises: ApiError."""
    name = _metadata(ctx).get("filename", "")
    path = posixpath.normpath(name)
    if not name:
        raise _refusal(400, "Metadata is expected to contain 'filename' key")
    if path == ".." or path.startswith(("../", "/")):
        raise ApiError(400, json.dumps(f"File name {name} is not allowed"), media_type="text/plain")
    if any(row["name"] == name for _, row in _complete(ctx, resource)):
        raise _refusal(409, "File with same name already exists")
    return name


def _refusal(status: int, text: str) -> ApiError:
    return ApiError(status, text, list(_TUS))


def _integer(ctx: Context, header: str) -> int:
    text = ctx.request.headers.get(header, "0")
    number = whole(text.removeprefix("-"))
    if number is None:
        raise ctx.crash(f"{header} must be an integer, got {text!r}")
    return -number if text.startswith("-") else number


def _metadata(ctx: Context) -> dict[str, str]:
    """`name base64,name base64` of Upload-Metadata; unreadable values are left out."""
    values = {}
    for pair in ctx.request.headers.get("upload-metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            values[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return values


def _upload(ctx: Context, resource: str, file_id: str) -> Record:
    """Raises: ApiError 404 for an unknown or a finished one, 403 for somebody else's."""
    upload: Record | None = ctx.table("uploads").get(file_id)
    owner = _FILE_ID.match(file_id)
    if owner and owner[1] != str(ctx.me["id"]):
        raise _RefusalError(403)
    if upload is None or upload["place"] != resource or upload["offset"] >= upload["length"]:
        raise _RefusalError(404)
    return upload


class _RefusalError(ApiError):
    """An answer without a body that says what TUS is spoken here."""

    def __init__(self, status: int) -> None:
        super().__init__(status, None, list(_TUS))

    def response(self) -> Response:
        """The refusal as an answer."""
        return empty_response(self.status, list(self.headers))


def append(ctx: Context, resource: str, file_id: str) -> Response:
    """The answer to a PATCH (a piece) or a HEAD (how far it is)."""
    upload = _upload(ctx, resource, file_id)
    if ctx.request.method == "HEAD":
        sizes = [("Upload-Offset", str(upload["offset"])), ("Upload-Length", str(upload["length"]))]
        return empty_response(200, [*_TUS, *sizes])
    if ctx.request.content_type != "application/offset+octet-stream":
        raise detail(415, f'Unsupported media type "{ctx.request.headers.get("content-type", "")}" in request.')
    if _integer(ctx, "upload-offset") != upload["offset"]:
        raise _RefusalError(409)
    offset = upload["offset"] + len(ctx.request.body)
    if offset > upload["length"]:
        raise _RefusalError(413)
    ctx.env.spool.write(file_id, upload["offset"], ctx.request.body)
    ctx.state.update("uploads", file_id, offset=offset)
    return empty_response(204, [*_TUS, ("Upload-Offset", str(offset))])


def take(ctx: Context, resource: str) -> dict[str, bytes]:
    """The complete uploads for a resource, name -> content; they are gone afterwards."""
    return {upload["name"]: _take(ctx, file_id) for file_id, upload in _complete(ctx, resource)}


def take_one(ctx: Context, resource: str, name: str) -> bytes | None:
    """The complete upload of this name, which is gone afterwards; None if there is none."""
    for file_id, upload in _complete(ctx, resource):
        if upload["name"] == name:
            return _take(ctx, file_id)
    return None


def _complete(ctx: Context, resource: str) -> list[tuple[str, Record]]:
    uploads = ctx.table("uploads").items()
    return [(key, row) for key, row in uploads if row["place"] == resource and row["offset"] == row["length"]]


def _take(ctx: Context, file_id: str) -> bytes:
    ctx.state.delete("uploads", file_id)
    ctx.on_commit.append(lambda: ctx.env.spool.remove(file_id))
    return ctx.env.spool.read(file_id)


def keep(ctx: Context, resource: str, name: str, data: bytes) -> None:
    """Add a whole file to the uploads for a resource."""
    file_id = f"{ctx.me['id']}_{ctx.env.uuid()}"
    ctx.env.spool.write(file_id, 0, data)
    record = {"place": resource, "name": name, "length": len(data), "offset": len(data)}
    ctx.state.put("uploads", file_id, record)


def append_annotations(ctx: Context, pk: int, file_id: str) -> Response:
    """PATCH and HEAD /api/jobs/{id}/annotations/{file_id}."""
    lookup.job(ctx, pk, "import:annotations")
    return append(ctx, f"jobs/{pk}/annotations", file_id)


def append_task_annotations(ctx: Context, pk: int, file_id: str) -> Response:
    """PATCH and HEAD /api/tasks/{id}/annotations/{file_id}."""
    lookup.task(ctx, pk, "import:annotations")
    return append(ctx, f"tasks/{pk}/annotations", file_id)


def append_task_data(ctx: Context, pk: int, file_id: str) -> Response:
    """PATCH and HEAD /api/tasks/{id}/data/{file_id}."""
    lookup.task(ctx, pk, "upload:data")
    return append(ctx, f"tasks/{pk}/data", file_id)


def append_task_backup(ctx: Context, file_id: str) -> Response:
    """PATCH and HEAD /api/tasks/backup/{file_id}."""
    return append(ctx, "tasks/backup", file_id)


def append_project_dataset(ctx: Context, pk: int, file_id: str) -> Response:
    """PATCH and HEAD /api/projects/{id}/dataset/{file_id}."""
    lookup.project(ctx, pk, "import:dataset")
    return append(ctx, f"projects/{pk}/dataset", file_id)


def append_project_backup(ctx: Context, file_id: str) -> Response:
    """PATCH and HEAD /api/projects/backup/{file_id}."""
    return append(ctx, "projects/backup", file_id)
