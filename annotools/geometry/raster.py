"""Polygons to pixels, exactly as pycocotools does it (COCO's rasteriser), many polygons at once.

    3,2 8,2 8,6 3,6        20 px: whole-number coordinates lie on the edges of pixels
    0,0 10,0 10,10         45 px, where the shoelace says 50

COCO walks each side in steps of 1/5 px and notes where the walk passes the middle of a pixel column; between two such
crossings of a column the pixels are set.  Only the steps at these crossings matter, so only they are computed: the
work is one crossing per side and column of the frame, wherever the polygon lies, with no call per polygon.
Source: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c (rleFrPoly)
"""

from __future__ import annotations

from collections.abc import Iterator
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
    expand_ranges,
    lengths,
    offsets_of,
    row_of_value,
    segment_all,
    segment_sum,
)
from annotools.geometry.rle_faults import Fault, demand
from annotools.geometry.runs import edges_to_counts, gather

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
        part = slice(low, high)
        return _Sides(
            self.row[part], self.start[part], self.stop[part], self.steep[part], self.column[part], self.columns[part]
        )


def polygons_to_coco_rle(values: Array, offsets: Ints, sizes: Array) -> Ragged:
    """Polygons -> uncompressed coco_rles, cut at the border of the frame.

    values, offsets: ragged x0 y0 x1 y1 ...  sizes: (n, 2) or (2,) width, height.  Returns ragged counts, int64.
    A polygon without area, or of fewer than 3 points, has no pixels.  Where a polygon covers itself twice, it is empty.
    Raises: ValueError naming the row for what `check_polygons` finds.
    """
    sizes = _sizes(sizes, offsets)
    parts = []
    for first, edges, ends in _edges(values, offsets, sizes):
        totals = sizes[first : first + len(ends) - 1].prod(axis=1)
        parts.append(edges_to_counts(edges, ends, totals))
    counts, ends = concat(parts)
    return counts.astype(np.int64), ends


def polygon_pixel_areas(values: Array, offsets: Ints, sizes: Array) -> Ints:
    """The pixels that COCO counts for each polygon, (n,) int64.  Arguments and errors as `polygons_to_coco_rle`."""
    sizes = _sizes(sizes, offsets)
    areas = np.zeros(len(sizes), np.int64)
    for first, edges, ends in _edges(values, offsets, sizes):
        signed = np.where(np.arange(len(edges)) & 1, edges, -edges)
        areas[first : first + len(ends) - 1] = segment_sum(signed, ends)
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


def _edges(values: Array, offsets: Ints, sizes: Ints) -> Iterator[tuple[int, Ints, Ints]]:
    """First row, and column-major edges in the frame, of some rows at a time."""
    demand(check_polygons(values, offsets))
    points, ends = point_pairs(values, offsets)
    sides = _sides(points, ends, sizes)
    crossings = offsets_of(sides.columns)[ends]
    cuts = np.searchsorted(crossings, np.arange(0, crossings[-1] + 1, _CHUNK))
    for first, last in pairwise(np.unique(np.append(cuts, len(sizes))).tolist()):
        part = sides.between(ends[first], ends[last])
        side = np.repeat(np.arange(len(part.row)), part.columns)
        column = expand_ranges(part.column, part.columns)
        row = part.row[side]
        height = sizes[row, 1]
        # a pixel belongs to the polygon if its middle does
        line = np.clip((_crossed(part, side, column) + 2) // _SCALE, 0, height)
        totals = sizes[first:last].prod(axis=1)
        yield first, *gather(row - first, column * height + line, totals + 1)


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


def _crossed(sides: _Sides, side: Ints, column: Ints) -> Ints:
    """The lesser y, in steps, of the two steps between which each side passes the middle of a column."""
    y = np.empty(len(side), np.int64)
    steep = sides.steep[side]
    y[steep] = _steep_crossings(sides, side[steep], column[steep])
    y[~steep] = _flat_crossings(sides, side[~steep], column[~steep])
    return y


def _flat_crossings(sides: _Sides, side: Ints, column: Ints) -> Ints:
    x, y = sides.start[side].T
    run, rise = (sides.stop - sides.start)[side].T
    slope = rise / run
    step = column * _SCALE + 2 - x
    # the same sums in the same order as in COCO: their last bit decides
    lesser = np.minimum(y + slope * step + 0.5, y + slope * (step + 1) + 0.5)
    return np.asarray(np.floor(lesser), np.int64)


def _steep_crossings(sides: _Sides, side: Ints, column: Ints) -> Ints:
    x, y = sides.start[side].T
    rise, run = (sides.stop - sides.start)[side].T
    slope = rise / run
    middle = column * _SCALE + 3
    right = slope > 0

    def passed(step: Ints) -> Bools:
        return np.asarray((x + slope * step + 0.5 >= middle) == right)

    step = np.ceil((middle - 0.5 - x) / slope).astype(np.int64)
    step -= passed(step - 1)
    step += ~passed(step)
    return np.asarray(y + step - 1)


def _sizes(sizes: Array, offsets: Ints) -> Ints:
    return np.broadcast_to(np.asarray(sizes, np.int64), (len(offsets) - 1, 2))
