"""Task, jobs and frames as they will be read back: what the format does not say of them takes its default."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from annotools.formats.base import Options
from annotools.formats.cvat_xml.cleaning import carried_texts
from annotools.formats.cvat_xml.header import moment
from annotools.formats.cvat_xml.scope import only_job
from annotools.model import Dataset, Px, fit
from annotools.model.definitions import Frames, Job, Task, source_frames, video_name
from annotools.model.keeps import EVERYTHING
from annotools.model.losses import Ledger
from annotools.model.tables import Bools, Ints
from annotools.transform.attributes import named_attributes

_ROUNDED = replace(EVERYTHING, rounding=Px(2))


def settled(dataset: Dataset, options: Options, ledger: Ledger, *, named: bool) -> Dataset:
    """Task, jobs, frames and texts as they will be read back."""
    dataset = named_attributes(dataset, ledger)
    if options.quirks:
        # Written numbers are rounded all the same, only later.
        ledger.extend(fit(dataset, _ROUNDED)[1])
        return carried_texts(dataset, ledger)
    job = only_job(dataset, options)
    frames = _frames(dataset, job, ledger) if named else _numbered(dataset, job, ledger)
    dataset = dataset.replace(jobs=_jobs(dataset.jobs), task=_task(dataset, job), frames=frames)
    return carried_texts(dataset, ledger)


def _jobs(jobs: tuple[Job, ...]) -> tuple[Job, ...]:
    """Segments: what they span, and nothing of the work done on them."""
    return tuple(Job(job.id, "annotation", job.start_frame, job.stop_frame) for job in jobs if job.type == "annotation")


def _task(dataset: Dataset, job: Job | None) -> Task:
    """The task, its last frame counted out; of a job only what a job says."""
    task, last = dataset.task, len(dataset.frames) - 1 if job is None else job.stop_frame
    stop = task.start_frame + task.step * last
    if task.stop_frame is not None:
        stop = task.stop_frame if job is None else min(stop, task.stop_frame)
    video = task.source_name.rsplit("/", 1)[-1] if task.is_video and job is None else ""
    name = task.name if job is None else ""
    subset = "" if task.subset == "default" else task.subset
    created, updated = moment(task.created), moment(task.updated)
    return replace(task, name=name, stop_frame=stop, subset=subset, source_name=video, created=created, updated=updated)


def _frames(dataset: Dataset, job: Job | None, ledger: Ledger) -> Frames:
    """Frames with names and sizes where they are listed; of a job none after its last.  Others are as if deleted."""
    frames = dataset.frames
    listed = np.zeros(len(frames), np.bool_)
    listed[dataset.shown_frames] = True
    within = _span(frames, job)
    said = np.array([bool(name) for name in frames.names], np.bool_) | (frames.width > 0) | (frames.height > 0)
    gone = np.flatnonzero(within & ~listed & said)
    why = "deleted frames are not listed" if job is None or job.included is None else "the job does not show the frame"
    ledger.lost("name and size of frame", why, len(gone), gone)
    blank = ~listed
    names = tuple("" if hide else name for name, hide in zip(frames.names, blank.tolist(), strict=True))
    subsets = tuple("" if hide else name for name, hide in zip(frames.subsets, blank.tolist(), strict=True))
    width, height = (np.where(blank, 0, column) for column in (frames.width, frames.height))
    told = Frames(names, width, height, blank & within, subsets, frames.related)
    return told.take(_up_to(frames, job))


def _span(frames: Frames, job: Job | None) -> Bools:
    within = np.ones(len(frames), np.bool_)
    if job is not None:
        within[: job.start_frame] = within[job.stop_frame + 1 :] = False
    return within


def _up_to(frames: Frames, job: Job | None) -> Ints:
    """The frames up to the last of a job, which may end behind those that are known."""
    return np.arange(len(frames) if job is None else min(job.stop_frame + 1, len(frames)))


def _numbered(dataset: Dataset, job: Job | None, ledger: Ledger) -> Frames:
    """Frames that are but numbers: named after them, of the one size that is said of a video."""
    frames = dataset.frames.take(_up_to(dataset.frames, job))
    names = tuple(map(video_name, source_frames(dataset.task, np.arange(len(frames))).tolist()))
    renamed = np.flatnonzero([a != b for a, b in zip(names, frames.names, strict=True)])
    ledger.lost("name of frame", "the format does not list frames", len(renamed), renamed)
    one = dataset.task.is_video and len(frames) > 0
    width, height = (np.full(len(frames), column[0] if one else 0) for column in (frames.width, frames.height))
    odd = np.flatnonzero((width != frames.width) | (height != frames.height))
    ledger.lost("size of frame", "the format has one size, and that of a video", len(odd), odd)
    return replace(frames, names=names, width=width, height=height)
