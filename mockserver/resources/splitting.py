"""A task with data split into jobs: ranges with overlap or given files, ground truth, honeypots."""

from __future__ import annotations

from mockserver.resources import ground_truth, honeypots
from mockserver.resources.segments import Span, add_job, by_number, spans
from mockserver.state.context import Context
from mockserver.state.tables import Record


def split(ctx: Context, task: Record, form: Record) -> None:
    """Make the jobs of a task that has just got its data. Raises: ApiError 400."""
    validation = form.get("validation_params") or {}
    size = task["size"]
    length = task["segment_size"] or size
    overlap = min(task["overlap"] or 0, length // 2) if length < size else 0
    if validation.get("mode") == "gt_pool":
        honeypots.cut(ctx, task, validation)
        return
    if form.get("job_file_mapping"):
        segments, length, overlap = _mapped(form["job_file_mapping"]), 0, 0
    else:
        segments = spans(size, length, overlap)
    ctx.state.update("tasks", task["id"], segment_size=length, overlap=overlap)
    for span in segments:
        add_job(ctx, task, span)
    if validation:
        changed = ctx.table("tasks")[task["id"]]
        ground_truth.add(ctx, changed, ground_truth.select(ctx, changed, by_number(ctx, changed, validation)))


def _mapped(mapping: list[list[str]]) -> list[Span]:
    segments, start = [], 0
    for names in mapping:
        segments.append((start, start + len(names) - 1))
        start += len(names)
    return segments
