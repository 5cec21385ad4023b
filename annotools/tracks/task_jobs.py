"""Which jobs of a task are worked on, and which are there to judge them."""

from __future__ import annotations

from collections.abc import Sequence

from annotools.model.definitions import Job


def working_jobs(jobs: Sequence[Job]) -> list[int]:
    """The rows of the jobs that together make the task: neither replicas nor ground truth.

    Where jobs show validation frames among others (honeypots), the ground truth job is one of them: it has the pool of
    these, frames of its own behind those of all others.
    """
    last = max((job.stop_frame for job in jobs if job.type == "annotation"), default=-1)
    pooled = any(job.honeypots for job in jobs)
    return [row for row, job in enumerate(jobs) if job.type == "annotation" or _is_pool(job, last, pooled)]


def _is_pool(job: Job, last: int, pooled: bool) -> bool:
    return job.type == "ground_truth" and (pooled or 0 <= last < job.start_frame)
