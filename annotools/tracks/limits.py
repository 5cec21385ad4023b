"""On which frames a track may show: those of its job, or of the task.

jobs 0-9 and 5-14      a track of job 1 shows on 5..14, one of the task (job -1) on 0..14
a single job           is the border of all tracks
a ground truth job     shows its included frames only
"""

from __future__ import annotations

import msgspec
import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.model.columns import without
from annotools.model.dataset import Dataset
from annotools.model.definitions import Job


class Limits(msgspec.Struct, frozen=True):
    """first, stop: (tracks,) the frames first <= frame < stop.  known: whether the dataset says where they end."""

    first: Ints
    stop: Ints
    known: bool
    dataset: Dataset
    job: Ints

    def allow(self, track: Ints, frame: Ints) -> Bools:
        """Whether a track may show on a frame: deleted ones and those not included are out.  (n,) and (n,) -> (n,)"""
        allowed = (frame >= self.first[track]) & (frame < self.stop[track])
        deleted = self.dataset.frames.deleted
        inside = np.flatnonzero(allowed & (frame < len(deleted)))
        allowed[inside] = ~deleted[frame[inside]]
        for row, job in enumerate(self.dataset.jobs):
            if job.included is not None:
                allowed &= (self.job[track] != row) | np.isin(frame, job.frames())
        return allowed

    def after(self, track: Ints, frame: Ints) -> Ints:
        """The next frame on which a track may show, its `stop` or more if there is none.  (n,) and (n,) -> (n,)"""
        result = _next_of(np.flatnonzero(~self.dataset.frames.deleted), len(self.dataset.frames), frame)
        for row, job in enumerate(self.dataset.jobs):
            if job.included is not None:
                mine = np.flatnonzero(self.job[track] == row)
                gone = np.flatnonzero(self.dataset.frames.deleted)
                shown = without(job.frames(), gone)
                result[mine] = _next_of(shown, job.stop_frame + 1, frame[mine])
        return result


def _next_of(shown: Ints, end: int, frame: Ints) -> Ints:
    """The least of `shown` above each frame; frames from `end` on are all shown."""
    position = np.searchsorted(shown, frame, side="right")
    return np.where(position < len(shown), np.append(shown, 0)[position], np.maximum(frame + 1, end))


def limits_of(dataset: Dataset) -> Limits:
    """The limits of every track of a dataset."""
    jobs = dataset.jobs
    whole, known = _whole(dataset)
    job = np.zeros(len(dataset.tracks), np.int64) if len(jobs) == 1 else dataset.tracks.job.astype(np.int64)
    spans = np.array([*((j.start_frame, j.stop_frame + 1) for j in jobs), whole], np.int64)
    return Limits(spans[job, 0], spans[job, 1], known, dataset, job)


def _whole(dataset: Dataset) -> tuple[tuple[int, int], bool]:
    """First frame and end of the task, and whether the dataset says so; else what is annotated counts."""
    if len(dataset.frames):
        return (0, len(dataset.frames)), True
    ends = [job.stop_frame + 1 for job in dataset.jobs]
    if ends:
        return (0, max(ends)), True
    frames = dataset.shapes.frame
    return (int(frames.min(initial=0)), int(frames.max(initial=-1)) + 1), False


def of_one_job(dataset: Dataset, job: Job) -> Limits:
    """The limits that one job sets to all tracks."""
    size = len(dataset.tracks)
    first, stop = np.full(size, job.start_frame), np.full(size, job.stop_frame + 1)
    return Limits(first, stop, True, dataset.replace(jobs=(job,)), np.zeros(size, np.int64))
