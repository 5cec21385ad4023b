"""Where rows stand: with the task as a whole or with its jobs.

one-home             rows of the task, or of its working jobs: where there are both, those of the task say it all
drop-disabled-frames disabled frames are those of ground truth, other jobs have none
cut-into-jobs        rows of the task at the borders of its jobs; one job where there is none
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from annotools import tracks
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import Job
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.tracks.task_jobs import working_jobs
from annotools.transform.rows import no_argument


def one_home(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Without rows of working jobs where the task has rows itself.  Ground truth and replicas stand beside either."""
    no_argument("one-home", argument)
    tables: dict[str, Any] = {name: getattr(dataset, name) for name in OWNERS.values()}
    working = working_jobs(dataset.jobs)
    of_jobs = {name: np.isin(table.job, working) for name, table in tables.items()}
    whole = any((table.job < 0).any() for table in tables.values())
    if not whole or not any(mask.any() for mask in of_jobs.values()):
        return dataset, Losses()
    ledger = Ledger()
    for name, gone in of_jobs.items():
        what, why = f"{name.removesuffix('s')} of a job", "a bundle holds rows of the task or of its jobs"
        ledger.lost(what, why, dataset, name, gone)
    return dataset.select(**{name: ~gone for name, gone in of_jobs.items()}), ledger.losses()


def drop_disabled_frames(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Jobs other than of ground truth without disabled frames."""
    no_argument("drop-disabled-frames", argument)
    ledger = Ledger()
    odd = [row for row, job in enumerate(dataset.jobs) if job.disabled and job.included is None]
    ledger.lost("disabled frames of job", "only ground truth has some", dataset, "jobs", odd, column="disabled")
    jobs = tuple(replace(job, disabled=()) if row in odd else job for row, job in enumerate(dataset.jobs))
    return dataset.replace(jobs=jobs) if odd else dataset, ledger.losses()


def cut_into_jobs(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Every row in a job."""
    no_argument("cut-into-jobs", argument)
    ledger = Ledger()
    if not dataset.jobs:
        dataset = dataset.replace(jobs=(Job(start_frame=0, stop_frame=max(len(dataset.frames) - 1, 0)),))
        ledger.noted("job", "a task has jobs, so one was made of all its frames", 1)
    tables = {name: getattr(dataset, name) for name in OWNERS.values()}
    whole = {name: table.job < 0 for name, table in tables.items()}
    if not any(mask.any() for mask in whole.values()):
        return dataset, ledger.losses()
    for name, mask in whole.items():
        why = "annotations of the task became those of its jobs"
        ledger.changed(f"job of {name.removesuffix('s')}", why, dataset, name, mask, column="job")
    job = dataset.jobs[0]
    if len(dataset.jobs) == 1 and job.start_frame == 0 and job.stop_frame >= len(dataset.frames) - 1:
        return dataset.replace(**{n: table.replace(job=table.job * 0) for n, table in tables.items()}), ledger.losses()
    cut, losses = tracks.split_into_jobs(dataset, quirks)
    return cut, ledger.losses() + losses
