"""Jobs of a task: their ranges with overlap, replicas.

20 frames, segment_size 7, overlap 2  ->  0-6, 5-11, 10-16, 15-19
"""

from __future__ import annotations

from mockserver.media import frame_numbers
from mockserver.protocol.http import errors
from mockserver.state.context import Context
from mockserver.state.tables import Record

Span = tuple[int, int]


def spans(size: int, segment_size: int, overlap: int) -> list[Span]:
    """First and last frame of every job."""
    length = segment_size or size
    starts = range(0, max(1, size - overlap), max(1, length - overlap))
    return [(start, min(start + length - 1, size - 1)) for start in starts]


def by_number(ctx: Context, task: Record, validation: Record) -> Record:
    """Validation parameters with frame numbers instead of file names. Raises: ApiError 400."""
    if "frames" not in validation:
        return validation
    numbers = {file["name"]: number for number, file in enumerate(frame_numbers.meta_of(ctx, task["id"])["frames"])}
    unknown = sorted(set(validation["frames"]) - numbers.keys())
    if unknown:
        raise errors(f"The following frames do not exist in the task: {', '.join(unknown)}")
    return {**validation, "frames": [numbers[name] for name in validation["frames"]]}


def add_job(ctx: Context, task: Record, span: Span) -> Record:
    """An annotation job and its replicas."""
    job = _job(ctx, task, span, "annotation", None)
    for _ in range(task.get("replicas") or 0):
        _job(ctx, task, span, "consensus_replica", job["id"])
    return job


def _job(ctx: Context, task: Record, span: Span, kind: str, parent: int | None) -> Record:
    pk, now = ctx.state.next_id("jobs"), ctx.now()
    job = {
        "id": pk, "task_id": task["id"], "assignee_id": None, "guide_id": task.get("guide_id"), "status": "annotation",
        "stage": "annotation", "state": "new", "frame_count": span[1] - span[0] + 1, "start_frame": span[0],
        "stop_frame": span[1], "created_date": now, "updated_date": now, "type": kind, "assignee_updated_date": None,
        "parent_job_id": parent, "chunks_updated_date": now, "frames": None,
    }  # fmt: skip
    ctx.state.put("jobs", pk, job)
    ctx.state.put("annotations", pk, {})
    return job
