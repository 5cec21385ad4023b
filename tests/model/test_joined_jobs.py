"""Datasets put together: every number of a frame that a job says is of the same picture as before."""

from __future__ import annotations

from dataclasses import fields

import pytest

from annotools.model import Dataset, DatasetBuilder, Job
from annotools.model.joining import concat

JOBS = (
    Job(31, start_frame=0, stop_frame=2, honeypots=((1, 4), (2, 3))),
    Job(32, start_frame=1, stop_frame=3),
    Job(33, "ground_truth", 0, 4, included=(3, 4), disabled=(4,)),
)


def _dataset(letter: str) -> Dataset:
    build = DatasetBuilder()
    for number in range(5):
        build.add_frame(f"{letter}{number}.jpg", 9, 9)
    for job in JOBS:
        build.add_job(job)
    return build.dataset()


def _numbers(job: Job) -> dict[str, list[int]]:
    """The numbers of frames that a job says, by field."""
    return {
        "start_frame": [job.start_frame], "stop_frame": [job.stop_frame], "included": list(job.included or ()),
        "disabled": list(job.disabled), "honeypots": [frame for pair in job.honeypots for frame in pair],
        "frames": job.frames().tolist(),
    }  # fmt: skip


def _pictures(dataset: Dataset, job: Job) -> dict[str, list[str]]:
    """The same as names of pictures."""
    return {field: [dataset.frames.names[frame] for frame in frames] for field, frames in _numbers(job).items()}


@pytest.mark.parametrize("part", [0, 1, 2])
def test_jobs_speak_of_the_same_pictures_as_before(part: int) -> None:
    parts = [_dataset(letter) for letter in "abc"]
    whole = concat(parts)
    jobs = whole.jobs[3 * part : 3 * part + 3]
    assert [_pictures(whole, job) for job in jobs] == [_pictures(parts[part], job) for job in JOBS]
    assert [(job.type, job.included is None) for job in jobs] == [(job.type, job.included is None) for job in JOBS]


def test_no_field_of_a_job_is_forgotten() -> None:
    """Numbers of frames are asked above; ids are no longer those of anybody; the rest is as it was."""
    kept = {"type", "stage", "state", "assignee"}
    assert {field.name for field in fields(Job)} == {*_numbers(Job()), *kept, "id", "parent_job"} - {"frames"}
    jobs = [Job(7, parent_job=3, stage="validation", state="rejected", assignee="ann"), Job(8, "consensus_replica")]
    parts = [DatasetBuilder().dataset().replace(jobs=(job,)) for job in jobs]
    for before, after in zip(jobs, concat(parts).jobs, strict=True):
        assert {name: getattr(after, name) for name in kept} == {name: getattr(before, name) for name in kept}
        assert (after.id, after.parent_job) == (-1, None)
