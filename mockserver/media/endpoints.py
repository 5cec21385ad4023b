"""Handlers of `data` and `preview`: frames, chunks, context images.

    GET .../data?type=frame&number=5&quality=original       the picture
    GET .../data?type=chunk&index=0 (number=0)              zip of a block of frames (mp4, mp3); takes Range
    GET .../data?type=context_image&number=5                zip of related pictures
    GET .../data?type=preview, .../preview                  within 256 x 256 px

Pictures that a client uploaded are served, all others made up.
"""

from __future__ import annotations

from mockserver.media import chunks, frame_numbers, pictures
from mockserver.protocol.byte_ranges import partial
from mockserver.protocol.http import Headers, Response, bare, detail, errors
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record


def retrieve_data(ctx: Context, pk: int) -> Response:
    """GET /api/jobs/{id}/data."""
    job = lookup.job(ctx, pk, "view:data")
    return _data(ctx, lookup.task_of(ctx, job), job)


def retrieve_task_data(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}/data."""
    return _data(ctx, _with_data(ctx, lookup.task(ctx, pk, "view:data")), None)


def retrieve_preview(ctx: Context, pk: int) -> Response:
    """GET /api/jobs/{id}/preview."""
    job = lookup.job(ctx, pk, "view:data")
    return _preview(ctx, lookup.task_of(ctx, job), frame_numbers.of_job(job)[0])


def retrieve_task_preview(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}/preview."""
    return _preview(ctx, _with_data(ctx, lookup.task(ctx, pk, "view:data")), 0)


def retrieve_project_preview(ctx: Context, pk: int) -> Response:
    """GET /api/projects/{id}/preview: of its first task."""
    project = lookup.project(ctx, pk)
    tasks = [task for task in ctx.table("tasks").values() if task["project_id"] == project["id"]]
    first = next((task for task in tasks if task["id"] in ctx.table("data_meta")), None)
    if first is None:
        raise detail(404, "Project image preview not found")
    return _preview(ctx, first, 0)


def _with_data(ctx: Context, task: Record) -> Record:
    if task["id"] not in ctx.table("data_meta"):
        raise detail(404, "No data is attached to the task")
    return task


def _data(ctx: Context, task: Record, job: Record | None) -> Response:
    kind = ctx.request.param("type") or ""
    _check_query(ctx, kind, job)
    if kind == "frame":
        return _frame(ctx, task, job)
    if kind == "chunk":
        return _chunk(ctx, task, job)
    if kind == "context_image":
        return _context(ctx, task, job)
    return _preview(ctx, task, frame_numbers.of_job(job)[0] if job else 0)


def _check_query(ctx: Context, kind: str, job: Record | None) -> None:
    """What comes before any data; chunks of jobs have an index, too, and any quality. Raises: ApiError 400."""
    number, index = ctx.request.param("number"), ctx.request.param("index")
    of_job = kind == "chunk" and job is not None
    if kind not in ("frame", "chunk", "context_image", "preview"):
        raise errors("Data type not specified or has wrong value")
    if of_job and number is None and index is None:
        raise errors("Number or Index is not specified")
    if of_job and number is not None and index is not None:
        raise errors("Number and Index cannot be used together")
    if kind in ("frame", "chunk") and not of_job and number is None:
        raise errors("Number is not specified")
    quality = ctx.request.param("quality", "compressed")
    if kind != "context_image" and not of_job and quality not in ("compressed", "original"):
        raise errors("Wrong quality value")
    for name in ("number", "index") if job else ("number",):
        _number(ctx, name)


def _number(ctx: Context, name: str) -> int | None:
    text = ctx.request.param(name)
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        raise ctx.crash(f"{name} must be an integer, got {text!r}") from None


def _frame(ctx: Context, task: Record, job: Record | None) -> Response:
    number = _checked_frame(ctx, task, job)
    if task.get("media_type") == "audio":
        raise bare("Frame requests are not available for this data")
    data, media_type = chunks.picture(ctx, task, number, ctx.request.param("quality") == "original")
    return Response(200, [("Content-Type", media_type)], data)


def _checked_frame(ctx: Context, task: Record, job: Record | None) -> int:
    number = _number(ctx, "number")
    frames = frame_numbers.of_job(job) if job else range(frame_numbers.meta_of(ctx, task["id"])["size"])
    if number is None:
        raise ctx.crash("number is required")
    if number not in frames:
        raise bare(f"Incorrect requested frame number: {number}")
    return number


def _chunk(ctx: Context, task: Record, job: Record | None) -> Response:
    original = ctx.request.param("quality", "compressed") != "compressed"
    name = "number" if ctx.request.param("number") is not None else "index"
    data, media_type = chunks.chunk(ctx, task, job, chunks.Wanted(name, _number(ctx, name) or 0, original))
    meta = frame_numbers.meta_of(ctx, task["id"])
    updated = (job or {}).get("chunks_updated_date") or meta["chunks_updated_date"]
    headers: Headers = [("X-Checksum", str(chunks.checksum(data))), ("X-Updated-Date", updated)]
    headers += [("Accept-Ranges", "bytes"), ("Content-Type", media_type)]
    return partial(ctx.request, Response(200, headers, data))


def _context(ctx: Context, task: Record, job: Record | None) -> Response:
    number = _checked_frame(ctx, task, job)
    data, media_type = chunks.context_images(ctx, task, number)
    return Response(200, [("Content-Type", media_type)], data)


def _preview(ctx: Context, task: Record, frame: int) -> Response:
    headers = [("Vary", "Prefer")]
    drawable = task.get("dimension") == "2d"
    if not drawable and "handling=empty" in ctx.request.headers.get("prefer", ""):
        return Response(204, [*headers, ("Preference-Applied", "handling=empty")])
    if not drawable:
        image = pictures.preview(pictures.PREVIEW, pictures.PREVIEW, frame, "image/png")
        return Response(200, [*headers, ("Content-Type", "image/png")], image)
    return Response(200, [*headers, ("Content-Type", "image/jpeg")], chunks.small_picture(ctx, task, frame))
