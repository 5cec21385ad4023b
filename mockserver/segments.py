"""A task with data cut into jobs: ranges with overlap or given files, replicas, ground truth, honeypots.

    20 frames, segment_size 7, overlap 2  ->  0-6, 5-11, 10-16, 15-19
"""

from __future__ import annotations

from mockserver import frame_numbers, ground_truth, honeypots
from mockserver.context import Context
from mockserver.http import errors
from mockserver.state import Record

Span = tuple[int, int]


def spans(size: int, segment_size: int, overlap: int) -> list[Span]:
    """First and last frame of every job."""
    length = segment_size or size
    starts = range(0, max(1, size - overlap), max(1, length - overlap))
    return [(start, min(start + length - 1, size - 1)) for start in starts]


def cut(ctx: Context, task: Record, form: Record) -> None:
    """Make the jobs of a task that has just got its data. Raises: ApiError 400."""
    validation = form.get("validation_params") or {}
    size = task["size"]
    length = task["segment_size"] or size
    overlap = min(task["overlap"] or 0, length // 2) if length < size else 0
    if validation.get("mode") == "gt_pool":
        honeypots.cut(ctx, task, validation)
        return
    if form.get("job_file_mapping"):
        found, length, overlap = _mapped(form["job_file_mapping"]), 0, 0
    else:
        found = spans(size, length, overlap)
    ctx.state.update("tasks", task["id"], segment_size=length, overlap=overlap)
    for span in found:
        add_job(ctx, task, span)
    if validation:
        changed = ctx.table("tasks")[task["id"]]
        ground_truth.add(ctx, changed, ground_truth.select(ctx, changed, by_number(ctx, changed, validation)))


def by_number(ctx: Context, task: Record, validation: Record) -> Record:
    """Validation parameters with frame numbers instead of file names. Raises: ApiError 400."""
    if "frames" not in validation:
        return validation
    numbers = {file["name"]: place for place, file in enumerate(frame_numbers.meta_of(ctx, task["id"])["frames"])}
    unknown = sorted(set(validation["frames"]) - numbers.keys())
    if unknown:
        raise errors(f"The following frames do not exist in the task: {', '.join(unknown)}")
    return {**validation, "frames": [numbers[name] for name in validation["frames"]]}


def _mapped(mapping: list[list[str]]) -> list[Span]:
    found, start = [], 0
    for names in mapping:
        found.append((start, start + len(names) - 1))
        start += len(names)
    return found


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
