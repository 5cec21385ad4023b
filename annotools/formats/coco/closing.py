"""Tracks that leave: an outside keyframe where a track is not seen on the next frame.

    rows on frames 0 1 4 of 7        0  1  2 outside  4  5 outside

COCO only has what is seen.  The way there and the way back end with the same rows, so that nothing moves in between.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import expand_ranges
from annotools.model import Attributes, Dataset, Owner, Shapes
from annotools.model.tables import Bools, Ints


def close(dataset: Dataset, seen: Bools) -> Dataset:
    """Tracks reduced to the rows that are seen, and closed; a track without any is gone.

    seen: (rows of shapes,) bool; rows of no track are kept whatever it says.
    """
    kept = seen | (dataset.shapes.track < 0)
    if not kept.all():
        dataset = dataset.select(shapes=kept)
    dataset = _started(dataset)
    rows, frames = _ends(dataset)
    if not len(rows):
        return dataset
    shapes = dataset.shapes
    new = shapes.take(rows).replace(
        frame=frames, outside=np.ones(len(rows), np.bool_), keyframe=np.ones(len(rows), np.bool_),
        id=np.full(len(rows), -1),
    )  # fmt: skip
    copied = copied_attributes(dataset.attributes, rows, np.arange(len(shapes), len(shapes) + len(rows)))
    return dataset.replace(
        shapes=Shapes.concat([shapes, new]), attributes=Attributes.concat([dataset.attributes, copied])
    )


def _started(dataset: Dataset) -> Dataset:
    """Tracks start where their first row is; those without rows, and without parts that have some, go."""
    shapes, tracks = dataset.shapes, dataset.tracks
    tracked = shapes.track >= 0
    first = np.full(len(tracks), np.iinfo(np.int64).max)
    np.minimum.at(first, shapes.track[tracked], shapes.frame[tracked])
    inner = tracks.parent >= 0
    np.minimum.at(first, tracks.parent[inner], first[inner])
    filled = first < np.iinfo(np.int64).max
    dataset = dataset.replace(tracks=tracks.replace(frame=np.where(filled, first, tracks.frame)))
    return dataset if filled.all() else dataset.select(tracks=filled)


def _ends(dataset: Dataset) -> tuple[Ints, Ints]:
    """The rows after which a track is not seen, and the next frame that is shown."""
    shapes, shown = dataset.shapes, dataset.shown_frames
    rows = np.flatnonzero(shapes.track >= 0)
    rows = rows[np.lexsort((shapes.frame[rows], shapes.track[rows]))]
    after = np.append(shown, -1)[np.searchsorted(shown, shapes.frame[rows], side="right")]
    follows = np.zeros(len(rows), np.bool_)
    same = shapes.track[rows][1:] == shapes.track[rows][:-1]
    follows[:-1] = same & (shapes.frame[rows][1:] <= after[:-1])
    ends = (after >= 0) & ~follows
    return rows[ends], after[ends]


def copied_attributes(attributes: Attributes, rows: Ints, new: Ints) -> Attributes:
    """The attributes of some rows of `shapes` for other rows."""
    mine = attributes.of_kind(Owner.SHAPE)
    order = np.argsort(mine.owner, kind="stable")
    starts, stops = np.searchsorted(mine.owner[order], [rows, rows + 1])
    copied = mine.take(order[expand_ranges(starts, stops - starts)])
    return copied.replace(owner=np.repeat(new, stops - starts))
