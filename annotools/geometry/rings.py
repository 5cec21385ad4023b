"""Outlines of masks along the edges of pixels: rings, and polygons with their holes cut open.

    1 1 1        outer ring  0 0  3 0  3 3  0 3          clockwise on screen
    1 0 1        hole        1 1  1 2  2 2  2 1          counterclockwise, its first corner is top left
    1 1 1        one polygon 0 0  3 0  3 3  0 3  0 1  1 1  1 2  2 2  2 1  1 1  0 1

Parts are pixels joined by their sides: where two touch only at a corner, their rings meet there and stay two.  Such
rings rasterise to the very mask again, also by COCO's rasteriser, for which whole numbers lie between pixels.

A corner of the outline is where the borders of two lines of pixels differ.  Sorted by line, the corners pair up to
horizontal sides, sorted by column to vertical ones; following both in turn gives the rings.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from annotools.geometry.polygons import without_repeats
from annotools.geometry.ragged import Bools, Floats, Ints, expand_ranges, lengths, offsets_of, row_of_value
from annotools.geometry.spans import Spans, merge_spans, span_boxes


class Rings(NamedTuple):
    """Rings of a column of masks, in the order of their first (topmost, then leftmost) corners."""

    values: Ints  # ragged x0 y0 x1 y1 ...
    offsets: Ints
    row: Ints  # the mask of each ring
    outer: Ints  # the outer ring of the ring's part; its own number for an outer ring
    bridge: Ints  # for a hole, the corner left of it at which the side that faces it starts; -1 for an outer ring

    @property
    def holes(self) -> Bools:
        """Which rings are holes."""
        return self.bridge >= 0


class _Grid(NamedTuple):
    """Numbers for the corners of pixels of all masks: no two masks share one."""

    bases: Ints
    left: Ints
    top: Ints
    width: Ints
    height: Ints

    def by_line(self, row: Ints, x: Ints, y: Ints) -> Ints:
        return np.asarray(self.bases[row] + (y - self.top[row]) * self.width[row] + x - self.left[row])

    def by_column(self, row: Ints, x: Ints, y: Ints) -> Ints:
        return np.asarray(self.bases[row] + (x - self.left[row]) * self.height[row] + y - self.top[row])


class _Corners(NamedTuple):
    """Corners by mask, line and column; those at even positions start the horizontal side that the next one ends."""

    row: Ints
    x: Ints
    y: Ints
    down: Ints  # 1 where the vertical side leads down from here
    enter: Ints  # 1 where that side has the mask on its right


def trace_spans(spans: Spans) -> Rings:
    """The rings of masks given as spans.  Coordinates are those of the spans."""
    spans = merge_spans(spans)
    grid = _grid(spans)
    corners = _corners(spans, grid)
    uppers, lowers = _vertical_sides(corners, grid)
    partner = np.empty(len(corners.row), np.int64)
    partner[uppers], partner[lowers] = lowers, uppers
    sides, ends = _walk(partner[np.arange(len(partner)) ^ 1])
    order, offsets = np.stack([sides, sides ^ 1], axis=1).reshape(-1), 2 * ends
    holes = corners.enter[order[offsets[:-1]]] == 0
    order = _reverse(order, offsets, holes)
    walls = uppers[_walls(corners, grid, uppers, order[offsets[:-1]][holes], spans)]
    bridge = np.full(len(holes), -1)
    bridge[holes] = _earlier(order, offsets, walls, partner[walls])
    values = np.stack([corners.x[order], corners.y[order]], axis=1).reshape(-1)
    row = corners.row[order[offsets[:-1]]]
    return Rings(values, 2 * offsets, row, _outers(offsets, holes, bridge), bridge)


def keyholed_polygons(rings: Rings) -> tuple[Floats, Ints, Ints]:
    """One polygon for each outer ring; each hole is reached by a cut to its left that runs there and back.

    Returns values, offsets (ragged x0 y0 x1 y1 ...) and the mask's row of each polygon.
    """
    holes = np.flatnonzero(rings.holes)
    if len(holes) == 0:
        return rings.values.astype(np.float64), rings.offsets, rings.row
    points, following = _cut_open(rings, holes)
    outers = np.flatnonzero(~rings.holes)
    order, offsets = _walk(following, rings.offsets[outers] // 2)
    values, offsets = without_repeats(points[order].reshape(-1), 2 * offsets)
    return values, offsets, rings.row[outers]


def _grid(spans: Spans) -> _Grid:
    tails = span_boxes(spans, int(spans.row.max(initial=-1)) + 1)
    width, height = (tails[:, 2:] - tails[:, :2] + 2).T
    return _Grid(offsets_of(width * height), tails[:, 0], tails[:, 1], width, height)


def _corners(spans: Spans, grid: _Grid) -> _Corners:
    enter = 4 * grid.by_line(spans.row, spans.start, spans.y) + 1
    leave = 4 * grid.by_line(spans.row, spans.stop, spans.y)
    next_line = 4 * grid.width[spans.row]
    # one code for each end of each vertical border of a pixel: position, whether the border leads down, which side
    codes = np.concatenate([enter + 2, leave + 2, enter + next_line, leave + next_line])
    codes.sort(kind="stable")  # four ascending quarters: a few merges
    codes = _turns(codes)
    row = np.searchsorted(grid.bases, codes >> 2, side="right") - 1
    y, x = np.divmod((codes >> 2) - grid.bases[row], grid.width[row])
    return _Corners(row, x + grid.left[row], y + grid.top[row], codes >> 1 & 1, codes & 1)


def _turns(codes: Ints) -> Ints:
    """The ends of borders that are corners: not those where one border goes on in the next line.

    Where pixels touch only at a corner two borders end in one point.  Which of them comes first decides which turn
    the ring takes: the one to the left belongs to the side on the left, and the turn stays with its pixel.
    """
    double = np.flatnonzero(codes[1:] >> 2 == codes[:-1] >> 2)
    straight = (codes[double] & 1) == (codes[double + 1] & 1)
    crossed = double[~straight & (codes[double] & 1 == 1)]
    codes[crossed], codes[crossed + 1] = codes[crossed + 1], codes[crossed]
    dropped = double[straight]
    return np.delete(codes, np.concatenate([dropped, dropped + 1]))


def _walk(following: Ints, starts: Ints | None = None) -> tuple[Ints, Ints]:
    """The closed paths through `following`, one for each start, or every path from its first even node."""
    after = following.tolist()
    seen = bytearray((len(after) + 1) // 2)
    order: list[int] = []
    ends = [0]
    for start in range(0, len(after), 2) if starts is None else starts.tolist():
        if starts is None and seen[start >> 1]:
            continue
        node = start
        while node != start or len(order) == ends[-1]:
            seen[node >> 1] = 1
            order.append(node)
            node = after[node]
        ends.append(len(order))
    return np.array(order, np.int64), np.array(ends, np.int64)


def _reverse(order: Ints, offsets: Ints, holes: Bools) -> Ints:
    """The corners of holes in the other direction, their first one kept in front."""
    counts = lengths(offsets)[holes]
    positions = expand_ranges(offsets[:-1][holes], counts)
    first = np.repeat(offsets[:-1][holes], counts)
    turned = order.copy()
    turned[positions] = order[first + (first - positions) % np.repeat(counts, counts)]
    return turned


def _vertical_sides(corners: _Corners, grid: _Grid) -> tuple[Ints, Ints]:
    """The upper and the lower corner of each vertical side, by mask, column and line."""
    order = np.argsort(2 * grid.by_column(corners.row, corners.x, corners.y) + corners.down)
    return order[::2], order[1::2]


def _walls(corners: _Corners, grid: _Grid, uppers: Ints, first: Ints, spans: Spans) -> Ints:
    """For the first corner of each hole the vertical side (its position in `uppers`) at the left end of its span."""
    row, y = corners.row[first], corners.y[first]
    stops = grid.by_line(spans.row, spans.stop, spans.y)
    start = spans.start[np.searchsorted(stops, grid.by_line(row, corners.x[first], y))]
    sides = grid.by_column(corners.row[uppers], corners.x[uppers], corners.y[uppers])
    return np.searchsorted(sides, grid.by_column(row, start, y), side="right") - 1


def _earlier(order: Ints, offsets: Ints, one: Ints, other: Ints) -> Ints:
    """The positions in `order` of those of two neighbouring corners that come first along their ring."""
    positions = np.empty(len(order), np.int64)
    positions[order] = np.arange(len(order))
    return np.where(_following(offsets)[positions[one]] == positions[other], positions[one], positions[other])


def _outers(offsets: Ints, holes: Bools, bridge: Ints) -> Ints:
    """The outer ring of each ring's part; a hole may hang on another hole, which hangs further left or higher."""
    outer = np.arange(len(holes))
    outer[holes] = row_of_value(offsets)[bridge[holes]]
    while (outer[outer] != outer).any():
        outer = outer[outer]
    return outer


def _cut_open(rings: Rings, holes: Ints) -> tuple[Ints, Ints]:
    """Points with three more for each hole (the cut's end, the hole's first corner again, the cut's end again), and
    the point that follows each: those of a part make one path."""
    points, offsets = rings.values.reshape(-1, 2), rings.offsets // 2
    after = _following(offsets)
    start, end = rings.bridge[holes], after[rings.bridge[holes]]
    first, last = offsets[holes], offsets[holes + 1] - 1
    y = points[first, 1]
    along = np.where(points[end, 1] > points[start, 1], y, -y)
    order = np.lexsort((along, start))
    start, end, first, last, y = start[order], end[order], first[order], last[order], y[order]
    cut = np.stack([points[start, 0], y], axis=1)
    out = len(points) + 3 * np.arange(len(holes))
    following = np.concatenate([after, np.stack([first, out + 2, end], axis=1).reshape(-1)])
    following[last] = out + 1
    chained = np.flatnonzero(start[1:] == start[:-1])
    following[out[chained] + 2] = out[chained + 1]
    opening = np.append(True, start[1:] != start[:-1])
    following[start[opening]] = out[opening]
    return np.concatenate([points, np.stack([cut, points[first], cut], axis=1).reshape(-1, 2)]), following


def _following(offsets: Ints) -> Ints:
    """The next position of each position of a ring, the first after the last."""
    after = np.arange(1, offsets[-1] + 1)
    after[offsets[1:] - 1] = offsets[:-1]
    return after
