"""A task's annotations cut over its jobs.

    jobs 0-6 and 5-11: a box on frame 5 goes to both, a track from 0 to 19 to both, with keyframes at the borders

Source: what CVAT 2.73 does when annotations of a task are put, patched or imported.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotools.geometry.ragged import Bools, Ints
from annotools.model.columns import distinct
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.definitions import Job
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE
from annotools.tracks.cutting import cut_to_job
from annotools.tracks.stacking import stack
from annotools.tracks.task_jobs import working_jobs


def split_into_jobs(dataset: Dataset, quirks: frozenset[str] = NONE) -> tuple[Dataset, Losses]:
    """Annotations of the task as a whole (job -1) as annotations of its jobs; those of jobs stay as they are.

    What lies in the overlap of jobs goes to each of them; ids stay with the first.  Replicas and ground truth get
    nothing, except for the ground truth of honeypots.  What lies in no job is lost; the server says nothing of it.
    quirks: as of `cut`.
    """
    if not dataset.jobs:
        return dataset, Losses()
    ledger = Ledger()
    of_jobs = {name: getattr(dataset, name).job >= 0 for name in OWNERS.values()}
    whole = dataset.in_job(-1)
    rows = working_jobs(dataset.jobs)
    cuts = [cut_to_job(whole, dataset.jobs[row], quirks, ledger) for row in rows]
    _say_lost(whole, [dataset.jobs[row] for row in rows], [kept for _, kept in cuts], ledger)
    parts = _with_own_ids([part for part, _ in cuts])
    job_parts = [_in_job(part, row) for part, row in zip(parts, rows, strict=True)]
    return stack([dataset.select(**of_jobs), *job_parts]), ledger.losses()


def _in_job(dataset: Dataset, row: int) -> Dataset:
    tables = {name: getattr(dataset, name) for name in OWNERS.values()}
    return dataset.replace(**{name: table.replace(job=np.full(len(table), row)) for name, table in tables.items()})


def _with_own_ids(parts: Sequence[Dataset]) -> list[Dataset]:
    """Intervals in the first part only, and an id that an earlier part has in none after it."""
    seen: dict[str, list[Ints]] = {name: [np.zeros(0, np.int64)] for name in OWNERS.values()}
    result = []
    for number, part in enumerate(parts):
        if number:
            part = part.select(intervals=np.zeros(len(part.intervals), np.bool_))
        changed = {}
        for name in OWNERS.values():
            table = getattr(part, name)
            known = np.isin(table.id, np.concatenate(seen[name]))
            changed[name] = table.replace(id=np.where(known, -1, table.id))
            seen[name].append(table.id)
        result.append(part.replace(**changed))
    return result


def _say_lost(whole: Dataset, jobs: Sequence[Job], kept: Sequence[Bools], ledger: Ledger) -> None:
    why = "it lies in no job"
    frames = distinct(np.concatenate([np.zeros(0, np.int64), *(job.frames() for job in jobs)]))
    for name, word in (("tags", "tag"), ("shapes", "shape")):
        table = getattr(whole, name)
        gone: Bools = ~np.isin(table.frame, frames)
        if name == "shapes":
            gone &= (table.track < 0) & (table.parent < 0)
        ledger.lost(word, why, whole, name, gone)
    gone = (whole.tracks.parent < 0) & ~np.any([np.zeros(len(whole.tracks), np.bool_), *kept], axis=0)
    ledger.lost("track", "it is to be seen in no job", whole, "tracks", gone)
