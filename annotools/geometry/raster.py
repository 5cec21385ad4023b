"""Polygons to pixels, exactly as pycocotools does it (COCO's rasteriser), many polygons at once.

    3,2 8,2 8,6 3,6        20 px: whole-number coordinates lie on the edges of pixels
    0,0 10,0 10,10         45 px, where the shoelace says 50

COCO walks each side in steps of 1/5 px and notes where the walk passes the middle of a pixel column; between two such
crossings of a column the pixels are set.  Only the steps at these crossings matter, so only they are computed: the
work is one crossing per side and column of the frame, wherever the polygon lies, with no call per polygon.
Source: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (rleFrPoly)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from annotools.geometry.boxes import point_pairs
from annotools.geometry.ragged import (
    Array,
    Bools,
    Floats,
    Ints,
    Ragged,
    concat,
    lengths,
    offsets_of,
    row_of_value,
    segment_all,
    segment_sum,
)
from annotools.geometry.rle_faults import Fault, demand
from annotools.geometry.runs import cancelled, edges_to_counts

_LIMIT = 1e9  # pycocotools takes tens of GiB or crashes beyond it
_SCALE = 5
_CHUNK = 1 << 15  # crossings of one pass: what it makes stays in the cache


class _Sides(NamedTuple):
    """Sides in steps of 1/5 px, the end that comes first along the longer extent first."""

    row: Ints
    start: Ints  # (m, 2) x, y
    stop: Ints
    steep: Bools  # longer in y than in x
    column: Ints  # the first one whose middle the side passes
    columns: Ints  # how many of them

    def between(self, low: int, high: int) -> _Sides:
        return self.only(slice(low, high))

    def only(self, part: Bools | slice) -> _Sides:
        return _Sides(
            self.row[part], self.start[part], self.stop[part], self.steep[part], self.column[part], self.columns[part]
        )


_Cross = Callable[[_Sides, Ints], Floats]


def polygons_to_coco_rle(values: Array, offsets: Ints, sizes: Array) -> Ragged:
    """Polygons -> uncompressed coco_rles, cut at the border of the frame.

    values, offsets: ragged x0 y0 x1 y1 ...  sizes: (n, 2) or (2,) width, height.  Returns ragged counts, int64.
    A polygon without area, or of fewer than 3 points, has no pixels.  Where a polygon covers itself twice, it is empty.
    Raises: ValueError naming the row for what `check_polygons` finds.
    """
    sizes = _sizes(sizes, offsets)
    parts = []
    for first, keys, bases in _crossings(values, offsets, sizes):
        totals = sizes[first : first + len(bases) - 1].prod(axis=1)
        parts.append(edges_to_counts(*cancelled(keys, bases), totals))
    counts, ends = concat(parts)
    return counts.astype(np.int64), ends


def polygon_pixel_areas(values: Array, offsets: Ints, sizes: Array) -> Ints:
    """The pixels that COCO counts for each polygon, (n,) int64.  Arguments and errors as `polygons_to_coco_rle`."""
    sizes = _sizes(sizes, offsets)
    areas = np.zeros(len(sizes), np.int64)
    for first, keys, bases in _crossings(values, offsets, sizes):
        keys[::2] *= -1  # a column is entered and left in turn, so every row has an even number of them
        ends = np.searchsorted(np.abs(keys[1::2]), bases)
        areas[first : first + len(bases) - 1] = segment_sum(keys[::2] + keys[1::2], ends)
    return areas


def are_drawable(values: Array, offsets: Ints) -> Bools:
    """Whether all numbers of a row are finite and below 1e9, which is asked of every polygon to be painted.  (n,)"""
    with np.errstate(invalid="ignore"):
        return segment_all(np.abs(values) < _LIMIT, offsets)


def check_polygons(values: Array, offsets: Ints) -> list[Fault]:
    """The rows that cannot be painted, and why."""
    faults = dict.fromkeys(np.flatnonzero(lengths(offsets) & 1).tolist(), "an odd number of coordinates")
    faults |= dict.fromkeys(np.flatnonzero(~are_drawable(values, offsets)).tolist(), "a coordinate is not below 1e9 px")
    return sorted(faults.items())


def _crossings(values: Array, offsets: Ints, sizes: Ints) -> Iterator[tuple[int, Ints, Ints]]:
    """First row, ascending places at which columns of the frame are crossed, and where each row's start, in turn.

    A place is column-major in the row's frame, counted from the row's base.
    """
    demand(check_polygons(values, offsets))
    points, ends = point_pairs(values, offsets)
    sides = _sides(points, ends, sizes)
    crossings = offsets_of(sides.columns)[ends]
    cuts = np.searchsorted(crossings, np.arange(0, crossings[-1] + 1, _CHUNK))
    for first, last in pairwise(np.unique(np.append(cuts, len(sizes))).tolist()):
        part = sides.between(ends[first], ends[last])
        bases = offsets_of(sizes[first:last].prod(axis=1) + 1)
        height = sizes[part.row, 1]
        corner = bases[part.row - first] + part.column * height
        crosses = part.columns > 0  # others have no slope
        kinds = ((crosses & part.steep, _steep_crossings), (crosses & ~part.steep, _flat_crossings))
        keys = np.concatenate([_places(part, mask, cross, corner[mask], height[mask]) for mask, cross in kinds])
        keys.sort()
        yield first, keys, bases


def _places(sides: _Sides, mask: Bools, cross: _Cross, corner: Ints, height: Ints) -> Ints:
    """Where some sides cross the columns.  corner: the top of the first column that each side crosses."""
    picked = sides.only(mask)
    counts = picked.columns
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    # a pixel belongs to the polygon if its middle does; divided as floats, which is exact here and faster
    line = np.floor((cross(picked, number) + 2.0) / _SCALE)
    tall = np.repeat(height, counts)
    return np.asarray(np.repeat(corner, counts) + number * tall + np.clip(line, 0, tall), np.int64)


def _sides(points: Floats, ends: Ints, sizes: Ints) -> _Sides:
    row = row_of_value(ends)
    start = np.trunc(points * _SCALE + 0.5).astype(np.int64)
    after = np.arange(1, len(points) + 1)
    filled = lengths(ends) > 0
    after[ends[1:][filled] - 1] = ends[:-1][filled]
    stop = start[after]
    extent = np.abs(stop - start)
    steep = extent[:, 1] > extent[:, 0]
    backward = np.where(steep, start[:, 1] > stop[:, 1], start[:, 0] > stop[:, 0])[:, None]
    start, stop = np.where(backward, stop, start), np.where(backward, start, stop)
    left, right = np.minimum(start[:, 0], stop[:, 0]), np.maximum(start[:, 0], stop[:, 0])
    # the walk passes the middle of column c between the steps 5c + 2 and 5c + 3
    first = np.maximum((left + 2) // _SCALE, 0)
    last = np.minimum((right - 3) // _SCALE, sizes[row, 0] - 1)
    return _Sides(row, start, stop, steep, first, np.maximum(last - first + 1, 0))


def _flat_crossings(sides: _Sides, number: Ints) -> Floats:
    """The lesser y, in steps, of the two steps between which each side passes the middle of a column.

    number: the place of each column among those that its side crosses.
    """
    (x, y), (run, rise) = sides.start.T, (sides.stop - sides.start).T
    slope = rise / run
    # y falls or rises all along, so it is known which of the two steps has the lesser one
    step = _spread(_SCALE * sides.column + 2 - x + (slope < 0), sides) + _SCALE * number
    # the same sums in the same order as in COCO: their last bit decides
    return np.asarray(np.floor(_spread(y, sides) + _spread(slope, sides) * step + 0.5), np.float64)


def _steep_crossings(sides: _Sides, number: Ints) -> Floats:
    (x, y), (rise, run) = sides.start.T, (sides.stop - sides.start).T
    slope, x = _spread(rise / run, sides), _spread(x, sides)
    middle = _spread(_SCALE * sides.column + 3, sides) + _SCALE * number
    right = slope > 0

    def passed(step: Floats) -> Bools:
        return np.asarray((x + slope * step + 0.5 >= middle) == right)

    step = np.ceil((middle - 0.5 - x) / slope)
    step -= passed(step - 1)
    step += ~passed(step)
    return np.asarray(_spread(y, sides) + step - 1, np.float64)


def _spread(values: Array, sides: _Sides) -> Array:
    """A value of each side for every column that it crosses."""
    return np.repeat(values, sides.columns)


def _sizes(sizes: Array, offsets: Ints) -> Ints:
    return np.broadcast_to(np.asarray(sizes, np.int64), (len(offsets) - 1, 2))
