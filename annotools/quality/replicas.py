"""Who takes part in a consensus: parent jobs that are being annotated, and those of their replicas that were begun."""

from __future__ import annotations

from dataclasses import dataclass

from annotools.cvat_limits import REPLICA_TYPES
from annotools.errors import InputError, Problem
from annotools.model import Dataset, Job

_NONE_READY = (
    "No annotation jobs in the annotation stage or no consensus_replica jobs not in the annotation - new state found"
)  # fmt: skip


@dataclass(frozen=True)
class Parties:
    """ready: rows of the replicas that take part, by row of their parent.  idle: those that do not."""

    ready: dict[int, list[int]]
    idle: list[int]


def parties(dataset: Dataset) -> Parties:
    """The replicas of a task.

    Raises: InputError where there is none that is ready or the task is none of pictures, in the server's words, and
    where a replica has no parent.
    """
    jobs = dataset.jobs
    replicas = [row for row, job in enumerate(jobs) if job.type in REPLICA_TYPES]
    if not replicas:
        raise InputError("Consensus is not enabled in this task: it has no replicas")
    if dataset.task.dimension != "2d":
        raise InputError(f"Merging is only supported in 2d tasks: this one is {dataset.task.dimension}")
    parents = {row: _parent(jobs, jobs[row]) for row in replicas}
    ready: dict[int, list[int]] = {}
    for row, parent in parents.items():
        if jobs[parent].stage == "annotation" and not _is_untouched(jobs[row]):
            ready.setdefault(parent, []).append(row)
    if not ready:
        raise InputError(_NONE_READY)
    return Parties(ready, [row for row in replicas if row not in {one for rows in ready.values() for one in rows}])


def _is_untouched(job: Job) -> bool:
    return (job.stage, job.state) == ("annotation", "new")


def _parent(jobs: tuple[Job, ...], replica: Job) -> int:
    """The row of the job that a replica repeats."""
    for row, job in enumerate(jobs):
        if job.type == "annotation" and replica.parent_job is not None and job.id == replica.parent_job:
            return row
    named = "none" if replica.parent_job is None else f"job {replica.parent_job}, which is not there"
    message = f"the parent of replica {replica.id} is {named}"
    raise InputError(Problem(message, expected="an annotation job of the task"))
