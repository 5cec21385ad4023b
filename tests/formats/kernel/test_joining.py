"""Several sources as one: what cannot be said of all of them is told."""

from __future__ import annotations

from annotools.formats.base import Read
from annotools.formats.kernel.joining import joined
from annotools.model import Dataset, Frames, Job


def task(name: str, *jobs: Job) -> Read:
    return Read(Dataset(frames=Frames.of([name], 10, 10), jobs=jobs))


def test_jobs_lose_their_ids_and_whose_replicas_they_are() -> None:
    replica = Job(2, "consensus_replica", 0, 0, parent_job=1)
    whole = joined([task("a.jpg", Job(1), replica), task("b.jpg", Job(1))], ["a", "b"])
    assert [job.parent_job for job in whole.dataset.jobs] == [None, None, None]
    told = {loss.column: (loss.kind, list(loss.rows)) for loss in whole.losses if loss.table == "jobs"}
    assert told == {"id": ("changed", [0, 1, 2]), "parent_job": ("lost", [1])}
