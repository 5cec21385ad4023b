"""Numbers of frames: of the task (0, 1, 2, ...) and of the source (start, start + step, ...), of jobs and of chunks."""

from __future__ import annotations

from mockserver.state.context import Context
from mockserver.state.tables import Record


def meta_of(ctx: Context, task_id: int) -> Record:
    """The task's data/meta. Raises: KeyError for a task without data."""
    meta: Record = ctx.table("data_meta")[task_id]
    return meta


def frame_step(meta: Record) -> int:
    """N of `frame_filter` "step=N", else 1."""
    name, _, value = (meta.get("frame_filter") or "").partition("=")
    return int(value) if name.strip() == "step" and value.strip().isdigit() else 1


def of_job(job: Record) -> list[int]:
    """Task numbers of a job's frames, in order."""
    if job.get("frames") is not None:
        return list(job["frames"])
    return list(range(job["start_frame"], job["stop_frame"] + 1))


def to_source(meta: Record, frame: int) -> int:
    """Source number of a task frame."""
    return int(meta["start_frame"]) + frame_step(meta) * frame


def validation_of(ctx: Context, task_id: int) -> Record:
    """The task's validation record, {} without any."""
    record: Record = ctx.table("validation").get(task_id) or {}
    return record


def layout_of(ctx: Context, task_id: int) -> Record:
    """The task's validation layout, {} without any."""
    return validation_of(ctx, task_id).get("layout") or {}


def is_video(task: Record) -> bool:
    """Whether the task's data is one video."""
    return task.get("mode") == "interpolation" and task.get("dimension") != "1d"


def file_of(task: Record, meta: Record, frame: int) -> Record:
    """Name and size of a frame's file; a video has one for all frames."""
    frames: list[Record] = meta["frames"]
    return frames[0] if is_video(task) or frame >= len(frames) else frames[frame]
