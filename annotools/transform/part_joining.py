"""join-parts: polygons of one group, label and frame as one outline, for formats with one outline an object.

    a b c   p q r      c nearest to p       a b c p q r p c        the way from part to part has no width

It paints what the parts paint.  Parts that cover each other stay apart, for where two outlines of one line overlap
some programs paint nothing.  All are told as changed; the first of them stays, with what it says besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

import numpy as np

from annotools.geometry.part_bridges import bridged, overlap
from annotools.geometry.ragged import Ints, from_arrays
from annotools.model.codes import POLYGON
from annotools.model.columns import Array
from annotools.model.dataset import OWNERS, Dataset
from annotools.model.losses import Ledger, Losses
from annotools.model.tables import Shapes
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument, recast


def joined_parts(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Groups of polygons as single polygons."""
    no_argument("join-parts", argument)
    shapes, ledger = dataset.shapes, Ledger()
    outlines = [(rows, parts) for rows, parts in _outlines(shapes, _objects(dataset)) if not overlap(parts)]
    objects = [rows for rows, _ in outlines]
    if not objects:
        return dataset, Losses()
    firsts, gone = np.array([rows[0] for rows in objects]), np.concatenate([rows[1:] for rows in objects])
    why = "the parts of a group became one outline"
    ledger.changed("polygon of a group", why, dataset, "shapes", np.concatenate(objects))
    joined = [bridged(parts).reshape(-1) for _, parts in outlines]
    # What is gone has no points, so that nothing is copied where it goes.
    points = from_arrays([*joined, *[np.zeros(0)] * len(gone)])
    group = np.append(_groups(dataset, objects), shapes.group[gone])
    new = recast(shapes, np.append(firsts, gone), points, group=group)
    keep = np.ones(len(shapes), np.bool_)
    keep[gone] = False
    return dataset.replace(shapes=new).select(shapes=keep), ledger.losses()


def _objects(dataset: Dataset) -> list[Ints]:
    """The rows of each object: polygons of one frame, group and label, two at least, in no track."""
    shapes = dataset.shapes
    plain = (shapes.type == POLYGON) & (shapes.track < 0) & (shapes.group > 0)
    rows = np.flatnonzero(plain & (shapes.counts >= 6) & (shapes.counts % 2 == 0))
    key = np.stack([shapes.frame[rows], shapes.group[rows], shapes.label[rows]], axis=1)
    _, which, counts = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    which = which.reshape(-1)
    order = np.argsort(which, kind="stable")
    order = order[counts[which[order]] > 1]
    return [] if not len(order) else np.split(rows[order], np.flatnonzero(np.diff(which[order])) + 1)


def _outlines(shapes: Shapes, objects: list[Ints]) -> Iterator[tuple[Ints, list[Array]]]:
    """Each object with the outlines of its rows."""
    # Not of a table of these rows: to take a few from all columns costs a quarter of a millisecond an object.
    values, offsets = shapes.points_of(np.concatenate([np.zeros(0, np.int64), *objects]))
    ends = pairwise(offsets.tolist())
    for rows in objects:
        yield rows, [values[start:stop].reshape(-1, 2) for start, stop in islice(ends, len(rows))]


def _groups(dataset: Dataset, objects: list[Ints]) -> Ints:
    """The group of each object: none where the object is all that was in it."""
    groups = dataset.shapes.group
    mine = np.array([groups[rows[0]] for rows in objects])
    everyone = np.concatenate([getattr(dataset, name).group for name in OWNERS.values()])
    numbers, members = np.unique(everyone, return_counts=True)
    there = members[np.searchsorted(numbers, mine)]
    return np.where(there == [len(rows) for rows in objects], 0, mine)
