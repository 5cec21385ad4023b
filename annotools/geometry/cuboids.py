"""2D cuboids: eight corners drawn in the picture, 16 numbers; and 3D cuboids, which fill 16 numbers otherwise.

    CVAT's corners        0 front left top     2 front right top      4 back RIGHT top       6 back LEFT top
                          1 front left bottom  3 front right bottom   5 back right bottom    7 back left bottom
    CVAT XML's names      xtl1 xbl1 xtr1 xbr1 xtl2 xbl2 xtr2 xbr2, by place: xtl2 is the back RIGHT top
    3D                    x y z  rx ry rz (radians)  sx sy sz  then seven zeros

Front and back run round the cuboid in the same sense, so left and right change places behind.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Floats, Ragged, from_arrays

CORNERS = (
    "front-left-top", "front-left-bottom", "front-right-top", "front-right-bottom",
    "back-right-top", "back-right-bottom", "back-left-top", "back-left-bottom",
)  # fmt: skip
XML_NAMES = (
    "xtl1", "ytl1", "xbl1", "ybl1", "xtr1", "ytr1", "xbr1", "ybr1",
    "xtl2", "ytl2", "xbl2", "ybl2", "xtr2", "ytr2", "xbr2", "ybr2",
)  # fmt: skip
DATUMARO_ORDER = (0, 6, 4, 2, 7, 5, 3, 1)  # Datumaro's Cuboid2D lists CVAT's corners in this order
FACES = {
    "front": (0, 2, 3, 1), "right": (2, 4, 5, 3), "back": (4, 6, 7, 5),
    "left": (6, 0, 1, 7), "top": (6, 4, 2, 0), "bottom": (1, 3, 5, 7),
}  # fmt: skip
NUMBERS_3D = 9  # of the 16 of a 3D cuboid; the rest is 0


def cuboids_to_boxes(points: Array) -> Floats:
    """The upright box round each cuboid: (n, 16) x, y of the corners -> (n, 4) xyxy."""
    corners = np.asarray(points, np.float64).reshape(-1, 8, 2)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def cuboid_faces(points: Array, face: str) -> Floats:
    """The corners of one face, a key of `FACES`, of each cuboid: (n, 16) -> (n, 4, 2), clockwise seen from outside."""
    return np.asarray(points, np.float64).reshape(-1, 8, 2)[:, FACES[face]]


def cuboids_to_polygons(points: Array) -> Ragged:
    """The outline of each cuboid in the picture, which is the convex hull of its corners.

    points: (n, 16), finite.  Returns ragged x0 y0 x1 y1 ..., clockwise on screen from the leftmost (then topmost)
    corner, corners within a side left out; a flat cuboid gives 2 points, a single point 1.
    """
    corners = np.asarray(points, np.float64).reshape(-1, 8, 2)
    return from_arrays([np.reshape(_hull([(x, y) for x, y in cuboid]), -1) for cuboid in corners.tolist()])


def cvat_to_datumaro(points: Array) -> Floats:
    """CVAT's corners -> Datumaro's order, (n, 16)."""
    return np.asarray(points, np.float64).reshape(-1, 8, 2)[:, DATUMARO_ORDER].reshape(-1, 16)


def datumaro_to_cvat(points: Array) -> Floats:
    """Datumaro's corners -> CVAT's order, (n, 16)."""
    return np.asarray(points, np.float64).reshape(-1, 8, 2)[:, np.argsort(DATUMARO_ORDER)].reshape(-1, 16)


def split_3d(points: Array) -> tuple[Floats, Floats, Floats]:
    """3D cuboids (n, 16) -> positions, rotations in radians, scales: (n, 3) each."""
    position, rotation, scale = np.split(np.asarray(points, np.float64)[:, :NUMBERS_3D], 3, axis=1)
    return position, rotation, scale


def join_3d(positions: Array, rotations: Array, scales: Array) -> Floats:
    """Positions, rotations in radians, scales (n, 3) each -> 3D cuboids (n, 16)."""
    padding = np.zeros((len(positions), 16 - NUMBERS_3D))
    return np.concatenate([positions, rotations, scales, padding], axis=1, dtype=np.float64)


_Point = tuple[float, float]


def _hull(points: list[_Point]) -> list[_Point]:
    """The convex hull by Andrew's two chains."""
    ordered = sorted(set(points))
    if len(ordered) < 2:
        return ordered
    return _chain(ordered)[:-1] + _chain(ordered[::-1])[:-1]


def _chain(ordered: list[_Point]) -> list[_Point]:
    chain: list[_Point] = []
    for point in ordered:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(first: _Point, second: _Point, third: _Point) -> float:
    """Positive where the way turns clockwise on screen."""
    across, down = second[0] - first[0], second[1] - first[1]
    return across * (third[1] - first[1]) - down * (third[0] - first[0])
