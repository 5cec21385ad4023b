"""Questions about the corners of polygons and polylines: area, length, direction, closedness, validity.

A polygon is a row of ragged x0 y0 x1 y1 ..., its last corner joined to the first; pixels are `geometry.raster`'s.
Coordinates are px, y down, so a positive signed area means clockwise on screen.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from annotools.geometry.boxes import point_pairs
from annotools.geometry.ragged import (
    Array,
    Bools,
    Floats,
    Ints,
    Ragged,
    expand_ranges,
    lengths,
    offsets_of,
    row_of_value,
    segment_sum,
)
from annotools.geometry.raster import are_drawable
from annotools.geometry.tangles import Meetings, meetings

_NEAR = 1 << 15  # points that are measured at a time
_BLOCK = 1 << 14  # polygons that are alive at the same time
_FEW = 400  # points of an outline that is never dense
_PIECE = 512  # points that are thinned together: the worst outline takes the square of it


def signed_areas(values: Array, offsets: Ints) -> Floats:
    """The shoelace area, (n,) float64: positive clockwise on screen, 0 for fewer than 3 points.

    Raises: ValueError for a row of odd length, as all functions of this module.
    """
    points, ends = point_pairs(values, offsets)
    areas = np.zeros(len(ends) - 1)
    cuts = np.append(np.searchsorted(ends, np.arange(0, ends[-1], _NEAR)), len(areas))
    for first, last in pairwise(cuts.tolist()):  # what stays in the cache takes half the time of all at once
        part = ends[first : last + 1]
        areas[first:last] = _shoelaces(points[part[0] : part[-1]], part - part[0])
    return areas


def _shoelaces(points: Floats, ends: Ints) -> Floats:
    """The same of some polygons.  points: (n, 2); ends: where those of each begin, and where the last end."""
    filled, counts = ends[:-1][lengths(ends) > 0], lengths(ends)
    # small numbers keep their last digits; a column at a time takes a third of the time of points
    x, y = (column - np.repeat(column[filled], counts[counts > 0]) for column in points.T)
    next_x, next_y = (_shifted(column, ends[1:][counts > 0] - 1, filled) for column in (x, y))
    return np.asarray(segment_sum(x * next_y - next_x * y, ends) / 2, np.float64)


def _shifted(column: Floats, last: Ints, first: Ints) -> Floats:
    """For each point the value of the next one of its row, that of the first after the last."""
    after = np.empty_like(column)
    after[:-1] = column[1:]
    after[last] = column[first]
    return after


def polygon_areas(values: Array, offsets: Ints) -> Floats:
    """The shoelace area without its sign, (n,) float64."""
    return np.abs(signed_areas(values, offsets))


def perimeters(values: Array, offsets: Ints) -> Floats:
    """The length of the closed outline, (n,) float64."""
    points, ends = point_pairs(values, offsets)
    return np.asarray(segment_sum(np.hypot(*(points[_after(ends)] - points).T), ends), np.float64)


def polyline_lengths(values: Array, offsets: Ints) -> Floats:
    """The length from the first to the last point, (n,) float64."""
    points, ends = point_pairs(values, offsets)
    steps = np.hypot(*(points[_after(ends)] - points).T)
    steps[ends[1:][lengths(ends) > 0] - 1] = 0.0
    return np.asarray(segment_sum(steps, ends), np.float64)


def are_closed(values: Array, offsets: Ints) -> Bools:
    """Whether the last point repeats the first, (n,) bool; False for fewer than 2 points."""
    points, ends = point_pairs(values, offsets)
    closed = np.zeros(len(ends) - 1, np.bool_)
    rows = np.flatnonzero(lengths(ends) >= 2)
    closed[rows] = (points[ends[:-1][rows]] == points[ends[1:][rows] - 1]).all(axis=1)
    return closed


def distinct_points(values: Array, offsets: Ints) -> Ints:
    """The number of different points of each row, (n,) int64."""
    points, ends = point_pairs(values, offsets)
    row = row_of_value(ends)
    order = np.lexsort((points[:, 1], points[:, 0], row))
    new = np.ones(len(points), np.bool_)
    new[1:] = (np.diff(row[order]) != 0) | (np.diff(points[order], axis=0) != 0).any(axis=1)
    return np.bincount(row[order][new], minlength=len(ends) - 1)


def without_repeats(values: Array, offsets: Ints) -> Ragged:
    """The same polygons without a point that equals the one before it, the closing one included."""
    points, ends = point_pairs(values, offsets)
    kept = (points != points[_after(ends)]).any(axis=1)
    alone = np.flatnonzero((segment_sum(kept, ends) == 0) & (lengths(ends) > 0))
    kept[ends[:-1][alone]] = True
    return points[kept].reshape(-1), offsets_of(2 * np.asarray(segment_sum(kept, ends)))


def reversed_points(values: Array, offsets: Ints) -> Floats:
    """The points of each row in the other order; the offsets stay."""
    points, ends = point_pairs(values, offsets)
    mirror = np.repeat(ends[1:] + ends[:-1] - 1, lengths(ends)) - np.arange(len(points))
    return points[mirror].reshape(-1)


def are_valid(values: Array, offsets: Ints) -> Bools:
    """Whether each polygon is simple: no side meets another but its neighbours.  (n,) bool.

    False for fewer than 3 points and for coordinates that are not finite or 1e9 and more.  Of an outline so dense that
    each side has hundreds of others near, a sample of the sides is looked at.
    """
    import shapely

    valid = np.zeros(len(offsets) - 1, np.bool_)
    rows, dense = _asked(values, offsets)
    for start in range(0, len(rows), _BLOCK):  # one of GEOS's is five times its row
        block = rows[start : start + _BLOCK]
        valid[block] = shapely.is_valid(_polygons(values, offsets, block))
    valid[[row for row, known in dense.items() if known.point is None]] = True
    return valid


def validity_reasons(values: Array, offsets: Ints) -> list[str]:
    """For each polygon what shapely finds wrong ("Self-intersection[4 3]"), "" if nothing; of dense ones as above."""
    import shapely

    drawable = are_drawable(values, offsets).tolist()
    reasons = ["fewer than 3 points" if fine else "a coordinate is not below 1e9 px" for fine in drawable]
    rows, dense = _asked(values, offsets)
    texts = shapely.is_valid_reason(_polygons(values, offsets, rows)).tolist()
    for row, reason in zip(rows.tolist(), texts, strict=True):
        reasons[row] = "" if reason == "Valid Geometry" else reason
    for row, known in dense.items():
        reasons[row] = "Self-intersection[{:.15g} {:.15g}]".format(*known.point) if known.point else ""
    return reasons


def simplified(points: Floats, tolerance: float, closed: bool) -> Floats | None:
    """An outline or line without points that stray less than `tolerance` px from it, (n, 2) in and out.

    It is thinned piece by piece, whose ends stay.  None where fewer points are left than a shape has, or where an
    outline that was simple would not be any more.
    """
    import shapely

    kept = points[np.append(True, (points[1:] != points[:-1]).any(axis=1))]
    path = np.concatenate([kept, kept[:1]]) if closed else kept
    starts = np.arange(0, len(path) - 1, _PIECE)
    counts = np.minimum(starts + _PIECE + 1, len(path)) - starts
    lines = shapely.linestrings(path[expand_ranges(starts, counts)], indices=np.repeat(np.arange(len(starts)), counts))
    thin, piece = shapely.get_coordinates(
        shapely.simplify(lines, tolerance, preserve_topology=False), return_index=True
    )
    first = np.append(False, piece[1:] != piece[:-1])[: len(thin)]  # which repeats the end of the piece before
    result: Floats = thin[~first][:-1] if closed else thin[~first]
    if len(result) < 2 + closed or (closed and not _simple(result) and _simple(points)):
        return None
    return result


def _simple(points: Floats) -> bool:
    return bool(are_valid(points.reshape(-1), np.array([0, points.size]))[0])


def _asked(values: Array, offsets: Ints) -> tuple[Ints, dict[int, Meetings]]:
    """The rows of which GEOS tells whether they are simple, and how the sides of the others meet, which are dense."""
    askable = _askable(values, offsets)
    dense: dict[int, Meetings] = {}
    for row in np.flatnonzero(askable & (lengths(offsets) > 2 * _FEW)).tolist():
        known = meetings(np.reshape(values[offsets[row] : offsets[row + 1]], (-1, 2)))
        if known.dense:
            dense[row] = known
    askable[list(dense)] = False
    return np.flatnonzero(askable), dense


def _askable(values: Array, offsets: Ints) -> Bools:
    return np.asarray(are_drawable(values, offsets) & (lengths(offsets) >= 6))


def _polygons(values: Array, offsets: Ints, rows: Ints) -> Array:
    """The rows as shapely's polygons, each ring closed: (k,) object."""
    import shapely

    points, ends = point_pairs(values, offsets)
    counts = lengths(ends)[rows]
    positions = expand_ranges(ends[:-1][rows], counts + 1)
    positions[np.cumsum(counts + 1) - 1] = ends[:-1][rows]
    ring = np.repeat(np.arange(len(rows)), counts + 1)
    return np.asarray(shapely.polygons(shapely.linearrings(points[positions], indices=ring)))


def _after(ends: Ints) -> Ints:
    """For each point the next one of its row, the first after the last."""
    after = np.arange(1, ends[-1] + 1)
    filled = lengths(ends) > 0
    after[ends[1:][filled] - 1] = ends[:-1][filled]
    return after
