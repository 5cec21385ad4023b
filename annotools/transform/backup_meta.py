"""A task as a backup holds it.

source-numbers       listed pictures count from 0 without a step; frames of a video are named after their numbers
backup-jobs          jobs numbered from 1, with a status instead of stage and state; segments follow from them
backup-media         says what is not there; `backup-media=pictures` or `=video` where these are written along
chunk-size           the size of chunks that the server would choose, where nobody did
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from annotools.model.dataset import Dataset
from annotools.model.definitions import Job, last_source_frame, source_frames, video_name
from annotools.model.frames import Frames
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument

_LARGEST_CHUNK, _CHUNK_PIXELS, _VIDEO_CHUNK = 72, 36 * 1920 * 1080, 36
_STAGES = {"validation": "validation", "completed": "acceptance"}
_SHARED = ("source_name", "start_frame", "step")


def source_numbers(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Frames as the list of a backup numbers them."""
    no_argument("source-numbers", argument)
    task, ledger = dataset.task, Ledger()
    if task.is_video:
        return dataset.replace(frames=_plain_frames(dataset, ledger)), ledger.losses()
    why = "the listed pictures count from 0"
    new = replace(task, start_frame=0, step=1, source_name="", stop_frame=None)
    for name in _SHARED:
        odd = [0] if getattr(task, name) != getattr(new, name) else []
        ledger.changed(f"{name.replace('_', ' ')} of task", why, dataset, "task", odd, column=name)
    moved = task.stop_frame is not None and task.stop_frame != last_source_frame(new, len(dataset.frames))
    ledger.changed("stop frame of task", why, dataset, "task", [0] if moved else [], column="stop_frame")
    return dataset.replace(task=new), ledger.losses()


def _plain_frames(dataset: Dataset, ledger: Ledger) -> Frames:
    """Frames of a video, of one size, with numbers for names."""
    frames = dataset.frames
    if not len(frames):
        return frames
    names = tuple(map(video_name, source_frames(dataset.task, np.arange(len(frames))).tolist()))
    why = "one size and numbers for names stand for all frames of a video"
    renamed = np.array([a != b for a, b in zip(names, frames.names, strict=True)], np.bool_)
    ledger.changed("name of frame", why, dataset, "frames", renamed, column="name")
    odd = (frames.width != frames.width[0]) | (frames.height != frames.height[0])
    ledger.changed("size of frame", why, dataset, "frames", odd, column="size")
    size: dict[str, Any] = {name: np.full(len(frames), getattr(frames, name)[0]) for name in ("width", "height")}
    return replace(frames, names=names, **size)


def backup_jobs(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Jobs with what their status says, and the segments that follow from them."""
    no_argument("backup-jobs", argument)
    ledger = Ledger()
    jobs = tuple(_plain_job(number, job) for number, job in enumerate(dataset.jobs, 1))
    for field in fields(Job):
        pairs = enumerate(zip(jobs, dataset.jobs, strict=True))
        odd = [row for row, (plain, job) in pairs if getattr(plain, field.name) != getattr(job, field.name)]
        what = f"{field.name.replace('_', ' ')} of job"
        ledger.lost(what, "a backup does not hold it, or not in a way that is known", dataset, "jobs", odd, field.name)
    size, overlap = segments(jobs)
    task = replace(dataset.task, segment_size=size, overlap=overlap)
    for name in ("segment_size", "overlap"):
        odd = [0] if getattr(task, name) != getattr(dataset.task, name) else []
        what, why = f"{name.replace('_', ' ')} of task", "it follows from the jobs"
        ledger.changed(what, why, dataset, "task", odd, column=name)
    return dataset.replace(jobs=jobs, task=task), ledger.losses()


def status_of(job: Job) -> str:
    """The one word in which backups and older programs say stage and state."""
    return {"validation": "validation", "acceptance": "completed"}.get(job.stage, "annotation")


def placed_job(number: int, kind: str, start: int, stop: int, status: str) -> Job:
    """A job as it is read from a backup.  number: its position, from 1."""
    state = "completed" if status == "completed" else "new"
    return Job(number, kind, start, stop, stage=_STAGES.get(status, "annotation"), state=state)


def _plain_job(number: int, job: Job) -> Job:
    return placed_job(number, job.type, job.start_frame, job.stop_frame, status_of(job))


def segments(jobs: tuple[Job, ...]) -> tuple[int, int]:
    """The size of the task's segments and how many frames each shares with the next."""
    cut = [job for job in jobs if job.type == "annotation"]
    size = cut[0].stop_frame - cut[0].start_frame + 1 if cut else 0
    overlap = cut[0].stop_frame - cut[1].start_frame + 1 if len(cut) > 1 else 0
    return size, max(overlap, 0)


def chunk_size(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """A size of chunks, as the server chooses it where nobody did."""
    no_argument("chunk-size", argument)
    task, ledger = dataset.task, Ledger()
    if task.chunk_size is not None:
        return dataset, Losses()
    ledger.noted("chunk size of task", "nobody chose one, so it is what the server would choose", 1)
    return dataset.replace(task=replace(task, chunk_size=_chosen_size(dataset))), ledger.losses()


def backup_media(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """The dataset as it is, with a note where its media will not be in the backup."""
    ledger = Ledger()
    if argument == "video":
        return dataset, Losses()
    if dataset.task.is_video:
        ledger.noted("backup without its video", "a server that restores it will ask for the file", 1)
    elif argument != "pictures":
        ledger.noted("backup without pictures", "a server that restores it will ask for them", 1)
    return dataset, ledger.losses()


def _chosen_size(dataset: Dataset) -> int:
    frames = dataset.frames
    pixels = int(frames.width[0] * frames.height[0]) if len(frames) else 0
    if dataset.task.is_video or not pixels:
        return _VIDEO_CHUNK
    return max(2, min(_LARGEST_CHUNK, _CHUNK_PIXELS // pixels))
