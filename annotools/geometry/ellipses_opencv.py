"""The pixels that OpenCV fills for an ellipse, for `--compat cvat`: CVAT's exports paint ellipses with cv2.ellipse.

    50,40,80,25 (centre 50 40, radii 30 15)  ->  1491 px, where pi * 30 * 15 = 1413.7

OpenCV makes a polygon of 4 to 72 corners from a table of sines in whole degrees, draws its outline pixel by pixel and
fills between the left and the right chain of edges, all in fixed point with 16 bits of fraction and a truncating
division.  Each of these steps moves pixels, so each is repeated here.
Source: https://docs.opencv.org/4.x/d6/d6e/group__imgproc__draw.html (ellipse, ellipse2Poly, fillConvexPoly)
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from annotools.geometry.ragged import Bools, Ints, expand_ranges

Patch = tuple[int, int, Bools]  # left, top, picture
_Chain = tuple[int, int]  # x and its step per row, fixed point
_Band = tuple[int, int, _Chain, _Chain]  # first row, row behind the last, both chains

_SHIFT = 16
_ONE = 1 << _SHIFT
_HALF = _ONE >> 1
_STEPS = ((3, 90), (10, 30), (15, 18), (math.inf, 5))  # degrees between corners, by the larger radius
_SINES = np.round(np.sin(np.radians(np.arange(451))), 7).astype(np.float32).astype(np.float64)


def opencv_ellipse(center: tuple[int, int], axes: tuple[int, int], rotation: float, size: tuple[int, int]) -> Patch:
    """What cv2.ellipse(mask, center, axes, rotation, 0, 360, 1, -1) sets.

    center: x, y.  axes: radii, >= 0.  rotation: degrees clockwise on screen.  size: width, height of the frame.
    Returns left, top and the (h, w) bool picture of a part of the frame that holds all pixels; it may be 0 x 0.
    """
    corners = _corners(center, axes, rotation)
    left, top, right, bottom = _bounds(corners, size)
    picture = np.zeros((max(bottom - top, 0), max(right - left, 0)), np.bool_)
    if picture.size:
        _fill(picture, corners - np.array([left << _SHIFT, 0]), top)
        x, y = _outline(corners, size)
        picture[y - top, x - left] = True
    return left, top, picture


def _corners(center: tuple[int, int], axes: tuple[int, int], rotation: float) -> Ints:
    """The corners of the polygon, repeats left out: (k, 2) int64, fixed point."""
    step = next(degrees for limit, degrees in _STEPS if max(axes) < limit)
    angles = np.minimum(np.arange(0, 360 + step, step), 360)
    turn = round(rotation) % 360
    cosine, sine = _SINES[450 - turn], _SINES[turn]
    along, across = axes[0] * _ONE * _SINES[450 - angles], axes[1] * _ONE * _SINES[angles]
    x = center[0] * _ONE + along * cosine - across * sine
    y = center[1] * _ONE + along * sine + across * cosine
    corners = np.rint(np.stack([x, y], axis=1)).astype(np.int64)
    corners = corners[np.append(True, (np.diff(corners, axis=0) != 0).any(axis=1))]
    return corners if len(corners) > 1 else np.array([center, center]) << _SHIFT


def _bounds(corners: Ints, size: tuple[int, int]) -> tuple[int, int, int, int]:
    low = np.clip((corners.min(axis=0) >> _SHIFT) - 1, 0, size).tolist()
    high = np.clip((corners.max(axis=0) >> _SHIFT) + 2, 0, size).tolist()
    return low[0], low[1], high[0], high[1]


def _fill(picture: Bools, corners: Ints, top: int) -> None:
    """Paint between the chains; the picture starts at row `top`, x counts from its left."""
    height, width = picture.shape
    steps = np.zeros((height, width + 1), np.int8)
    for first, last, one, other in _bands(corners.tolist()):
        rows = np.arange(max(first, top), min(last, top + height))
        ends = np.sort([x + (rows - first) * dx for x, dx in (one, other)], axis=0)
        starts, stops = (ends + _HALF) >> _SHIFT
        seen = (stops >= 0) & (starts < width)
        steps[rows[seen] - top, np.maximum(starts[seen], 0)] = 1
        steps[rows[seen] - top, np.minimum(stops[seen], width - 1) + 1] = -1
    picture |= np.cumsum(steps, axis=1, dtype=np.int8)[:, :-1].astype(np.bool_)


def _bands(corners: list[list[int]]) -> Iterator[_Band]:
    """The rows between two corners of either chain, walking down from the topmost corner both ways round.

    Both walks together look at each corner once; when all are seen, the rest (the last row) is left to the outline.
    """
    rows = [(y + _HALF) >> _SHIFT for _, y in corners]
    if len(corners) < 3:
        return
    start = min(range(len(corners)), key=lambda corner: corners[corner][1])
    y, last, unseen = rows[start], max(rows), len(corners)
    positions, ends, chains = [start, start], [y, y], [(0, 0), (0, 0)]
    while y <= last:
        for side in (0, 1):
            if y < ends[side]:
                continue
            before, index, looked = _next_below(rows, positions[side], 1 - 2 * side, y, unseen)
            unseen -= looked
            if unseen < 0:
                return
            positions[side], ends[side] = index, rows[index]
            chains[side] = _chain(corners[before][0], corners[index][0], rows[index] - y)
        below = min(ends)
        yield y, min(below, last + 1), chains[0], chains[1]
        chains = [(x + (below - y) * dx, dx) for x, dx in chains]
        y = below


def _next_below(rows: list[int], index: int, step: int, y: int, unseen: int) -> tuple[int, int, int]:
    """The first corner of a chain below row y, the one before it, and how many were looked at."""
    for looked in range(1, unseen + 1):
        before, index = index, (index + step) % len(rows)
        if rows[index] > y:
            return before, index, looked
    return index, index, unseen + 1


def _chain(start: int, stop: int, rows: int) -> _Chain:
    return start, _quotient(2 * (stop - start) + rows, 2 * rows)


def _outline(corners: Ints, size: tuple[int, int]) -> tuple[Ints, Ints]:
    """The pixels of the closed outline that lie in the frame: x, y."""
    lines = np.concatenate([np.roll(corners, 1, axis=0), corners], axis=1)
    limit = np.array(size) << _SHIFT
    if (corners < 0).any() or (corners >= limit).any():
        clipped = [_clip(line, limit.tolist()) for line in lines.tolist()]
        lines = np.array([line for line in clipped if line], np.int64).reshape(-1, 4)
    x, y = _line_pixels(lines)
    seen = (x >= 0) & (x < size[0]) & (y >= 0) & (y < size[1])
    return x[seen], y[seen]


def _line_pixels(lines: Ints) -> tuple[Ints, Ints]:
    """One pixel for each step along the longer side of each line (k, 4), and its far end."""
    flat = np.abs(lines[:, 2] - lines[:, 0]) > np.abs(lines[:, 3] - lines[:, 1])
    # as if all were steep: `near` and `far` are (minor, major) with major ascending
    turned = np.where(flat[:, None], lines[:, [1, 0, 3, 2]], lines)
    swapped = (turned[:, 3] < turned[:, 1])[:, None]
    near, far = np.where(swapped, turned[:, 2:], turned[:, :2]), np.where(swapped, turned[:, :2], turned[:, 2:])
    run, rise = far[:, 1] - near[:, 1], far[:, 0] - near[:, 0]
    slope = np.sign(rise) * ((np.abs(rise) << _SHIFT) // (run | 1))
    counts = (run >> _SHIFT) + 1
    line, step = np.repeat(np.arange(len(lines)), counts), expand_ranges(np.zeros(len(lines)), counts)
    minor = (near[line, 0] + _HALF + step * slope[line]) >> _SHIFT
    major = ((near[line, 1] + _HALF) >> _SHIFT) + step
    x, y = np.where(flat[line], major, minor), np.where(flat[line], minor, major)
    ends = (np.where(flat[:, None], far[:, ::-1], far) + _HALF) >> _SHIFT
    return np.concatenate([x, ends[:, 0]]), np.concatenate([y, ends[:, 1]])


def _clip(line: list[int], limit: list[int]) -> list[int] | None:
    """A line x1 y1 x2 y2 cut at the frame's border, first its rows, then its columns; None: nothing is left."""
    for axis in (1, 0):
        most = limit[axis] - 1
        if max(line[axis], line[axis + 2]) < 0 or min(line[axis], line[axis + 2]) > most:
            return None
    for axis in (1, 0):
        for end in (0, 2):
            line = _clip_end(line, axis, end, limit[axis] - 1)
        across = 1 - axis
        if max(line[across], line[across + 2]) < 0 or min(line[across], line[across + 2]) > limit[across] - 1:
            return None
    return line


def _clip_end(line: list[int], axis: int, end: int, most: int) -> list[int]:
    value, across = line[axis + end], end + 1 - axis
    border = min(max(value, 0), most)
    if border != value:
        rise = line[3 - axis] - line[1 - axis]
        line[across] += _quotient((border - value) * rise, line[axis + 2] - line[axis])
        line[axis + end] = border
    return line


def _quotient(number: int, divisor: int) -> int:
    """Division that cuts towards 0."""
    quotient = abs(number) // abs(divisor)
    return quotient if (number < 0) == (divisor < 0) else -quotient
