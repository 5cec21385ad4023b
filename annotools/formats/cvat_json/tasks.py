"""A task and its jobs as the API returns them.

    task.json  {"id": 7, "name": "..", "mode": "annotation", "size": 12, "segment_size": 5, "overlap": 0, ..}
    job.json   {"id": 9, "task_id": 7, "start_frame": 0, "stop_frame": 4, "type": "annotation", ..}

Users are named only.  Source: CVAT's OpenAPI document, TaskRead and JobRead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from annotools.formats.cvat_json.fields import Fields
from annotools.formats.cvat_json.meta import MOST_FRAMES
from annotools.model import Dataset, Job, Task
from annotools.model.definitions import task_frames
from annotools.transform.backup_meta import status_of

Pairs = tuple[tuple[int, int], ...]  # a frame that shows a validation frame, and which


def read_task(fields: Fields) -> Task:
    """The task of a task.json; what it says about its media is in data_meta.json."""
    blank = Task()
    return Task(
        id=fields.integer("id", blank.id), name=fields.text("name"), mode=fields.text("mode", blank.mode),
        dimension=fields.text("dimension", blank.dimension), media_type=fields.text("media_type", blank.media_type),
        subset=fields.text("subset"), segment_size=fields.integer("segment_size"), overlap=fields.integer("overlap"),
        chunk_size=fields.optional("data_chunk_size"), quality=fields.integer("image_quality", blank.quality),
        bug_tracker=fields.text("bug_tracker"), owner=fields.inner("owner").text("username"),
        assignee=fields.inner("assignee").text("username"), status=fields.text("status", blank.status),
        created=fields.text("created_date"), updated=fields.text("updated_date"),
        project_id=fields.optional("project_id"),
    )  # fmt: skip


def task_of_job(fields: Fields) -> Task:
    """What a job.json says about its task."""
    blank = Task()
    return Task(
        id=fields.integer("task_id", blank.id), name=fields.text("task_name"), mode=fields.text("mode", blank.mode),
        dimension=fields.text("dimension", blank.dimension), media_type=fields.text("media_type", blank.media_type),
        chunk_size=fields.optional("data_chunk_size"), bug_tracker=fields.text("bug_tracker"),
        project_id=fields.optional("project_id"),
    )  # fmt: skip


def read_job(fields: Fields, number: int = -1) -> Job:
    """The job of a job.json.  number: its id where it says none."""
    blank = Job()
    start, stop = borders(fields)
    return Job(
        id=fields.integer("id", number), type=fields.text("type", blank.type), start_frame=start, stop_frame=stop,
        parent_job=fields.optional("parent_job_id"), stage=fields.text("stage", blank.stage),
        state=fields.text("state", blank.state), assignee=fields.inner("assignee").text("username"),
    )  # fmt: skip


def borders(fields: Fields) -> tuple[int, int]:
    """The first and the last frame of a job."""
    start = fields.integer("start_frame", least=0)
    stop = fields.integer("stop_frame", start)
    if not 0 <= stop - start < MOST_FRAMES:
        fields.fault("stop_frame", stop, f"{start} or up to {MOST_FRAMES} more")
        stop = start
    return start, stop


def with_honeypots(job: Job, fields: Fields) -> Job:
    """A job with what its validation layout says: which frame shows which validation frame."""
    return replace(job, honeypots=_pairs(fields))


def _pairs(fields: Fields) -> Pairs:
    return tuple(zip(fields.integers("honeypot_frames"), fields.integers("honeypot_real_frames"), strict=False))


def with_layout(jobs: list[Job], fields: Fields, task: Task) -> list[Job]:
    """Jobs with what the task's validation layout says and they do not.

    The layout of a plain ground truth counts its frames in the source, everything else is in frames of the task.
    """
    pairs = _pairs(fields)
    frames = np.array(fields.integers("validation_frames"), np.int64)
    if fields.text("mode") == "gt":
        frames = task_frames(task, frames)[0]
    disabled = fields.integers("disabled_frames")
    return [_laid_out(job, pairs, tuple(frames.tolist()), disabled) for job in jobs]


def _laid_out(job: Job, pairs: Pairs, frames: tuple[int, ...], disabled: tuple[int, ...]) -> Job:
    if job.type != "ground_truth":
        mine = tuple(pair for pair in pairs if job.start_frame <= pair[0] <= job.stop_frame)
        return job if job.honeypots else replace(job, honeypots=mine)
    included = frames if job.included is None and frames else job.included
    return replace(job, included=included, disabled=tuple(sorted({*job.disabled, *disabled})))


def honeypot_item(job: Job) -> dict[str, Any]:
    """The validation layout of a job with honeypots."""
    shown, real = zip(*job.honeypots, strict=True)
    return {"honeypot_count": len(shown), "honeypot_frames": shown, "honeypot_real_frames": real}


def task_item(dataset: Dataset) -> dict[str, Any]:
    """The task as a JSON value."""
    task = dataset.task
    return {
        "id": _known(task.id), "name": task.name, "project_id": task.project_id, "owner": _user(task.owner),
        "assignee": _user(task.assignee), "bug_tracker": task.bug_tracker, "created_date": task.created or None,
        "updated_date": task.updated or None, "overlap": task.overlap, "segment_size": task.segment_size,
        "status": task.status, "data_chunk_size": task.chunk_size, "size": len(dataset.frames),
        "image_quality": task.quality, "dimension": task.dimension, "mode": task.mode, "media_type": task.media_type,
        "subset": task.subset,
    }  # fmt: skip


def job_item(dataset: Dataset, job: Job, number: int) -> dict[str, Any]:
    """A job as a JSON value.  number: the id it is written with."""
    task = dataset.task
    return {
        "id": number, "task_id": _known(task.id), "task_name": task.name, "project_id": task.project_id,
        "assignee": _user(job.assignee), "dimension": task.dimension, "mode": task.mode, "media_type": task.media_type,
        "bug_tracker": task.bug_tracker or None, "status": status_of(job), "stage": job.stage, "state": job.state,
        "frame_count": len(job.frames()), "start_frame": job.start_frame, "stop_frame": job.stop_frame,
        "data_chunk_size": task.chunk_size, "type": job.type, "parent_job_id": job.parent_job,
    }  # fmt: skip


def _user(name: str) -> dict[str, str] | None:
    return {"username": name} if name else None


def _known(number: int) -> int | None:
    return number if number >= 0 else None
