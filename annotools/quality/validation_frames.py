"""What is held against what: the ground truth job, the jobs that are judged by it, and on which frames.

A frame counts where the ground truth has it, nobody has deleted it and no layout has disabled it.  A job with
honeypots shows frames of the ground truth's pool under numbers of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotools.errors import InputError, Problem
from annotools.geometry.ragged import Ints
from annotools.model import Dataset, Job
from annotools.model.columns import distinct, without
from annotools.quality.job_filter import chosen
from annotools.quality.objects import Objects, keys
from annotools.quality.pairing import FramePairs
from annotools.tracks.task_jobs import working_jobs

_NO_TRUTH = (
    "Quality reports require a Ground Truth job in the task at the acceptance stage and in the completed state"
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Plan:
    """truth: the row of the ground truth job.  jobs: rows of all others.  included: those that the filter leaves.

    job, frame, truth_frame: one row a frame of a comparison.
    """

    truth: int
    jobs: list[int]
    included: list[int]
    job: Ints
    frame: Ints
    truth_frame: Ints


def plan(dataset: Dataset, job_filter: str = "") -> Plan:
    """Every comparison of a task.

    Raises: InputError where there is no accepted ground truth or the task is none of pictures, in the server's words.
    """
    if dataset.task.dimension != "2d":
        raise InputError(f"Quality reports are only supported in 2d tasks: this one is {dataset.task.dimension}")
    truth = accepted_truth(dataset)
    if truth is None:
        raise InputError(_no_truth(dataset))
    if _is_whole(dataset) and truth not in working_jobs(dataset.jobs):
        message = f"the ground truth job {dataset.jobs[truth].id} has no annotations of its own"
        raise InputError(Problem(message, expected="a task that was read job by job (by_job=True)"))
    jobs = [row for row in range(len(dataset.jobs)) if row != truth]
    picked = chosen(job_filter, [dataset.jobs[row] for row in jobs], dataset.task)
    included = [row for row, is_chosen in zip(jobs, picked, strict=True) if is_chosen]
    active = _active(dataset, dataset.jobs[truth])
    compared = [_compared(dataset, dataset.jobs[row], active) for row in included]
    job = np.repeat(included, [len(frames) for frames, _ in compared]).astype(np.int64)
    nothing = np.zeros(0, np.int64)
    frame, truth_frame = (np.concatenate([nothing, *(pair[side] for pair in compared)]) for side in (0, 1))
    return Plan(truth, jobs, included, job, frame, truth_frame)


def accepted_truth(dataset: Dataset) -> int | None:
    """The row of the ground truth job, where there is one that is done."""
    done = ("ground_truth", "acceptance", "completed")
    return next((row for row, job in enumerate(dataset.jobs) if (job.type, job.stage, job.state) == done), None)


def _no_truth(dataset: Dataset) -> str:
    """What is missing, in the server's words, and what there is."""
    for job in dataset.jobs:
        if job.type == "ground_truth":
            return f"{_NO_TRUTH}: job {job.id} is at the {job.stage} stage and in the {job.state} state"
    return f"{_NO_TRUTH}: there is none"


def _active(dataset: Dataset, truth: Job) -> Ints:
    """The frames of the ground truth that count."""
    frames = without(truth.frames(), truth.disabled)
    return np.asarray(frames[~_deleted(dataset, frames)], np.int64)


def _deleted(dataset: Dataset, frames: Ints) -> np.ndarray:
    known = (frames >= 0) & (frames < len(dataset.frames))
    deleted = np.zeros(len(frames), np.bool_)
    deleted[known] = dataset.frames.deleted[frames[known]]
    return deleted


def _compared(dataset: Dataset, job: Job, active: Ints) -> tuple[Ints, Ints]:
    """Frames of a job, and those of the ground truth that they show."""
    own = active[(active >= job.start_frame) & (active <= job.stop_frame)]
    pots = np.array(job.honeypots, np.int64).reshape(-1, 2)
    pots = pots[np.isin(pots[:, 1], active) & ~np.isin(pots[:, 0], own) & ~_deleted(dataset, pots[:, 0])]
    frame, truth_frame = np.concatenate([own, pots[:, 0]]), np.concatenate([own, pots[:, 1]])
    order = np.argsort(truth_frame, kind="stable")
    return frame[order], truth_frame[order]


def _is_whole(dataset: Dataset) -> bool:
    """Whether all annotations are the task's and none a job's."""
    homes = np.concatenate([table.job for table in (dataset.tags, dataset.shapes, dataset.tracks)])
    return bool(len(homes)) and not (homes >= 0).any()


def homes(dataset: Dataset, rows: Ints) -> Ints:
    """Where the annotations of jobs are: the jobs themselves, or the task as a whole where no job has any."""
    working = working_jobs(dataset.jobs)
    tables = (dataset.tags, dataset.shapes, dataset.tracks)
    own = any(np.isin(table.job, working).any() for table in tables)
    if own or not any((table.job < 0).any() for table in tables):
        return rows
    return np.where(np.isin(rows, working), -1, rows)


def wanted(dataset: Dataset, plan: Plan) -> Ints:
    """Keys of all homes and frames of a plan."""
    truth = homes(dataset, np.full(len(plan.job), plan.truth))
    return distinct(np.concatenate([keys(homes(dataset, plan.job), plan.frame), keys(truth, plan.truth_frame)]))


def frame_pairs(objects: Objects, dataset: Dataset, plan: Plan) -> FramePairs:
    """The blocks of both sides, the ground truth first."""
    truth = homes(dataset, np.full(len(plan.job), plan.truth))
    return FramePairs(
        _blocks(objects, keys(truth, plan.truth_frame)), _blocks(objects, keys(homes(dataset, plan.job), plan.frame))
    )  # fmt: skip


def _blocks(objects: Objects, wanted: Ints) -> Ints:
    """The block of each key, -1 where there is no object."""
    position = np.searchsorted(objects.key, wanted)
    exists = np.append(objects.key, -1)[position] == wanted
    return np.where(exists, np.append(objects.block, -1)[position], -1)
