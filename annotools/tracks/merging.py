"""Annotations of a task's jobs put together, as the server shows a task: what two jobs have twice is there once.

    jobs 0-9 and 5-14 share frames 5..9
    tags        of one label on one frame are the same
    shapes      rectangles or polygons of one label that agree by 3/4 are the same; the earlier job's stays
    tracks      that agree by half over the shared frames become one; one that does not go on is closed
                by an outside keyframe on frame 10, the first that only the later job has

Source: CVAT 2.73 dataset_manager/annotation.py, merging of segments.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from annotools.geometry.ragged import Bools, Ints, expand_ranges
from annotools.model.columns import distinct
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Shapes, Tags
from annotools.quirks import NONE
from annotools.tracks.agreement import SHAPES_AGREE, Pairs, near_pairs, pairs_by_key, shapes_agree, twins
from annotools.tracks.joining import join_tracks
from annotools.tracks.server_order import in_server_order
from annotools.tracks.task_jobs import working_jobs

Keyed = tuple[Ints, Ints]  # rows and their keys
Agree = Callable[[Keyed, Keyed], Pairs]


def merge_jobs(dataset: Dataset, quirks: frozenset[str] = NONE) -> tuple[Dataset, Losses]:
    """Annotations of jobs as annotations of the task (job -1); those of the task as a whole stay as they are.

    Replicas and ground truth are no part of the task, except for the ground truth of honeypots; but where the dataset
    is a single job, all of it stays.  Rows are in the order of the server's answer.  The jobs stay in the list.
    quirks: `half-turn`, `merge-counts-outside`.
    """
    ledger = Ledger()
    if len(dataset.jobs) > 1:
        rows = working_jobs(dataset.jobs)
        dataset = _of_jobs(dataset, rows, ledger)
        if any((getattr(dataset, name).job >= 0).any() for name in OWNERS.values()):
            dataset = _merged(dataset, rows, quirks, ledger)
    return _of_the_task(dataset, ledger), ledger.losses()


def _of_the_task(dataset: Dataset, ledger: Ledger) -> Dataset:
    tables = {name: getattr(dataset, name) for name in OWNERS.values()}
    for name, table in tables.items():
        why = "annotations of jobs became those of the task"
        ledger.changed(f"job of {name.removesuffix('s')}", why, dataset, name, table.job >= 0, "job")
    mine = {name: table for name, table in tables.items() if (table.job >= 0).any()}
    return dataset.replace(**{name: table.replace(job=np.full(len(table), -1)) for name, table in mine.items()})


def _of_jobs(dataset: Dataset, rows: list[int], ledger: Ledger) -> Dataset:
    """Without the annotations of jobs that are no part of the task."""
    part = {name: np.isin(getattr(dataset, name).job, [-1, *rows]) for name in OWNERS.values()}
    for name in OWNERS.values():
        gone = ~part[name]
        if name == "shapes":
            gone = gone & (dataset.shapes.track < 0) & (dataset.shapes.parent < 0)
        why = "annotations of replicas and ground truth are not the task's"
        ledger.lost(name.removesuffix("s"), why, dataset, name, gone)
    return dataset if all(mask.all() for mask in part.values()) else dataset.select(**part)


def _merged(dataset: Dataset, rows: list[int], quirks: frozenset[str], ledger: Ledger) -> Dataset:
    ends = shared_ends(dataset, rows)
    tags, shapes = dataset.tags, dataset.shapes
    plain = (shapes.track < 0) & (shapes.parent < 0)

    def tags_agree(one: Keyed, other: Keyed) -> Pairs:
        i, j = pairs_by_key(one[1], other[1])
        return Pairs(one[0][i], other[0][j], np.ones(len(i)))

    def plain_agree(one: Keyed, other: Keyed) -> Pairs:
        pairs = near_pairs(*((key, shapes.take(rows)) for rows, key in (one, other)))
        new, old = one[0][pairs[0]], other[0][pairs[1]]
        return Pairs(new, old, shapes_agree(shapes.take(new), shapes.take(old)))

    same_tags = _repeated(tags, np.ones(len(tags), np.bool_), rows, ends, tags_agree)
    same_shapes = _repeated(shapes, plain, rows, ends, plain_agree)
    why = "the same stands in the job before, with which this one shares the frame"
    ledger.changed("tag", why, dataset, "tags", same_tags)
    ledger.changed("shape", why, dataset, "shapes", same_shapes)
    joined = join_tracks(dataset.select(tags=~same_tags, shapes=~same_shapes), rows, ends, quirks, ledger)
    return in_server_order(joined, rows, ends)


def shared_ends(dataset: Dataset, rows: list[int]) -> list[int]:
    """For each of these jobs the frame after those that it shares with the job before."""
    jobs = [dataset.jobs[row] for row in rows]
    shared = [max(before.stop_frame + 1 - job.start_frame, 0) for before, job in pairwise(jobs)]
    # the first job shares nothing, but the server orders what it has as if it did
    return [job.start_frame + count for job, count in zip(jobs, [*(shared[:1] or [0]), *shared], strict=True)]


def _repeated(table: Tags | Shapes, among: Bools, jobs: list[int], ends: list[int], agree: Agree) -> Bools:
    """Which rows say what an earlier job says already."""
    gone = np.zeros(len(table), np.bool_)
    labels, label = np.unique(table.label, return_inverse=True)
    key = table.frame * len(labels) + label
    order = np.full(max(jobs, default=0) + 2, -1, np.int64)  # the last is that of job -1
    order[jobs] = np.arange(len(jobs))
    rank = order[table.job]
    rows = np.flatnonzero(among & (rank >= 0))
    of_key = rows[np.argsort(key[rows], kind="stable")]
    keys = key[of_key]
    shared = rows[table.frame[rows] < np.asarray(ends)[rank[rows]]]
    shared = shared[np.argsort(rank[shared], kind="stable")]
    for new in np.split(shared, np.flatnonzero(np.diff(rank[shared])) + 1):
        job = int(rank[new[0]]) if len(new) else 0
        asked = distinct(key[new])
        start = np.searchsorted(keys, asked)
        old = of_key[expand_ranges(start, np.searchsorted(keys, asked, side="right") - start)]
        old = np.sort(old[(rank[old] < job) & ~gone[old]])
        if job and len(old):
            gone[twins(agree((new, key[new]), (old, key[old])), SHAPES_AGREE)[0]] = True
    return gone
