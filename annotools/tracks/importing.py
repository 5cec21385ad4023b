"""What the server keeps of annotations that it reads: it cuts them over the jobs, and shows them put together.

Of a skeleton's track, points that are never to be seen in a job go; one that begins later than its skeleton gets a
copy of its first keyframe at the skeleton's start, outside.  Source: CVAT 2.73 dataset_manager/task.py and
annotation.py.
"""

from __future__ import annotations

import numpy as np

from annotools.errors import UsageError, suggest
from annotools.model import Attributes, Dataset, Losses, Owner, Shapes
from annotools.tracks.cutting import cut
from annotools.tracks.merging import merge_jobs
from annotools.tracks.splitting import split_into_jobs
from annotools.tracks.task_jobs import working_jobs


def as_server_stores(dataset: Dataset, quirks: frozenset[str]) -> tuple[Dataset, Losses]:
    """Annotations of the task (job -1) as they come back from the server; as they are where the jobs are not known."""
    tables = (dataset.tags, dataset.shapes, dataset.tracks)
    if not working_jobs(dataset.jobs) or any((table.job >= 0).any() for table in tables):
        return dataset, Losses()
    dataset, split = split_into_jobs(dataset, quirks)
    dataset, merged = merge_jobs(_begun(_seen(dataset)), quirks)
    return dataset, split + merged


def of_job(dataset: Dataset, number: int, quirks: frozenset[str]) -> Dataset:
    """The annotations of one job, cut to its frames.  number: its id.  Raises UsageError when there is none such."""
    job = next((job for job in dataset.jobs if job.id == number), None)
    if job is None:
        known = suggest(str(number), (str(job.id) for job in dataset.jobs))
        raise UsageError(f"the task has no job {number}, expected {known}")
    part, _ = cut(dataset.replace(jobs=(job,)), job.start_frame, job.stop_frame, quirks)
    owned = {name: getattr(part, name) for name in ("tags", "shapes", "tracks")}
    return part.replace(**{name: table.replace(job=np.zeros(len(table), np.int64)) for name, table in owned.items()})


def _seen(dataset: Dataset) -> Dataset:
    """Without points of skeletons that are nowhere to be seen."""
    shapes, table = dataset.shapes, dataset.tracks
    seen = table.parent < 0
    seen[shapes.track[(shapes.track >= 0) & ~shapes.outside]] = True
    return dataset if seen.all() else dataset.select(tracks=seen)


def _begun(dataset: Dataset) -> Dataset:
    """With points of skeletons beginning where their skeleton does."""
    shapes, table = dataset.shapes, dataset.tracks
    element = np.flatnonzero(table.parent >= 0)
    start = table.frame.copy()
    start[element] = np.minimum(table.frame[element], table.frame[table.parent[element]])
    rows = np.flatnonzero(shapes.track >= 0)
    rows = rows[np.lexsort((shapes.frame[rows], shapes.track[rows]))]
    owner, first = np.unique(shapes.track[rows], return_index=True)
    late = (table.parent[owner] >= 0) & (start[owner] < shapes.frame[rows[first]])
    again = rows[first[late]]
    if not len(again):
        return dataset
    filler = shapes.take(again).replace(
        id=np.full(len(again), -1), frame=start[owner[late]], outside=np.ones(len(again), np.bool_), extras={}
    )
    attributes = dataset.attributes
    mine = attributes.take((attributes.kind == Owner.SHAPE) & np.isin(attributes.owner, again))
    order = np.argsort(again)
    moved = mine.replace(owner=len(shapes) + order[np.searchsorted(again[order], mine.owner)])
    return dataset.replace(
        shapes=Shapes.concat([shapes, filler]), attributes=Attributes.concat([attributes, moved]),
        tracks=table.replace(frame=start),
    )  # fmt: skip
