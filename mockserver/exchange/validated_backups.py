"""What a task's backup says of validation: ground truth, honeypots, replicas; written into its task.json, and read.

    "jobs": [{.., "files": ["a.jpg", "b.jpg"]},                of a task with a pool: what each job shows
             {.., "type": "ground_truth", "frames": [3, 8]}]   the frames of ground truth
    "data": {.., "validation_layout": {"mode": "gt_pool", "frames": ["b.jpg"], "disabled_frames": [], ..}}

A honeypot is a frame outside the pool that has the name of one in it; the parent of a replica is the annotation job
before it with the same frames.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from annotools.cvat_limits import REPLICA_TYPES
from annotools.model import Dataset, Job
from annotools.storage import Media
from mockserver.media import frame_numbers
from mockserver.rules import lookup
from mockserver.state.context import Context
from mockserver.state.tables import Record


def say(ctx: Context, task: Record, dataset: Dataset, item: Record) -> None:
    """Add to the task.json (`item`) of a dataset what it does not say of validation."""
    layout = frame_numbers.layout_of(ctx, task["id"])
    names, pooled = [str(name) for name in dataset.frames.names], layout.get("mode") == "gt_pool"
    for job, entry in zip(dataset.jobs, item["jobs"], strict=True):
        if job.type == "ground_truth":
            entry["frames"] = pool = [int(frame) for frame in job.frames()]
            item["data"]["validation_layout"] = {
                "mode": layout.get("mode", "gt"), "frames_per_job_count": layout.get("frames_per_job_count"),
                "frames": pool if task["mode"] == "interpolation" else [names[frame] for frame in pool],
                "disabled_frames": layout.get("disabled_frames", []),
            }  # fmt: skip
        elif pooled:
            entry["files"] = names[job.start_frame : job.stop_frame + 1]


def unrepeated(dataset: Dataset, media: Media) -> Media:
    """The pictures, each name once: a honeypot has the file of the frame that it shows."""
    first: dict[str, int] = {}
    for frame in media:
        first.setdefault(str(dataset.frames.names[frame]), frame)
    return Media((frame, media[frame]) for frame in first.values())


def with_validation(dataset: Dataset, item: Record) -> Dataset:
    """A dataset read of a backup, with the frames of ground truth and the parents of replicas."""
    jobs: list[Job] = []
    for job, entry in zip(dataset.jobs, _entries(item, len(dataset.jobs)), strict=True):
        if job.type == "ground_truth":
            jobs.append(replace(job, included=_frames(entry.get("frames"), len(dataset.frames))))
        elif job.type in REPLICA_TYPES:
            jobs.append(replace(job, parent_job=_parent(jobs, job)))
        else:
            jobs.append(job)
    return dataset.replace(jobs=tuple(jobs))


def _entries(item: Record, count: int) -> Iterator[Record]:
    jobs = item.get("jobs")
    entries = jobs if isinstance(jobs, list) else []
    for index in range(count):
        entry = entries[index] if index < len(entries) else None
        yield entry if isinstance(entry, dict) else {}


def _frames(value: object, count: int) -> tuple[int, ...] | None:
    """Frames of a job, None where they are no frames of the task."""
    if not isinstance(value, list) or not value:
        return None
    valid = all(type(frame) is int and 0 <= frame < count for frame in value)
    return tuple(sorted(set(value))) if valid else None


def _parent(jobs: list[Job], replica: Job) -> int | None:
    span = (replica.start_frame, replica.stop_frame)
    same = [job for job in jobs if job.type == "annotation" and (job.start_frame, job.stop_frame) == span]
    return same[-1].id if same else None


def lay_out(ctx: Context, task: Record, item: Record, names: list[str]) -> None:
    """Give a restored task its validation layout and its replicas back. `names`: those of its frames."""
    jobs = lookup.jobs_of(ctx, task["id"])
    replicas = max((sum(job["parent_job_id"] == parent["id"] for job in jobs) for parent in jobs), default=0)
    ctx.state.update("tasks", task["id"], consensus_enabled=replicas > 0, replicas=replicas)
    data = item.get("data")
    backup_layout = data.get("validation_layout") if isinstance(data, dict) else None
    record = frame_numbers.validation_of(ctx, task["id"])
    if not isinstance(backup_layout, dict) or not record:
        return
    layout = {**record["layout"], "frames_per_job_count": backup_layout.get("frames_per_job_count")}
    job = ctx.table("jobs")[record["gt_job"]["id"]]
    pool = [int(frame) for frame in frame_numbers.of_job(job)]
    layout["disabled_frames"] = sorted(set(backup_layout.get("disabled_frames") or ()) & set(pool))
    gt_job = {**record["gt_job"], "deleted_frames": layout["disabled_frames"]}
    if backup_layout.get("mode") == "gt_pool":
        layout |= {"mode": "gt_pool", **_honeypots(pool, names)}
        gt_job["included_frames"] = None
        ctx.state.update("jobs", job["id"], frames=None, start_frame=pool[0], stop_frame=pool[-1])
        ctx.state.update("tasks", task["id"], validation_mode="gt_pool", segment_size=0, overlap=0)
    ctx.state.put("validation", task["id"], {**record, "layout": layout, "gt_job": gt_job})


def _honeypots(pool: list[int], names: list[str]) -> Record:
    shown = {names[frame]: frame for frame in pool}
    pairs = [(frame, shown[name]) for frame, name in enumerate(names) if name in shown and frame != shown[name]]
    return {
        "validation_frames": pool, "honeypot_count": len(pairs),
        "honeypot_frames": [frame for frame, _ in pairs], "honeypot_real_frames": [real for _, real in pairs],
    }  # fmt: skip
