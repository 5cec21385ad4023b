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
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np

from annotools.errors import LimitError, Problem
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
    row_pieces,
    segment_all,
    segment_sum,
)
from annotools.geometry.rle_faults import Fault, demand
from annotools.geometry.runs import cancelled, edges_to_counts
from annotools.geometry.sides import SCALE, Sides, flat_crossings, sides_of, steep_crossings

_LIMIT = 1e9  # pycocotools takes tens of GiB or crashes beyond it
_INT32 = 1 << 31  # smaller numbers are sorted faster
_CHUNK = 1 << 15  # crossings of one pass: what it makes stays in the cache
_BAND = 1 << 21  # crossings of one polygon that are held at a time
_MOST = 1 << 25  # crossings of one polygon that are computed in any case,
_WIDEST = (
    1 << 13
)  # and more of one of many sides, if on average they cross no more columns than the widest pictures have


_Cross = Callable[[Sides, Ints, Floats], Floats]


class _Kind(NamedTuple):
    """Sides that are all flat, or all steep, and how these cross columns.  ends: (n + 1,) those of each polygon."""

    sides: Sides
    ends: Ints
    cross: _Cross


class _Frame(NamedTuple):
    """Where the pixels of each side's frame are counted from, and how tall that is."""

    corner: Ints  # of the first column that the side crosses
    height: Ints


def polygons_to_coco_rle(values: Array, offsets: Ints, sizes: Array) -> Ragged:
    """Polygons -> uncompressed coco_rles, cut at the border of the frame.

    values, offsets: ragged x0 y0 x1 y1 ...  sizes: (n, 2) or (2,) width, height.  Returns ragged counts, int64.
    A polygon without area, or of fewer than 3 points, has no pixels.  Where a polygon covers itself twice, it is empty.
    Raises: ValueError naming the row for what `check_polygons` finds; LimitError for a polygon over far more columns
    than a picture has.
    """
    sizes = _sizes(sizes, offsets)
    parts = [edges_to_counts(*edges, sizes[part].prod(axis=1)) for part, edges in _edges(values, offsets, sizes)]
    counts, ends = concat(parts)
    return counts.astype(np.int64), ends


def polygon_edges(values: Array, offsets: Ints, sizes: Array) -> Ragged:
    """The same sets of pixels as edges of a scan column by column: int32, or int64 where a frame is too large for that.

    Arguments and errors as `polygons_to_coco_rle`.
    """
    sizes = _sizes(sizes, offsets)
    kind = np.int32 if sizes.prod(axis=1).max(initial=0) < _INT32 else np.int64
    edges, ends = concat((edges.astype(kind), ends) for _, (edges, ends) in _edges(values, offsets, sizes))
    return edges.astype(kind, copy=False), ends


def _edges(values: Array, offsets: Ints, sizes: Ints) -> Iterator[tuple[slice, Ragged]]:
    """Some rows, and their edges, in turn."""
    for part, bands in groupby(_crossings(values, offsets, sizes), key=lambda band: (band[0].start, band[0].stop)):
        keys = np.concatenate([keys for _, keys, _ in bands])
        yield slice(*part), cancelled(keys, offsets_of(sizes[slice(*part)].prod(axis=1) + 1))


def polygon_pixel_areas(values: Array, offsets: Ints, sizes: Array) -> Ints:
    """The pixels that COCO counts for each polygon, (n,) int64.  Arguments and errors as `polygons_to_coco_rle`."""
    sizes = _sizes(sizes, offsets)
    areas = np.zeros(len(sizes), np.int64)
    for part, keys, ends in _crossings(values, offsets, sizes):
        # a column is entered and left in turn, so every row has an even number of them
        areas[part] += segment_sum(keys[1::2] - keys[::2], ends // 2)
    return areas


def are_drawable(values: Array, offsets: Ints) -> Bools:
    """Whether all numbers of a row are finite and below 1e9, which is asked of every polygon to be painted.  (n,)"""
    if len(values) and values.max() < _LIMIT and values.min() > -_LIMIT:  # nearly always, and without a copy; not NaN
        return np.ones(len(offsets) - 1, np.bool_)
    with np.errstate(invalid="ignore"):
        return segment_all(np.abs(values) < _LIMIT, offsets)


def check_polygons(values: Array, offsets: Ints) -> list[Fault]:
    """The rows that cannot be painted, and why."""
    faults = dict.fromkeys(np.flatnonzero(lengths(offsets) & 1).tolist(), "an odd number of coordinates")
    faults |= dict.fromkeys(np.flatnonzero(~are_drawable(values, offsets)).tolist(), "a coordinate is not below 1e9 px")
    return sorted(faults.items())


def _crossings(values: Array, offsets: Ints, sizes: Ints) -> Iterator[tuple[slice, Array, Ints]]:
    """Some rows, ascending positions at which columns of the frame are crossed, and their offsets by row, in turn.

    A position is column-major in the row's frame, counted from the end of the frame before and 1.  A row alone that has
    very many comes several times, with its columns band by band.
    """
    demand(check_polygons(values, offsets))
    points, ends = point_pairs(values, offsets)
    sides = sides_of(points, ends, sizes)
    crossings = offsets_of(sides.columns)[offsets_of(np.bincount(sides.row, minlength=len(sizes)))]
    _demand_few(lengths(crossings), lengths(ends))
    cuts = np.searchsorted(crossings, np.arange(0, crossings[-1] + 1, _CHUNK))
    cuts = np.unique(np.append(cuts, len(sizes)))
    kinds = [_kind(sides, steep, len(sizes)) for steep in (True, False)]
    for first, last in pairwise(cuts.tolist()):
        bases = offsets_of(sizes[first:last].prod(axis=1) + 1)
        parts = [kind._replace(sides=kind.sides.only(slice(kind.ends[first], kind.ends[last]))) for kind in kinds]
        alone = last - first == 1
        if alone and bases[-1] < min(crossings[last] - crossings[first], _MOST):
            keys = _odd(parts, sizes[first, 1], bases[-1])
            yield slice(first, last), keys, np.array([0, len(keys)])
            continue
        for band in _bands([part.sides for part in parts], alone):
            pieces = []
            for part, kind in zip(band, kinds, strict=True):
                height = sizes[part.row, 1]
                frame = _Frame(bases[part.row - first] + part.column * height, height)
                pieces.append(_positions(part, kind.cross, frame))
            keys = np.concatenate(pieces).astype(np.int32 if bases[-1] < _INT32 else np.int64)
            keys.sort()
            ends = np.array([0, len(keys)]) if alone else crossings[first : last + 1] - crossings[first]
            yield slice(first, last), keys, ends


def _odd(parts: list[_Kind], height: int, positions: int) -> Ints:
    """Where one polygon crosses an odd number of times, of so many positions that it crosses most of them often."""
    times = np.zeros(positions, np.int64)
    waiting: list[Ints] = []
    for sides, _, cross in parts:
        for some in _portions(sides, _CHUNK):
            tall = np.full(len(some.row), height)
            waiting.append(_positions(some, cross, _Frame(some.column * height, tall)).astype(np.int64))
            if sum(map(len, waiting)) > positions:
                times += np.bincount(np.concatenate(waiting), minlength=positions)
                waiting = []
    times += np.bincount(np.concatenate([np.zeros(0, np.int64), *waiting]), minlength=positions)
    return np.flatnonzero(times & 1)


def _portions(sides: Sides, most: int) -> Iterator[Sides]:
    """The sides, about so many crossings at a time."""
    for first, last in row_pieces(offsets_of(sides.columns), most):
        yield sides.only(slice(first, last))


def _demand_few(crossings: Ints, sides: Ints) -> None:
    """Raises: LimitError for a polygon that takes far more than its points are worth."""
    if (crossings > np.maximum(sides * _WIDEST, _MOST)).any():
        message = f"a polygon over {int(crossings.max()):,} columns of pixels is too large to be painted"
        raise LimitError(Problem(message, expected=f"at most {_MOST:,}"))


def _bands(parts: list[Sides], alone: bool) -> Iterator[list[Sides]]:
    """The sides, cut between columns into bands of not too many crossings, from left to right."""
    crossings = sum(int(part.columns.sum()) for part in parts)
    first = min((int(part.column.min(initial=_INT32)) for part in parts), default=0)
    last = max((int((part.column + part.columns).max(initial=0)) for part in parts), default=0)
    if not alone or crossings <= _BAND or last - first < 2:
        yield parts
        return
    middle = (first + last) // 2
    yield from _bands([part.within(first, middle) for part in parts], alone)
    yield from _bands([part.within(middle, last) for part in parts], alone)


def _kind(sides: Sides, steep: bool, rows: int) -> _Kind:
    """The steep or the flat sides, but for those that cross no column: these have no slope."""
    picked = sides.only(np.flatnonzero((sides.steep == steep) & (sides.columns > 0)))
    cross = steep_crossings if steep else flat_crossings
    return _Kind(picked, offsets_of(np.bincount(picked.row, minlength=rows)), cross)


def _positions(sides: Sides, cross: _Cross, frame: _Frame) -> Floats:
    """Where some sides cross the columns."""
    if not len(sides.row):
        return np.zeros(0)
    ends = np.cumsum(sides.columns)
    before, ramp = ends - sides.columns, np.arange(ends[-1], dtype=np.float64)
    line = cross(sides, before, ramp)
    # A pixel belongs to the polygon if its middle does.  1/5 is a little above one fifth, by less than is rounded
    # off of multiples of 5: these stay whole, and multiplying is faster than dividing.
    line += 2.0
    line *= 1 / SCALE
    np.floor(line, out=line)
    alike = (frame.height == frame.height[0]).all()
    tall = frame.height[0] if alike else sides.spread(frame.height)
    lowest = np.minimum(sides.start[:, 1], sides.stop[:, 1]).min()
    reach = np.maximum(sides.start[:, 1], sides.stop[:, 1]) - SCALE * frame.height
    if lowest < 0 or reach.max() > 0:
        np.clip(line, 0, tall, out=line)
    line += ramp * tall
    line += sides.spread((frame.corner - before * frame.height).astype(np.float64))
    return line


def _sizes(sizes: Array, offsets: Ints) -> Ints:
    return np.broadcast_to(np.asarray(sizes, np.int64), (len(offsets) - 1, 2))
