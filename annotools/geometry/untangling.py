"""The largest simple part of outlines that cross themselves, of many at once.

    0   2        0     2
    | X |   ->   | > < |       a bow tie is two triangles that meet where its sides cross
    3   1        3     1

What the parts are is shapely's word (`make_valid`), which takes 190 us an outline.  A bow tie, which most of them are,
is taken apart by arithmetic wherever that leaves no doubt in 22 us, its rings listed as shapely does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from annotools.geometry.ragged import Bools, Floats, to_arrays
from annotools.geometry.tangles import SAMPLE, many_crossings, surely_few_crossings

_DIGITS = 6  # decimals of a result
_DOUBT = 1e-9  # of the square of a coordinate: px² that are no area for certain
# Where the sides 0 1 and 2 3 cross (4 is where), then where 1 2 and 3 0 do: the two rings as shapely says them, which
# run clockwise where y points up, if the first of them does; then those if it does not.
_RINGS = np.array([[[(3, 0, 4), (1, 4, 2)], [(3, 4, 0), (2, 4, 1)]], [[(0, 4, 1), (3, 4, 2)], [(4, 0, 1), (2, 4, 3)]]])


def largest_parts(outlines: Sequence[Floats]) -> list[Floats | None]:
    """The outline of the largest polygon that shapely makes of each ring, (n, 2) px, None where it makes none.

    outlines: (n, 2) px each, not closed, at least 3 points.  None also where one crosses itself at every turn.
    """
    parts: list[Floats | None] = [None] * len(outlines)
    rest: list[int] = []
    by_size: dict[int, list[int]] = {}
    for row, points in enumerate(outlines):
        by_size.setdefault(len(points), []).append(row)
    for size, rows in by_size.items():
        if size == 4:
            certain, triangles = _of_bow_ties(np.stack([outlines[row] for row in rows]))
            for row, sure, triangle in zip(rows, certain.tolist(), triangles, strict=True):
                parts[row] = triangle if sure else None
            rows = [row for row, sure in zip(rows, certain.tolist(), strict=True) if not sure]
        rest += _untangled(outlines, rows)
    for row, part in zip(rest, _by_shapely([outlines[row] for row in rest]), strict=True):
        parts[row] = part
    return parts


def _untangled(outlines: Sequence[Floats], rows: list[int]) -> list[int]:
    """Those of some outlines of equally many points that do not cross themselves at every turn."""
    if not rows or len(outlines[rows[0]]) > SAMPLE:
        return [row for row in rows if not many_crossings(outlines[row])]
    few = surely_few_crossings(np.stack([outlines[row] for row in rows])).tolist()
    return [row for row, sure in zip(rows, few, strict=True) if sure or not many_crossings(outlines[row])]


def _by_shapely(outlines: Sequence[Floats]) -> list[Floats | None]:
    import shapely

    whole, owner = shapely.get_parts(shapely.make_valid(list(map(shapely.Polygon, outlines))), return_index=True)
    areas = np.where(shapely.get_type_id(whole) == shapely.GeometryType.POLYGON, shapely.area(whole), 0.0)
    order = np.lexsort((np.arange(len(owner)), -areas, owner))
    largest = order[np.append(True, np.diff(owner[order]) != 0)[: len(order)]]
    largest = largest[areas[largest] > 0]
    ends = shapely.get_num_points(shapely.get_exterior_ring(whole[largest]))
    points = np.round(shapely.get_coordinates(shapely.get_exterior_ring(whole[largest])), _DIGITS)
    rings = to_arrays(points, np.append(0, np.cumsum(ends)))
    made: list[Floats | None] = [None] * len(outlines)
    for row, ring in zip(owner[largest].tolist(), rings, strict=True):
        made[row] = ring[:-1]
    return made


def _of_bow_ties(fours: Floats) -> tuple[Bools, Floats]:
    """Which of some outlines, (n, 4, 2), are surely bow ties, and the larger triangle of each, (n, 3, 2)."""
    turned = (_side(fours, 0, 1, 2) * _side(fours, 0, 1, 3) > 0).astype(np.int64)  # then 1 2 and 3 0 may cross
    turn = (np.arange(4) + turned[:, None]) % 4
    points, sure = _crossing(np.take_along_axis(fours, turn[..., None], 1))
    corners = np.concatenate([fours, points[:, None]], axis=1)
    counterclockwise = _side(np.take_along_axis(corners, _RINGS[turned, 0, 0][..., None], 1), 0, 1, 2) > 0
    rings = _RINGS[turned, counterclockwise.astype(np.int64)]
    one, other = (np.take_along_axis(corners, rings[:, part, :, None], 1) for part in (0, 1))
    larger = np.where(_is_larger(one, other)[:, None, None], one, other)
    return sure, np.asarray(np.round(larger, _DIGITS), np.float64)


def _side(points: Floats, start: int, end: int, other: int) -> Floats:
    along, across = points[:, end] - points[:, start], points[:, other] - points[:, start]
    return np.asarray(along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0])


def _crossing(points: Floats) -> tuple[Floats, Bools]:
    """Where the sides 0 1 and 2 3 of outlines cross, and whether they surely do."""
    import shapely

    sides = np.stack([_side(points, *turn) for turn in ((2, 3, 0), (2, 3, 1), (0, 1, 2), (0, 1, 3))], axis=1)
    doubt = _DOUBT * np.square(np.abs(points).max(axis=(1, 2)))
    sure = (sides[:, 0] * sides[:, 1] < 0) & (sides[:, 2] * sides[:, 3] < 0) & (np.abs(sides).min(axis=1) > doubt)
    lines = shapely.linestrings(points[sure].reshape(-1, 2, 2))
    where = np.zeros((len(points), 2))
    where[sure] = shapely.get_coordinates(shapely.intersection(lines[::2], lines[1::2]))
    return where, np.asarray(sure)


def _is_larger(one: Floats, other: Floats) -> Bools:
    """Whether shapely takes a triangle rather than another: of equal ones that which it lists before, from below."""
    import shapely

    area, against = (shapely.area(shapely.polygons(part)) for part in (one, other))
    (x, y), (other_x, other_y) = ((part.min(axis=1) + part.max(axis=1)).T for part in (one, other))
    before = np.where(y == other_y, x < other_x, y < other_y)
    return np.asarray(np.where(area == against, before, area > against))
