"""Rows of tracks on the way to a table: which keyframe each comes from, and on which frame it stands.

left   0 0 0 1 1      the keyframe at or before each, a row of `Keyframes`
frame  0 1 2 3 4
given  x     x        whether it is that keyframe itself
"""

from __future__ import annotations

from typing import Self

import msgspec
import numpy as np

from annotools.errors import LimitError
from annotools.geometry.ragged import Bools, Ints, offsets_of, place_in_row, row_pieces, take
from annotools.model.codes import Owner
from annotools.model.columns import at, stacked
from annotools.model.dataset import Dataset
from annotools.model.extras import joined, taken
from annotools.model.tables import Attributes, Shapes
from annotools.tracks.keyframe_attributes import KeyframeAttributes
from annotools.tracks.keyframes import Keyframes
from annotools.tracks.limits import Limits

_MOST_ROWS = 500_000_000
_PIECE = 1 << 13  # rows that are made at a time: what they are made of stays in the cache


class Steps(msgspec.Struct, frozen=True):
    """Rows of tracks by track and frame."""

    left: Ints
    frame: Ints
    given: Bools

    def only(self, rows: Ints | Bools | slice) -> Self:
        """Some of them."""
        return type(self)(self.left[rows], self.frame[rows], self.given[rows])

    def put(self, start: int, some: Self) -> int:
        """Write some in the place of those from `start` on; how many these are."""
        stop = start + len(some.left)
        self.left[start:stop], self.frame[start:stop], self.given[start:stop] = some.left, some.frame, some.given
        return stop - start

    def __add__(self, other: Self) -> Self:
        """These, and others behind them."""
        both = [np.concatenate([getattr(self, name), getattr(other, name)]) for name in ("left", "frame", "given")]
        return type(self)(*both)


def frames_behind(dataset: Dataset, keyframes: Keyframes, limits: Limits, hidden_too: Bools) -> tuple[Ints, Ints]:
    """The first frame behind each keyframe that belongs to it, and how many do; see `expand_frames`."""
    frame, track = keyframes.shapes.frame, keyframes.shapes.track
    first = np.maximum(frame + 1, np.maximum(limits.first, dataset.tracks.frame)[track])
    stop = limits.stop[track]
    stop = np.where(keyframes.last, stop, np.minimum(np.append(frame[1:], 0)[: len(stop)], stop))
    counts = np.maximum(stop - first, 0) * (~keyframes.shapes.outside | hidden_too[track])
    total = float(counts.sum(dtype=np.float64))
    if total > _MOST_ROWS:
        raise LimitError(f"tracks show on {total:,.0f} frames, expected at most {_MOST_ROWS:,}")
    return first, counts


def expand_frames(
    dataset: Dataset, keyframes: Keyframes, limits: Limits, hidden_too: Bools, between: bool = True
) -> Steps:
    """Every frame within the limits on which each track has a row, every track for itself.

    hidden_too: (tracks,) whether a track also has one where it is outside; else only its outside keyframes have.
    between: whether frames between keyframes are wanted.
    Raises: LimitError if that would be half a billion rows.
    """
    track = keyframes.shapes.track
    first, counts = frames_behind(dataset, keyframes, limits, hidden_too)
    if not between:
        counts = np.zeros(len(counts), np.int64)
    ends = offsets_of(counts + 1)
    every, size = Steps(*(np.empty(ends[-1], kind) for kind in (np.int64, np.int64, np.bool_))), 0
    for begin, end in row_pieces(ends, _PIECE):
        steps = _expanded(keyframes.shapes, np.arange(begin, end), first, counts)
        number = track[steps.left].astype(np.int64)
        steps = steps.only(limits.allow(number, steps.frame) & (steps.frame >= dataset.tracks.frame[number]))
        size += every.put(size, steps)
    return every.only(slice(size))


def _expanded(shapes: Shapes, keyframes: Ints, first: Ints, counts: Ints) -> Steps:
    """Some keyframes, each with the frames that follow it.  first, counts: of all, where these begin and how many."""
    times = counts[keyframes] + 1
    left, step = np.repeat(keyframes, times), place_in_row(offsets_of(times))
    return Steps(left, np.where(step == 0, shapes.frame[left], first[left] + step - 1), step == 0)


def assemble(dataset: Dataset, tracked: Shapes, tracked_attributes: KeyframeAttributes) -> Dataset:
    """Plain shapes as they were, then the rows of tracks.

    tracked: the new rows of tracks.  tracked_attributes: their attributes.
    """
    shapes, table = dataset.shapes, dataset.attributes
    plain = np.flatnonzero(shapes.track < 0)
    new = np.full(len(shapes) + 1, -1, np.int32)  # the last is that of the row -1
    new[plain] = np.arange(len(plain))
    of_shape = table.kind == Owner.SHAPE
    owner = np.where(of_shape, new[np.where(of_shape, table.owner, -1)], table.owner)
    attributes = table.replace(owner=owner).take(owner >= 0)
    return dataset.replace(
        shapes=followed(shapes.replace(parent=new[shapes.parent]), plain, tracked), origin=None,
        attributes=Attributes.concat([attributes, tracked_attributes.table(len(plain), table.pool)]),
    )  # fmt: skip


def followed(shapes: Shapes, rows: Ints, others: Shapes) -> Shapes:
    """Some rows, then all of others; one column after the other, so that there is no table of the first alone."""
    first, ends = take(shapes.values, shapes.offsets, rows)
    values = stacked([first, others.values])
    del first
    offsets = stacked([ends[:-1], others.offsets + ends[-1] if ends[-1] else others.offsets])
    columns = {name: stacked([at(getattr(shapes, name), rows), getattr(others, name)]) for name in shapes.COLUMNS}
    extras = joined([(taken(shapes.extras, rows), len(rows)), (others.extras, len(others))])
    return Shapes.of(len(offsets) - 1, **columns, values=values, offsets=offsets, extras=extras)
