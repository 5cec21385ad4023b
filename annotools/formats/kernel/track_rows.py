"""The file's own numbers of tracks -> rows of the table of tracks; and tracks closed where they are not seen.

    rows on frames 0 1 4 of 7        0  1  2 outside  4  5 outside

A format that lists what is seen, frame by frame, says nothing of where an object leaves.  The way there and the way
back end with the same rows, so that nothing moves in between.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from annotools.geometry.ragged import expand_ranges
from annotools.model import Attributes, Dataset, Owner, Shapes
from annotools.model.columns import Array, Bools, Ints

NEVER = np.iinfo(np.int64).max


class TrackKeys:
    """Numbers of tracks, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def numbers(self, keys: Any) -> tuple[Ints, Ints]:
        """The number of each key, -1 for none; and the rows of the first of each that is new.

        keys: (n,) whole numbers below 0 for none, (n, k) several numbers, the first of which says so, or a sequence of
        anything, None for none.
        """
        codes, first, distinct = _distinct(keys)
        before = len(self._numbers)
        known = [self._numbers.setdefault(key, len(self._numbers)) if key is not None else -1 for key in distinct]
        numbers = np.array(known, np.int64)
        fresh = np.flatnonzero(numbers >= before)
        return (numbers[codes] if len(codes) else np.zeros(0, np.int64)), first[fresh]


def _distinct(keys: Any) -> tuple[Ints, Ints, list[Hashable]]:
    """Codes of keys, the first row of each code, and the keys, in the order in which they come."""
    if not isinstance(keys, np.ndarray):
        places: dict[Hashable, int] = {}
        codes = np.array([places.setdefault(key, len(places)) for key in keys], np.int64)
        return codes, np.unique(codes, return_index=True)[1], list(places)
    table = keys.reshape(len(keys), -1)
    _, first, inverse = np.unique(_mixed(table), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    rows = table[first[order]].tolist()
    return rank[inverse.reshape(-1)], first[order], [tuple(row) if row[0] >= 0 else None for row in rows]


def _mixed(table: Array) -> Ints:
    """One number for each row of several, equal for equal ones."""
    mixed = np.zeros(len(table), np.int64)
    for column in table.T:
        values, code = np.unique(column, return_inverse=True)
        _, mixed = np.unique(mixed * len(values) + code.reshape(-1), return_inverse=True)
    return mixed.reshape(-1)


def first_frames(track: Array, frame: Array, parent: Array, count: int) -> Ints:
    """The first frame of each track, of a skeleton's also that of its elements; NEVER for one without rows."""
    first = np.full(count, NEVER)
    tracked = track >= 0
    np.minimum.at(first, track[tracked], frame[tracked])
    inner = np.flatnonzero(parent >= 0)
    np.minimum.at(first, parent[inner], first[inner])
    return first


def repeats(track: Array, frame: Array) -> Ints:
    """The rows that are not the first of their track on their frame."""
    rows = np.flatnonzero(track >= 0)
    rows = rows[np.lexsort((rows, frame[rows], track[rows]))]
    again = (np.diff(track[rows]) == 0) & (np.diff(frame[rows]) == 0)
    return np.sort(rows[1:][again])


def closed(dataset: Dataset) -> Dataset:
    """Tracks with an outside keyframe where they are not seen on the next frame that is shown."""
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


def _ends(dataset: Dataset) -> tuple[Ints, Ints]:
    """The rows after which a track is not seen, and the next frame that is shown."""
    shapes, shown = dataset.shapes, dataset.shown_frames
    rows = np.flatnonzero(shapes.track >= 0)
    rows = rows[np.lexsort((shapes.frame[rows], shapes.track[rows]))]
    after = np.append(shown, -1)[np.searchsorted(shown, shapes.frame[rows], side="right")]
    follows: Bools = np.zeros(len(rows), np.bool_)
    same = shapes.track[rows][1:] == shapes.track[rows][:-1]
    follows[:-1] = same & (shapes.frame[rows][1:] <= after[:-1])
    ends = (after >= 0) & ~follows & ~shapes.outside[rows]
    return rows[ends], after[ends]


def copied_attributes(attributes: Attributes, rows: Ints, new: Ints) -> Attributes:
    """The attributes of some rows of `shapes` for other rows."""
    mine = attributes.of_kind(Owner.SHAPE)
    order = np.argsort(mine.owner, kind="stable")
    starts, stops = np.searchsorted(mine.owner[order], [rows, rows + 1])
    copied = mine.take(order[expand_ranges(starts, stops - starts)])
    return copied.replace(owner=np.repeat(new, stops - starts))
