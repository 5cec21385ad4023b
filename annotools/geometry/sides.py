"""The sides of polygons as COCO walks them, in steps of 1/5 px, and where they pass the middles of columns of pixels.

Source: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (rleFrPoly)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.ragged import Array, Bools, Floats, Ints, lengths

SCALE = 5  # steps of a pixel


class Sides(NamedTuple):
    """Sides in steps of 1/5 px, the end that comes first along the longer extent first."""

    row: Ints
    start: Ints  # (m, 2) x, y
    stop: Ints
    steep: Bools  # longer in y than in x
    column: Ints  # the first one whose middle the side passes
    columns: Ints  # how many of them

    def only(self, part: Ints | slice) -> Sides:
        return Sides._make(column[part] for column in self)

    def within(self, first: int, last: int) -> Sides:
        """What they are in the columns first <= column < last."""
        start = np.maximum(self.column, first)
        cut = self._replace(column=start, columns=np.minimum(self.column + self.columns, last) - start)
        return cut.only(np.flatnonzero(cut.columns > 0))

    def spread(self, values: Array) -> Array:
        """A value of each side for every column that it crosses."""
        return np.repeat(values, self.columns)


def sides_of(points: Floats, ends: Ints, sizes: Ints) -> Sides:
    """The sides that pass the middle of a column, by row.  points: (m, 2) x, y, ragged by `ends`."""
    # the walk passes the middle of column c between the steps 5c + 2 and 5c + 3
    passed = np.floor((np.trunc(points[:, 0] * SCALE + 0.5) + 2) / SCALE)
    filled = np.flatnonzero(lengths(ends))
    after = np.append(passed[1:], 0)
    after[ends[filled + 1] - 1] = passed[ends[filled]]
    some = np.flatnonzero(passed != after)  # of fine outlines few
    row = np.searchsorted(ends, some, "right") - 1
    others = np.where(some + 1 == ends[row + 1], ends[row], some + 1)
    start, stop = (np.trunc(points[vertex] * SCALE + 0.5).astype(np.int64) for vertex in (some, others))
    first, last = (choose(passed[some], after[some]).astype(np.int64) for choose in (np.minimum, np.maximum))
    extent = np.abs(stop - start)
    steep = extent[:, 1] > extent[:, 0]
    backward = np.where(steep, start[:, 1] > stop[:, 1], start[:, 0] > stop[:, 0])[:, None]
    start, stop = np.where(backward, stop, start), np.where(backward, start, stop)
    first, last = np.maximum(first, 0), np.minimum(last, sizes[row, 0])
    return Sides(row, start, stop, steep, first, np.maximum(last - first, 0))


def flat_crossings(sides: Sides, before: Ints, ramp: Floats) -> Floats:
    """The lesser y, in steps, of the two steps between which each side passes the middle of a column.

    before: the crossings of the sides before each.  ramp: the numbers of the crossings.
    """
    (x, y), (run, rise) = sides.start.T, (sides.stop - sides.start).T
    slope = rise / run
    # y falls or rises all along, so it is known which of the two steps has the lesser one
    step = SCALE * ramp
    step += sides.spread((SCALE * (sides.column - before) + 2 - x + (slope < 0)).astype(np.float64))
    # the same sums as in COCO: their last bit decides
    step *= sides.spread(slope)
    step += sides.spread(y.astype(np.float64))
    step += 0.5
    return np.floor(step, out=step)


def steep_crossings(sides: Sides, before: Ints, ramp: Floats) -> Floats:
    (x, y), (rise, run) = sides.start.T, (sides.stop - sides.start).T
    slope, x = sides.spread(rise / run), sides.spread(x.astype(np.float64))
    middle = SCALE * ramp
    middle += sides.spread((SCALE * (sides.column - before) + 3).astype(np.float64))
    right = slope > 0

    def passed(step: Floats) -> Bools:
        way = slope * step
        way += x
        way += 0.5
        return np.asarray((way >= middle) == right)

    step = middle - 0.5
    step -= x
    step /= slope
    np.ceil(step, out=step)
    step -= passed(step - 1)
    step += ~passed(step)
    step += sides.spread((y - 1).astype(np.float64))
    return step
