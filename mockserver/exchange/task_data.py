"""POST /api/tasks/{id}/data: files become the frames of a task, and the task is cut into jobs.

    Upload-Start              202
    Upload-Multiple           200   multipart: client_files[0], client_files[1], ...
    Upload-Length (TUS)       201   the name is in Upload-Metadata
    Upload-Finish, or no header: JSON or multipart with client_files; 202 {"rq_id": "action=create&target=task&..."}

The work is done by a background request, which fails with a message for what is not a picture.
"""

from __future__ import annotations

from typing import Any

from mockserver.background import queue
from mockserver.background.queue import WorkError, submit
from mockserver.background.request_ids import request_id
from mockserver.exchange import data_forms, task_files, tus, uploads
from mockserver.protocol import multipart
from mockserver.protocol.http import ApiError, Response, detail, errors
from mockserver.protocol.multipart import Part
from mockserver.resources import splitting
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record


def create(ctx: Context, pk: int) -> Response:
    """POST /api/tasks/{id}/data."""
    task, headers, resource = lookup.task(ctx, pk, "upload:data"), ctx.request.headers, f"tasks/{pk}/data"
    if pk in ctx.table("data_meta"):
        raise errors("Adding more data is not supported")
    if "upload-finish" not in headers:
        if "upload-start" in headers:
            return Response(202)
        if "upload-length" in headers:
            return tus.begin(ctx, resource, keep_name=True)
        if "upload-multiple" in headers:
            _keep_files(ctx, resource, _parts(ctx))
            return Response(200)
    return _finish(ctx, task, resource)


def _parts(ctx: Context) -> list[Part]:
    if ctx.request.content_type != "multipart/form-data":
        full = ctx.request.headers.get("content-type", "")
        raise detail(415, f'Unsupported media type "{full}" in request.')
    return multipart.parts(ctx.request)


def _keep_files(ctx: Context, resource: str, parts: list[Part]) -> None:
    for part in parts:
        if part.filename is not None and part.name.startswith("client_files"):
            tus.keep(ctx, resource, part.filename, part.data)


def _finish(ctx: Context, task: Record, resource: str) -> Response:
    form = _form(ctx, resource)
    rq_id = request_id("create", "task", target_id=task["id"])
    work = ("create_task_data", {"pk": task["id"], "form": form})
    return submit(ctx, rq_id, uploads.place_of(ctx, "task", task), work)


def _form(ctx: Context, resource: str) -> Record:
    """What the client wants done with the files. Raises: ApiError 400."""
    form: Record
    if ctx.request.content_type == "multipart/form-data":
        parts = multipart.parts(ctx.request)
        _keep_files(ctx, resource, parts)
        form = dict(multipart.fields(parts))
    else:
        form = ctx.form()
    return data_forms.read(ctx, form)


@queue.worker
def create_task_data(ctx: Context, request: Record, pk: int, form: Record) -> dict[str, Any]:
    """Make frames and jobs of the uploaded files."""
    task = ctx.table("tasks").get(pk)
    if task is None:
        raise WorkError(f"task {pk} does not exist any more")
    files = tus.take(ctx, f"tasks/{pk}/data")
    if form.get("remote_files") or form.get("server_files"):
        raise WorkError("remote_files and server_files are not available in the mock server; upload client_files")
    try:
        with ctx.state.attempt():
            fill(ctx, task, files, form)
    except WorkError as error:
        return {"error": str(error)}  # the files are gone all the same
    return {"result_id": pk}


def fill(ctx: Context, task: Record, files: dict[str, bytes], form: Record) -> None:
    """Frames, jobs and validation layout of a task. Raises: WorkError, and nothing has changed then."""
    frames = task_files.frames_of(files, form, ctx.env.rng)
    if not frames:
        raise WorkError("No media data found")
    pk, now = ctx.state.next_id("data"), ctx.now()
    for frame in frames:
        ctx.state.put("blobs", f"data/{pk}/{frame.name}", frame.data)
    first = frames[0]
    chunk = form.get("chunk_size") or data_forms.chunk_size(first.width, first.height)
    step, start = data_forms.step_of(form), form.get("start_frame", 0)
    size, sort = len(frames), {"start_frame": start, "stop_frame": start + step * (len(frames) - 1)}
    meta = {
        "chapters": None, "chunks_updated_date": now, "chunk_size": chunk, "size": size,
        "image_quality": form["image_quality"], **sort, "frame_filter": form.get("frame_filter", ""),
        "frames": [frame.to_json() for frame in frames], "deleted_frames": [], "included_frames": None,
        "storage": "local", "cloud_storage_id": None,
    }  # fmt: skip
    ctx.state.put("data_meta", task["id"], meta)
    kind = {"dimension": first.dimension, "media_type": "point_cloud" if first.dimension == "3d" else "image"}
    changed = ctx.state.update(
        "tasks", task["id"], data=pk, size=size, image_quality=form["image_quality"], data_chunk_size=chunk,
        data_original_chunk_type="imageset", data_compressed_chunk_type="imageset", data_cloud_storage_id=None,
        mode="annotation", updated_date=now, **kind,
    )  # fmt: skip
    try:
        splitting.split(ctx, changed, form)
    except ApiError as error:
        raise WorkError(str(error.body)) from None
