"""Numbers for the jobs of tasks that do not say them, and for those whose number another job has.

    backup: jobs without ids           1, 2, 3
    two tasks: 4, 5 and 5, 6           4, 5 and 1, 6

A report names its jobs by number, so two of one number would be one in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from annotools.model import Dataset


def with_job_numbers(tasks: Sequence[Dataset]) -> list[Dataset]:
    """The tasks with jobs of which each has a number of its own, over all of them; numbers that fit stay.

    Where jobs have one number an annotation job keeps it before a ground truth, else the first.
    """
    jobs = [job for task in tasks for job in task.jobs]
    taken = {job.id for job in jobs}
    free = (number for number in count(1) if number not in taken)
    keepers: dict[int, int] = {}
    for row in sorted(range(len(jobs)), key=lambda row: jobs[row].type == "ground_truth"):
        keepers.setdefault(jobs[row].id, row)
    kept = (job.id >= 0 and keepers[job.id] == row for row, job in enumerate(jobs))
    numbers = iter([job.id if keeps else next(free) for job, keeps in zip(jobs, kept, strict=True)])
    return [_renumbered(task, [next(numbers) for _ in task.jobs]) for task in tasks]


def _renumbered(task: Dataset, numbers: Sequence[int]) -> Dataset:
    if [job.id for job in task.jobs] == [*numbers]:
        return task
    return task.replace(jobs=tuple(replace(job, id=number) for job, number in zip(task.jobs, numbers, strict=True)))
