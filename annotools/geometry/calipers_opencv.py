"""Angles of turned boxes as OpenCV finds them from their corners: in single precision, by rotating calipers.

Four lines round the corners turn from side to side; the rectangle of least area counts, of equal ones the last.  Only
noise of 1e-5 degrees tells its angle from that of a side, but that noise is what the CVAT server stores.
Sources: G. Toussaint, Solving geometric problems with the rotating calipers (1983); OpenCV 5, minAreaRect.
"""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import Array, Floats, Ints

_COSINE, _SINE = np.array([[1, 0, -1, 0], [0, 1, 0, -1]], np.float32)  # how each line looks along the first one


def min_area_boxes(corners: Array) -> tuple[Floats, Floats]:
    """The rectangle of least area round four corners: (n, 4) centre x, y, width, height, and (n,) degrees in [-90, 0].

    Multiples of 90, for which width and height swap, tell the angle from that of its top.
    corners: (n, 4, 2) px, one after the other, clockwise on screen.  For one without area the angle says nothing.
    """
    points = corners.astype(np.float32)
    base, at = _calipers(points)
    low, high = points[np.arange(len(points))[:, None], at[:, :2]], points[np.arange(len(points))[:, None], at[:, 2:]]
    side = np.stack([-base[:, 1], base[:, 0]], axis=1)
    width, height = _dot(low[:, 1] - high[:, 1], base), _dot(high[:, 0] - low[:, 0], side)
    along, across = base * width[:, None], side * height[:, None]
    centre = _corner(base, side, high[:, 1], low[:, 0]) + (along + across) * np.float32(0.5)
    sizes = np.stack([_length(across), _length(along)], axis=1)
    steep = (along[:, 0] == 0) & (along[:, 1] > 0)
    sizes[steep] = sizes[steep, ::-1]
    turns = -np.arctan2(along[:, 0].astype(np.float64), along[:, 1].astype(np.float64))
    turns[steep] = -np.pi / 2
    angles = (turns * 180 / np.pi).astype(np.float32)
    return np.concatenate([centre, sizes], axis=1).astype(np.float64), angles.astype(np.float64)


def _calipers(points: Array) -> tuple[Array, Ints]:
    """The direction of the best rectangle, and its corners that lie on each of the four lines."""
    sides = np.roll(points, -1, axis=1) - points
    length = np.sqrt(np.square(sides.astype(np.float64)).sum(axis=2))
    ahead = sides * (1.0 / np.where(length > 0, length, 1.0)).astype(np.float32)[..., None]
    x, y = points[..., 0], points[..., 1]
    at = np.stack([y.argmin(1), x.argmax(1), y.argmax(1), x.argmin(1)], axis=1)
    row, best = np.arange(len(points)), np.full(len(points), np.inf, np.float32)
    chosen, corners = np.zeros((len(points), 2), np.float32), at.copy()
    for _ in range(4):
        main = _first_met(sides[row[:, None], at])
        base = _turned_back(ahead[row, at[row, main]], main)
        at[row, main] = (at[row, main] + 1) % 4
        width = _dot(points[row, at[:, 1]] - points[row, at[:, 3]], base)
        down = points[row, at[:, 2]] - points[row, at[:, 0]]
        area = width * (down[:, 1] * base[:, 0] - down[:, 0] * base[:, 1])
        less = area <= best
        best, chosen = np.where(less, area, best), np.where(less[:, None], base, chosen)
        corners[less] = at[less]
    return chosen, corners


def _corner(base: Array, side: Array, left: Array, bottom: Array) -> Array:
    """Where the line through one corner along the sides meets that through another along the base."""
    first, second = _dot(base, left), _dot(side, bottom)
    scale = np.float32(1) / np.where(_cross(base, side) == 0, np.float32(1), _cross(base, side))
    x, y = first * side[:, 1] - second * base[:, 1], base[:, 0] * second - side[:, 0] * first
    return np.stack([x * scale, y * scale], axis=1)


def _dot(one: Array, other: Array) -> Array:
    return np.asarray(one[:, 0] * other[:, 0] + one[:, 1] * other[:, 1])


def _cross(one: Array, other: Array) -> Array:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0])


def _length(vectors: Array) -> Array:
    return np.asarray(np.sqrt(np.square(vectors.astype(np.float64)).sum(axis=1)), np.float32)


def _first_met(sides: Array) -> Ints:
    """Which of the four lines meets the side before it first.  sides: (n, 4, 2) those before the lines."""
    lines = [_turned_back(sides[:, n], np.full(len(sides), n)) for n in range(4)]
    main, nearest = np.zeros(len(sides), np.int64), lines[0]
    for n, line in enumerate(lines[1:], 1):
        sooner = line[:, 1] * nearest[:, 0] - line[:, 0] * nearest[:, 1] < 0
        main, nearest = np.where(sooner, n, main), np.where(sooner[:, None], line, nearest)
    return main


def _turned_back(vectors: Array, quarters: Ints) -> Array:
    """What lies along some line as it would along the first."""
    cosine, sine = _COSINE[quarters], _SINE[quarters]
    x, y = vectors[:, 0], vectors[:, 1]
    return np.stack([x * cosine + y * sine, y * cosine - x * sine], axis=1)
