"""Several sources as one: what cannot be said of all of them is told."""

from __future__ import annotations

from annotools.formats.base import Read
from annotools.formats.kernel.joining import joined
from annotools.model import Dataset, Frames, Job


def task(name: str, *jobs: Job) -> Read:
    return Read(Dataset(frames=Frames.of([name], 10, 10), jobs=jobs))


def test_jobs_are_numbered_anew_and_replicas_follow_theirs() -> None:
    replica, orphan = Job(2, "consensus_replica", 0, 0, parent_job=1), Job(5, "consensus_replica", 0, 0, parent_job=9)
    whole = joined([task("a.jpg", Job(1)), task("b.jpg", Job(1), replica, orphan)], ["a", "b"])
    assert [(job.id, job.parent_job) for job in whole.dataset.jobs] == [(1, None), (2, None), (3, 2), (4, None)]
    counted = {loss.column: (loss.kind, list(loss.rows)) for loss in whole.losses if loss.table == "jobs"}
    assert counted == {"id": ("changed", [0, 1, 2, 3]), "parent_job": ("lost", [3])}
