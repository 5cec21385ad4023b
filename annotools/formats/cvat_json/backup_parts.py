"""The task.json of a backup, read and written, and what a dataset needs before it can be one.

    {"name": "..", "bug_tracker": "", "status": "annotation", "subset": "", "version": "1.0", "labels": [..],
     "data": {"chunk_size": 72, "image_quality": 75, "start_frame": 4, "stop_frame": 62, "frame_filter": "step=2",
              "storage_method": "cache", "sorting_method": "predefined", "chunk_type": "imageset",
              "deleted_frames": [], "storage": "local"},
     "jobs": [{"status": "annotation", "type": "annotation", "start_frame": 0, "stop_frame": 9}]}

Source: https://docs.cvat.ai/docs/manual/advanced/backup/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from annotools.formats.cvat_json.fields import Fields
from annotools.formats.cvat_json.labels import label_items
from annotools.formats.cvat_json.manifest import Manifest
from annotools.formats.cvat_json.meta import MOST_FRAMES, FrameRow, Meta, frames_of, read_step
from annotools.formats.cvat_json.tasks import borders
from annotools.model import Dataset, Frames, Job, Task
from annotools.model.definitions import last_source_frame
from annotools.transform.backup_meta import placed_job, segments, status_of

_TASK = frozenset({"name", "bug_tracker", "status", "subset", "labels", "version", "data", "jobs"})
_DATA = frozenset(
    {
        "chunk_size", "image_quality", "start_frame", "stop_frame", "frame_filter", "storage_method", "sorting_method",
        "chunk_type", "deleted_frames", "storage",
    }
)  # fmt: skip
_JOB = frozenset({"status", "type", "start_frame", "stop_frame"})


def unknown_keys(fields: Fields) -> list[tuple[str, Any]]:
    """(JSON pointer, value) of what a task.json holds beyond what is known of the format."""
    unknown = [(f"/{key}", value) for key, value in fields.unknown(_TASK).items()]
    data = fields.value.get("data")
    if isinstance(data, dict):
        unknown += [(f"/data/{key}", value) for key, value in data.items() if key not in _DATA and value is not None]
    jobs = fields.value.get("jobs")
    for row, job in enumerate(jobs if isinstance(jobs, list) else []):
        if isinstance(job, dict):
            known = _JOB | {"frames"} if job.get("type") == "ground_truth" else _JOB
            unknown += [(f"/jobs/{row}/{key}", value) for key, value in job.items() if key not in known]
    return unknown


def read_jobs(fields: Fields) -> tuple[Job, ...]:
    """The jobs; their ids are their places, from 1."""
    return tuple(_job(row, item) for row, item in enumerate(fields.objects("jobs"), 1))


def _job(number: int, fields: Fields) -> Job:
    start, stop = borders(fields)
    job = placed_job(number, fields.text("type", "annotation"), start, stop, fields.text("status", "annotation"))
    shown = job.type == "ground_truth" and fields.has("frames")
    return replace(job, included=fields.integers("frames")) if shown else job


def read_task(fields: Fields, manifest: Manifest, jobs: tuple[Job, ...]) -> Task:
    """The task.  Size and overlap of its segments follow from its jobs, whether it is a video from the manifest."""
    data = fields.inner("data")
    size, overlap = segments(jobs)
    return Task(
        name=fields.text("name"), mode="interpolation" if manifest.is_video else "annotation",
        subset=fields.text("subset"), bug_tracker=fields.text("bug_tracker"),
        status=fields.text("status", Task().status), start_frame=data.integer("start_frame", least=0),
        stop_frame=data.optional("stop_frame"), step=read_step(data), segment_size=size, overlap=overlap,
        chunk_size=data.optional("chunk_size"), quality=data.integer("image_quality", Task().quality),
        source_name=manifest.rows[0][0] if manifest.is_video else "",
    )  # fmt: skip


def read_frames(task: Task, manifest: Manifest, data: Fields) -> Frames:
    """The frames of the task: those of the manifest that start, stop and step choose."""
    rows = manifest.rows if manifest.is_video else _chosen(task, manifest.rows)
    size = _video_size(task, manifest, data) if manifest.is_video else len(rows)
    deleted = data.integers("deleted_frames")
    return frames_of(task, [Meta(0, size, rows=rows, deleted=deleted)])


def _video_size(task: Task, manifest: Manifest, data: Fields) -> int:
    last = manifest.length - 1 if task.stop_frame is None else task.stop_frame
    size = (last - task.start_frame) // task.step + 1
    if 0 <= size <= MOST_FRAMES:
        return size
    data.fault("stop_frame", last, f"{task.start_frame} or more, and at most {MOST_FRAMES} frames")
    return 0


def _chosen(task: Task, rows: tuple[FrameRow, ...]) -> tuple[FrameRow, ...]:
    """A manifest may list all pictures that were uploaded, or only those that are frames of the task."""
    last = len(rows) - 1 if task.stop_frame is None else task.stop_frame
    chosen = rows[task.start_frame : last + 1 : task.step]
    return chosen if 0 <= last < len(rows) else rows


def task_item(dataset: Dataset) -> dict[str, Any]:
    """The task.json of a dataset."""
    task = dataset.task
    named = {"name": task.name, "bug_tracker": task.bug_tracker, "status": task.status, "subset": task.subset}
    labels = label_items(dataset.labels, named=True)
    return named | {
        "labels": labels, "version": "1.0", "data": _data_item(dataset), "jobs": list(_job_items(dataset.jobs)),
    }  # fmt: skip


def _data_item(dataset: Dataset) -> dict[str, Any]:
    task = dataset.task
    step = {"frame_filter": f"step={task.step}"} if task.step != 1 else {}
    stop = last_source_frame(task, len(dataset.frames)) if task.stop_frame is None else task.stop_frame
    media = {"chunk_size": task.chunk_size, "image_quality": task.quality, "start_frame": task.start_frame}
    return media | {"stop_frame": stop} | step | {
        "storage_method": "cache", "sorting_method": "lexicographical" if task.is_video else "predefined",
        "chunk_type": "imageset", "deleted_frames": np.flatnonzero(dataset.frames.deleted).tolist(), "storage": "local",
    }  # fmt: skip


def _job_items(jobs: tuple[Job, ...]) -> Iterator[dict[str, Any]]:
    for job in jobs:
        yield {
            "status": status_of(job), "type": job.type, "start_frame": job.start_frame, "stop_frame": job.stop_frame,
        }  # fmt: skip
