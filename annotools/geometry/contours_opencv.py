"""Outlines of masks as OpenCV traces them, which is how the CVAT server turns masks into polygons.

    1 1 1 1        0 0  0 2  3 2  3 0        through the MIDDLES of pixels, so half a pixel is lost on each side
    1 1 1 1                                  and lines one pixel wide vanish; holes are polygons like any other
    1 1 1 1

Borders are followed from pixel to pixel (eight directions), then thinned to dominant points.  For outlines that give
the mask back see `rings`.
Sources: S. Suzuki, K. Abe, Topological structural analysis of digitized binary images by border following (1985);
C.-H. Teh, R. T. Chin, On the detection of dominant points on digital curves (1989), with k-cosine curvature;
OpenCV's findContours (RETR_TREE, CHAIN_APPROX_TC89_KCOS), CVAT's fork of Datumaro, util/mask_tools.py.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import msgspec
import numpy as np

from annotools.geometry.ragged import Array, Ints, Ragged, from_arrays, take
from annotools.geometry.raster import polygon_pixel_areas
from annotools.geometry.rle import cvat_rle_to_mask

_STEPS = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
Point = tuple[int, int]


class Border(msgspec.Struct, eq=False):
    """A border of a part of a mask, or of a hole in one: its first pixel, and the direction of each step round it."""

    hole: bool
    parent: Border | None
    start: Point
    codes: list[int] = msgspec.field(default_factory=list)
    children: list[Border] = msgspec.field(default_factory=list)


def cvat_rle_to_contours(points: Array, size: Point) -> Ragged:
    """One cvat_rle -> the polygons that the server writes for it: closed, at least one pixel each.

    size: width, height of the frame.  Returns ragged x0 y0 x1 y1 ..., whole numbers.
    Raises: ValueError for what `check_cvat_rles` finds.
    """
    left, top = int(points[-4]), int(points[-3])
    outlines = [thinned(start, codes) for start, codes in borders(cvat_rle_to_mask(points))]
    closed = [
        outline if outline[0] == outline[-1] else [*outline, outline[0]] for outline in outlines if len(outline) > 2
    ]
    values, offsets = from_arrays([(np.add(outline, (left, top))).reshape(-1) for outline in closed])
    return take(values, offsets, polygon_pixel_areas(values, offsets, np.array(size)) >= 1)


def borders(mask: Array) -> list[tuple[Point, list[int]]]:
    """The borders of the parts of a mask (h, w) and of their holes: first pixel, and the direction of each step.

    In OpenCV's order: a border, then those within it; of those beside each other the last found first.
    """
    return [(border.start, border.codes) for border in border_tree(mask)]


def border_tree(mask: Array) -> list[Border]:
    """The borders of a mask, each with the one around it, in the same order."""
    labels = np.pad((mask != 0).astype(np.int64), 1)
    root = Border(True, None, (0, 0))
    by_number = [root, root]  # numbers 0 and 1 are no borders
    for y in range(1, len(labels) - 1):
        flips = np.flatnonzero(np.diff(labels[y] != 0)) + 1
        for x in flips.tolist():
            _look(labels, by_number, x, y)
    return _preorder(root)


def _look(labels: Ints, by_number: list[Border], x: int, y: int) -> None:
    """Follow the border that starts where the line enters or leaves the mask, if one does."""
    here, before = int(labels[y, x]), int(labels[y, x - 1])
    hole = here == 0
    if not (here == 1 and before == 0) and not (hole and before >= 1):
        return
    known = np.flatnonzero((labels[y, :x] != 0) & (labels[y, :x] != 1))
    last = by_number[abs(int(labels[y, known[-1]]))] if len(known) else by_number[0]
    parent = last.parent if last.hole == hole and last.parent is not None else last
    border = Border(hole, parent, (x - hole - 1, y - 1))
    parent.children.insert(0, border)
    by_number.append(border)
    border.codes = _follow(labels, (x - hole, y), hole, len(by_number) - 1)


def _follow(labels: Ints, start: Point, hole: bool, number: int) -> list[int]:
    """The directions of the steps round a border; its pixels get its number, negative where the mask ends right."""
    first = 0 if hole else 4
    direction = next((d for d in ((first - k) & 7 for k in range(1, 8)) if labels[_moved(start, d)[::-1]]), None)
    if direction is None:
        labels[start[::-1]] = -number
        return []
    last, here, codes = _moved(start, direction), start, []
    while True:
        came = direction
        direction = next(d for d in ((came + k) & 7 for k in range(1, 9)) if labels[_moved(here, d)[::-1]])
        if 0 <= direction - 1 < came:  # the pixel to the right was looked at and is empty
            labels[here[::-1]] = -number
        elif labels[here[::-1]] == 1:
            labels[here[::-1]] = number
        codes.append(direction)
        after = _moved(here, direction)
        if after == start and here == last:
            return codes
        here, direction = after, (direction + 4) & 7


def _moved(point: Point, direction: int) -> Point:
    return point[0] + _STEPS[direction][0], point[1] + _STEPS[direction][1]


def _preorder(border: Border) -> list[Border]:
    """The borders below one, without recursion: they may be nested deeply.  Each knows its parent alone from then on.

    Borders in a circle would stay until the end of a conversion, during which the collector rests.
    """
    order, waiting = [], [border]
    while waiting:
        order.append(waiting.pop())
        waiting.extend(reversed(order[-1].children))
        order[-1].children.clear()
    return order[1:]


def thinned(start: Point, codes: list[int]) -> list[Point]:
    """The dominant points of a closed chain of steps."""
    if not codes:
        return [start]
    curve = [start]
    for code in codes[:-1]:
        curve.append(_moved(curve[-1], code))
    bends = [
        min((code - before) % 8, (before - code) % 8) for before, code in zip([codes[-1], *codes], codes, strict=False)
    ]
    kept = [index for index, bend in enumerate(bends) if bend]
    curvature: list[float] = [float(bend) for bend in bends]
    reach = {}
    for index in kept:
        reach[index] = _support(curve, index)
        curvature[index] = _cosine(curve, index, reach[index])
    kept = _suppressed(kept, curvature, lambda index: _is_exceeded(index, reach[index] >> 1, curvature))
    kept = _suppressed(kept, curvature, lambda index: reach[index] == 1 and _is_matched(index, curvature))
    return [curve[index] for index in kept]


def _support(curve: list[Point], index: int) -> int:
    """How many steps to both sides the curve bends away from a point like one corner."""
    x, y = curve[index]
    size, reach, length, off = len(curve), 1, 0, 0
    while True:
        x1, y1 = curve[(index - reach) % size]
        x2, y2 = curve[(index + reach) % size]
        chord = (x2 - x1) ** 2 + (y2 - y1) ** 2
        away = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)
        change = off * chord - away * length
        if reach > 1 and (length >= chord or (off > 0 >= change) or (off < 0 <= change)):
            return reach - 1
        off, length, reach = away, chord, reach + 1


def _cosine(curve: list[Point], index: int, reach: int) -> float:
    """The k-cosine curvature, 0.1 to 2.1, of the largest k from which on it falls."""
    x, y = curve[index]
    best = np.float32(0)
    for k in range(reach, 0, -1):
        x1, y1 = curve[(index - k) % len(curve)]
        x2, y2 = curve[(index + k) % len(curve)]
        before, after = (x1 - x, y1 - y), (x2 - x, y2 - y)
        if before == (0, 0) or after == (0, 0):
            break
        lengths = (before[0] ** 2 + before[1] ** 2) * (after[0] ** 2 + after[1] ** 2)
        cosine = np.float32((before[0] * after[0] + before[1] * after[1]) / sqrt(lengths))
        value = np.float32(float(cosine) + 1.1)
        if k < reach and value <= best:
            break
        best = value
    return float(best)


def _suppressed(kept: list[int], curvature: list[float], weak: Callable[[int], bool]) -> list[int]:
    """Without the weak points; a point that goes has no curvature for those that are asked after it."""
    strong = []
    for index in kept:
        if weak(index):
            curvature[index] = 0.0
        else:
            strong.append(index)
    return strong


def _is_exceeded(index: int, reach: int, curvature: list[float]) -> bool:
    size = len(curvature)
    near = (curvature[(index + step) % size] for k in range(1, reach + 1) for step in (-k, k))
    return any(other > curvature[index] for other in near)


def _is_matched(index: int, curvature: list[float]) -> bool:
    return curvature[index] <= curvature[index - 1] or curvature[index] <= curvature[(index + 1) % len(curvature)]
