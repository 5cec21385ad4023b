"""Between two polygons or polylines with any numbers of vertices, bit for bit as the server computes it.

Vertices are matched by their share of the line's length, every pair moves straight, and runs of vertices that share a
partner are thinned out. The last bit decides where a distance meets its threshold, hence the plain sums and roots.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

Point = tuple[float, float]


def between(one: Sequence[float], other: Sequence[float], share: float, closed: bool) -> list[float]:
    """Flat points at `share` (0..1) of the way from `one` to `other`."""
    left, right = _vertices(one, closed), _vertices(other, closed)
    partners = _match(_offsets(left), _offsets(right))
    moved = [[_move(left[i], right[j], share) for j in found] for i, found in enumerate(partners)]
    result = [point for part in _reduce(partners, moved, left, right) for point in part]
    if closed:
        result.pop()
    return [number for point in result for number in point]


def _vertices(flat: Sequence[float], closed: bool) -> list[Point]:
    points = list(zip(flat[::2], flat[1::2], strict=True))
    return [*points, points[0]] if closed else points


def _distance(one: Point, other: Point) -> float:
    across, down = other[0] - one[0], other[1] - one[1]
    return math.sqrt(across * across + down * down)


def _offsets(points: list[Point]) -> list[float]:
    """Share of the length at each vertex; all NaN for a line without length."""
    sums = [0.0]
    for one, other in itertools.pairwise(points):
        sums.append(sums[-1] + _distance(one, other))
    return [value / sums[-1] if sums[-1] else math.nan for value in sums]


def _nearest(value: float, offsets: list[float]) -> int:
    best, place = math.inf, 0
    for index, offset in enumerate(offsets):
        if abs(offset - value) < best:
            best, place = abs(offset - value), index
    return place


def _match(left: list[float], right: list[float]) -> list[list[int]]:
    """Partners on the right of each vertex on the left, in order."""
    partners = [[_nearest(value, right)] for value in left]
    hit = {found[0] for found in partners}
    for index, value in enumerate(right):
        if index not in hit:
            partners[_nearest(value, left)].append(index)
    return [sorted(found) for found in partners]


def _move(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _reduce(
    partners: list[list[int]], moved: list[list[Point]], left: list[Point], right: list[Point]
) -> Iterator[list[Point]]:
    """The moved points, thinned out run by run."""
    start = 0
    while start < len(partners):
        stop = start + 1
        found = partners[start]
        if len(found) > 1:
            yield _thin(moved[start], _length(right[found[0] : found[-1] + 1]))
        else:
            while stop < len(partners) and partners[stop] == found:
                stop += 1
            yield _thin([points[0] for points in moved[start:stop]], _length(left[start:stop]))
        start = stop


def _length(points: list[Point]) -> float:
    total = 0.0
    for one, other in itertools.pairwise(points):
        total += _distance(one, other)
    return total


def _thin(points: list[Point], base: float) -> list[Point]:
    if len(points) == 1:
        return points
    threshold = base / (2 * len(points))
    kept = [points[0]]
    for point in points[1:-1]:
        if _distance(kept[-1], point) >= threshold:
            kept.append(point)
    last = points[-1]
    if len(kept) == 1 and _distance(kept[0], last) < threshold:
        return [((kept[0][0] + last[0]) / 2, (kept[0][1] + last[1]) / 2)]
    return [*kept, last]
