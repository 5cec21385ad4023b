"""Tracks frame by frame, some tracks at a time: a long video takes no more memory than a short one.

2,000 tracks of 870,000 rows   ->   datasets of some 65,000 rows, whole tracks in their order
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from annotools.geometry.ragged import offsets_of
from annotools.model.dataset import Dataset
from annotools.model.losses import Ledger
from annotools.model.tables import Ints
from annotools.tracks.interpolating import interpolate
from annotools.tracks.keyframes import gather
from annotools.tracks.limits import limits_of
from annotools.tracks.timeline import frames_behind

_ROWS = 1 << 16  # of a portion, at most, but for those of a track alone


def interpolated_portions(dataset: Dataset) -> Iterator[Dataset]:
    """What `interpolate` makes of tracks that are apart, in portions.  dataset: of tracks, without plain shapes.

    Raises: LimitError, at once, if that would be half a billion rows.
    """
    ends = offsets_of(_rows_of_families(dataset))
    if not limits_of(dataset).known:  # the last of all rows ends each track
        return iter((interpolate(dataset, apart=True)[0],))
    return _portions(dataset, ends)


def _portions(dataset: Dataset, ends: Ints) -> Iterator[Dataset]:
    """Halves of halves, so that no row is looked at more often than there are such.  ends: of the rows of families."""
    if ends[-1] - ends[0] <= _ROWS or len(ends) <= 2:
        yield interpolate(dataset, apart=True)[0]
        return
    middle = int(np.searchsorted(ends, (ends[0] + ends[-1]) // 2))
    middle = min(max(middle, 1), len(ends) - 2)
    first = _families(dataset) < middle
    yield from _portions(dataset.select(tracks=first), ends[: middle + 1])
    yield from _portions(dataset.select(tracks=~first), ends[middle:])


def _families(dataset: Dataset) -> Ints:
    """The number of each track among those that are no element's; an element has that of its skeleton."""
    parent = dataset.tracks.parent
    number = np.cumsum(parent < 0) - 1
    return np.where(parent < 0, number, number[parent])


def _rows_of_families(dataset: Dataset) -> Ints:
    keyframes = gather(dataset, Ledger())
    _, counts = frames_behind(dataset, keyframes, limits_of(dataset), np.zeros(len(dataset.tracks), np.bool_))
    family = _families(dataset)[keyframes.shapes.track]
    rows = np.bincount(family, counts + 1, minlength=int((dataset.tracks.parent < 0).sum()))
    return np.asarray(rows, np.int64)
