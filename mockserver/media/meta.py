"""Handlers of `data/meta` of jobs and tasks: what the frames are, and which of them are deleted.

In a job's meta start_frame, stop_frame and included_frames are source numbers, deleted_frames are task numbers.
"""

from __future__ import annotations

from typing import Any

from mockserver.media import frame_numbers
from mockserver.protocol.http import Response, detail, errors, fields, json_response
from mockserver.protocol.schemas import UncheckedError
from mockserver.rules import lookup, parse
from mockserver.state.context import Context
from mockserver.state.tables import Record

POOL_ONLY = (
    "When task validation mode is gt_pool, GT frames can only be deleted and restored via the GT job's "
    "api/jobs/{id}/data/meta endpoint"
)


def retrieve(ctx: Context, pk: int) -> Response:
    """GET /api/jobs/{id}/data/meta."""
    return json_response(200, of_job(ctx, lookup.job(ctx, pk, "view:metadata")))


def partial_update(ctx: Context, pk: int) -> Response:
    """PATCH /api/jobs/{id}/data/meta: replace the set of deleted frames within the job."""
    job = lookup.job(ctx, pk, "update:metadata")
    task = lookup.task_of(ctx, job)
    wanted = _deleted_frames(ctx)
    if task.get("media_type") == "audio":
        raise errors("Audio metadata cannot be edited")
    job_frames = set(frame_numbers.of_job(job))
    foreign = sorted(set(wanted) - job_frames)
    if foreign:
        raise errors(f"Frames {', '.join(map(str, foreign))} do not belong to the job")
    _delete_frames(ctx, job, task, set(wanted), job_frames)
    lookup.touch(ctx, task=task)
    return json_response(200, of_job(ctx, job))


def retrieve_task(ctx: Context, pk: int) -> Response:
    """GET /api/tasks/{id}/data/meta."""
    task = lookup.task(ctx, pk, "view:metadata")
    return json_response(200, _meta_of_task(ctx, task))


def partial_update_task(ctx: Context, pk: int) -> Response:
    """PATCH /api/tasks/{id}/data/meta."""
    task = lookup.task(ctx, pk, "update:metadata")
    meta = _meta_of_task(ctx, task)
    form = ctx.form()
    if "deleted_frames" in form:
        wanted = _deleted_frames(ctx)
        _check_task_frames(ctx, task, meta, wanted)
        if not wanted and frame_numbers.layout_of(ctx, pk).get("mode") == "gt_pool":
            disable(ctx, task, [])
        ctx.state.update("data_meta", pk, deleted_frames=sorted(wanted))
    lookup.touch(ctx, task=task)
    return json_response(200, ctx.table("data_meta")[pk])


def _meta_of_task(ctx: Context, task: Record) -> Record:
    meta: Record | None = ctx.table("data_meta").get(task["id"])
    if meta is None:
        raise detail(404, "No data is attached to the task")
    return meta


def _deleted_frames(ctx: Context) -> list[int]:
    try:
        return parse.counts(ctx.form(), "deleted_frames")
    except UncheckedError as error:
        raise ctx.crash(str(error)) from None


def _check_task_frames(ctx: Context, task: Record, meta: Record, wanted: list[int]) -> None:
    if len(set(wanted)) < len(wanted):
        raise errors("Deleted frames cannot repeat")
    unknown = sorted(frame for frame in wanted if frame >= meta["size"])
    if unknown:
        raise errors(f"Unknown frames {', '.join(map(str, unknown))} requested for removal")
    layout = frame_numbers.layout_of(ctx, task["id"])
    pool = set(layout["validation_frames"]) if layout.get("mode") == "gt_pool" else set()
    if wanted and pool & (set(wanted) ^ set(meta["deleted_frames"])):  # all frames may be restored, some of them not
        raise fields(deleted_frames=[POOL_ONLY])


def _delete_frames(ctx: Context, job: Record, task: Record, wanted: set[int], job_frames: set[int]) -> None:
    if job["type"] == "ground_truth":
        disable(ctx, task, sorted(wanted))
        return
    meta = frame_numbers.meta_of(ctx, task["id"])
    elsewhere = {frame for frame in meta["deleted_frames"] if frame not in job_frames}
    ctx.state.update("data_meta", task["id"], deleted_frames=sorted(elsewhere | wanted))


def disable(ctx: Context, task: Record, frames: list[int]) -> None:
    """Exclude frames of the ground truth; in a pool the honeypots that show them are deleted with them."""
    record, layout = frame_numbers.validation_of(ctx, task["id"]), frame_numbers.layout_of(ctx, task["id"])
    before = set(layout.get("disabled_frames", ()))
    changed = {"layout": {**layout, "disabled_frames": frames}}
    if record.get("gt_job"):
        changed["gt_job"] = {**record["gt_job"], "deleted_frames": frames}
    ctx.state.put("validation", task["id"], {**record, **changed})
    if layout.get("mode") == "gt_pool":
        _mirror_pool(ctx, task, layout, set(frames), before)


def _mirror_pool(ctx: Context, task: Record, layout: Record, disabled: set[int], before: set[int]) -> None:
    meta = frame_numbers.meta_of(ctx, task["id"])
    deleted = (set(meta["deleted_frames"]) | disabled) - (before - disabled)
    for honeypot, real in zip(layout["honeypot_frames"], layout["honeypot_real_frames"], strict=True):
        if real in disabled:
            deleted.add(honeypot)
        elif real in before:
            deleted.discard(honeypot)
    ctx.state.update("data_meta", task["id"], deleted_frames=sorted(deleted))


def of_job(ctx: Context, job: Record) -> Record:
    """The answer of GET for a job."""
    task, meta = lookup.task_of(ctx, job), frame_numbers.meta_of(ctx, job["task_id"])
    job_frames = frame_numbers.of_job(job)
    return {
        **meta,
        "chunks_updated_date": job.get("chunks_updated_date") or meta["chunks_updated_date"],
        "size": len(job_frames),
        "start_frame": frame_numbers.to_source(meta, job["start_frame"]),
        "stop_frame": min(meta["stop_frame"], frame_numbers.to_source(meta, job["stop_frame"])),
        "frames": _files(task, meta, job, set(job_frames)),
        "deleted_frames": _deleted_in(ctx, meta, job, set(job_frames)),
        "included_frames": None
        if job.get("frames") is None
        else [frame_numbers.to_source(meta, n) for n in job_frames],
    }


def _deleted_in(ctx: Context, meta: Record, job: Record, job_frames: set[int]) -> list[int]:
    deleted = job_frames & set(meta["deleted_frames"])
    if job["type"] == "ground_truth":
        deleted |= job_frames & set(frame_numbers.layout_of(ctx, job["task_id"]).get("disabled_frames", ()))
    return sorted(deleted)


def _files(task: Record, meta: Record, job: Record, job_frames: set[int]) -> list[Any]:
    if frame_numbers.is_video(task) or task.get("media_type") == "audio":
        return list(meta["frames"])
    first, last = job["start_frame"], job["stop_frame"]
    files = meta["frames"][first : last + 1]
    if job.get("frames") is None:
        return list(files)
    return [file if frame in job_frames else placeholder(file) for frame, file in enumerate(files, first)]


def placeholder(file: Record) -> Record:
    """What stands for a frame that a ground-truth job does not have."""
    return {**file, "name": "placeholder.jpg", "related_files": 0, "has_related_context": False}
