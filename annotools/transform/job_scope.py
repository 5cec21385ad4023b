"""One job or the task as a whole: what formats need that hold either, and no jobs beside each other.

job-scope            rows of the one job that there is, where it is a part of the task; else rows of the task
job-scope=alone      the one job counts as such also where it is all of the task
drop-other-jobs      only jobs of annotation: segments that have no type
job-frames           of one job no frame behind its last
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import Job
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.tracks import merge_jobs
from annotools.transform.rows import no_argument

_ALONE = "alone"


def only_job(dataset: Dataset, *, alone: bool = False) -> Job | None:
    """The job that the dataset is, when it is not the whole task.  alone: or even then."""
    if len(dataset.jobs) != 1:
        return None
    job = dataset.jobs[0]
    whole = job.start_frame <= 0 and job.stop_frame >= len(dataset.frames) - 1 and job.included is None
    return job if alone or not whole else None


def is_alone(step: str, argument: str) -> bool:
    """Whether a step is told that the one job counts as such.  Raises: UsageError for another argument."""
    if argument not in ("", _ALONE):
        raise UsageError(f"transform {step} got {argument!r}, expected {_ALONE} or nothing")
    return argument == _ALONE


def job_scope(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every row of the one job, or every row of the task."""
    tables = {name: getattr(dataset, name) for name in OWNERS.values()}
    if only_job(dataset, alone=is_alone("job-scope", argument)) is None:
        merging = any((table.job >= 0).any() for table in tables.values())
        return merge_jobs(dataset, quirks) if merging else (dataset, Losses())
    ledger = Ledger()
    for name, table in tables.items():
        what, why = f"job of {name.removesuffix('s')}", "all that is written is of the one job"
        ledger.changed(what, why, dataset, name, table.job != 0, column="job")
    moved = {name: table.replace(job=np.zeros(len(table), np.int64)) for name, table in tables.items()}
    return (dataset.replace(**moved) if len(ledger.losses()) else dataset), ledger.losses()


def drop_other_jobs(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without jobs of ground truth and replicas, and without one that would be left as the only part of the task."""
    no_argument("drop-other-jobs", argument)
    jobs = dataset.jobs
    if len(jobs) < 2:
        return dataset, Losses()
    ledger = Ledger()
    other = np.array([job.type != "annotation" for job in jobs], np.bool_)
    annotation_only = dataset.replace(jobs=tuple(job for job in jobs if job.type == "annotation"))
    if only_job(annotation_only) is not None:
        other[:] = True
    ledger.lost("job", "the format has segments of annotation only", dataset, "jobs", other)
    included = [row for row, job in enumerate(jobs) if other[row] and job.included is not None]
    ledger.lost("included frames of job", "the format has no such jobs", dataset, "jobs", included, column="included")
    return (annotation_only if not other.all() else dataset.replace(jobs=())), ledger.losses()


def job_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Of one job no frame behind its last."""
    no_argument("job-frames", argument)
    job = only_job(dataset)
    if job is None or job.stop_frame >= len(dataset.frames) - 1:
        return dataset, Losses()
    ledger = Ledger()
    numbers = np.arange(len(dataset.frames))
    ledger.lost("frame", "it is behind the job", dataset, "frames", numbers > job.stop_frame)
    return dataset.replace(frames=dataset.frames.take(numbers[: job.stop_frame + 1])), ledger.losses()
