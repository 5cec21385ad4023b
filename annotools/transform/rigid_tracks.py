"""rigid-tracks: tracks of cuboids in space that have one size and no gap, for formats of tracklets.

    frames 0 1 2 4 5, larger on 5    ->    a track on 0 1 2, another on 4, a third on 5

Each begins with a keyframe.  Tracks must have a row on every frame on which they show.
"""

from __future__ import annotations

import numpy as np

from annotools.model.columns import Bools, Ints
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger, Losses
from annotools.quirks import NONE, Quirks
from annotools.transform.rows import no_argument
from annotools.transform.subset_tracks import cut_apart

_SIZE = slice(6, 9)  # of the numbers of a cuboid in space


def rigid_tracks(dataset: Dataset, argument: str = "", quirks: Quirks = NONE) -> tuple[Dataset, Losses]:
    """Tracks that have one size and no gap."""
    no_argument("rigid-tracks", argument)
    shapes, ledger = dataset.shapes, Ledger()
    rows = np.flatnonzero((shapes.track >= 0) & shapes.have(16))
    rows = rows[np.lexsort((shapes.frame[rows], shapes.track[rows]))]
    if not len(rows):
        return dataset, Losses()
    part, first = _parts(dataset, rows)
    opened = rows[first & ~shapes.keyframe[rows]]
    why = "a tracklet has one size and no gap"
    ledger.changed("track of several sizes or with gaps", why, dataset, "shapes", rows[part > 0], column="track")
    why = "a tracklet begins with it"
    ledger.changed("keyframe of cuboid", why, dataset, "shapes", opened, column="keyframe")
    keyframe = shapes.keyframe.copy()
    keyframe[opened] = True
    dataset = dataset.replace(shapes=shapes.replace(keyframe=keyframe))
    if (part > 0).any():
        dataset = cut_apart(dataset, rows, shapes.track[rows].astype(np.int64), part)
    return dataset, ledger.losses()


def _parts(dataset: Dataset, rows: Ints) -> tuple[Ints, Bools]:
    """Which part of its track each row is of, and whether it is the first.  rows: by track and frame."""
    shapes = dataset.shapes
    track, frame, outside = shapes.track[rows], shapes.frame[rows], shapes.outside[rows]
    size = shapes.values[shapes.offsets[rows, None] + np.arange(16)][:, _SIZE]
    new: Bools = np.ones(len(rows), np.bool_)
    same = (track[1:] == track[:-1]) & (outside[1:] | (~outside[:-1] & (frame[1:] == frame[:-1] + 1)))
    new[1:] = ~(same & (outside[1:] | (size[1:] == size[:-1]).all(axis=1)))
    begins = np.append(True, track[1:] != track[:-1])
    run: Ints = np.cumsum(new)
    start = np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))
    return run - run[start], new
