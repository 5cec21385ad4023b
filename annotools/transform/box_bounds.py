"""The upright box round each shape, whatever its type; NaN where there is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from annotools.geometry.boxes import are_turned, hull_boxes, rotated_bounds
from annotools.geometry.cuboids import cuboids_to_boxes
from annotools.geometry.ellipses import ellipse_bounds, points_to_cxcyrxry
from annotools.geometry.ragged import Array, Floats, Ints, Ragged, offsets_of, take
from annotools.geometry.raster import are_drawable
from annotools.geometry.rle import cvat_rle_boxes
from annotools.geometry.rle_faults import check_cvat_rles
from annotools.model.codes import CUBOID, ELLIPSE, MASK, POLYGON, RECTANGLE, SKELETON
from annotools.model.columns import values_of
from annotools.model.dataset import Dataset
from annotools.model.tables import Shapes
from annotools.transform.skeleton_boxes import skeleton_corners

_PIECE = 1 << 17  # values at a time: a copy of all points would take as much memory as they do
_COUNTS: dict[int, int] = {RECTANGLE: 4, ELLIPSE: 4, CUBOID: 16}


def bounds(dataset: Dataset, owners: Ints, turned: bool) -> tuple[Floats, Floats]:
    """(n, 4) corners, px, and (n,) rotations, degrees, which are 0 if not `turned`.

    owners: the skeleton of each element.  turned: whether the boxes of rectangles and ellipses may be.
    """
    shapes = dataset.shapes
    boxes, rotation = np.full((len(shapes), 4), np.nan), np.zeros(len(shapes))
    for kind, round_it in _BOUNDS.items():
        mine = np.flatnonzero(shapes.type == kind)
        step = max(_PIECE * len(mine) // max(int(shapes.counts_of(mine).sum()), 1), 1)
        for start in range(0, len(mine), step):
            rows, points = _whole(shapes, kind, mine[start : start + step])
            boxes[rows] = round_it(*points)
    for kind in (RECTANGLE, ELLIPSE):
        rows, points = _whole(shapes, kind, np.flatnonzero(shapes.type == kind))
        corners, angles = points[0].reshape(-1, 4), shapes.rotation[rows]
        if turned:
            boxes[rows], rotation[rows] = _unturned(corners, kind), angles
        else:
            boxes[rows] = _round(corners, angles, kind)
    people = shapes.type == SKELETON
    boxes[people] = skeleton_corners(dataset, owners)[people] if people.any() else boxes[people]
    boxes[np.isinf(boxes)] = np.nan
    return boxes, rotation


def _whole(shapes: Shapes, kind: int, mine: Ints) -> tuple[Ints, Ragged]:
    """Those of some rows of a type that have what their type needs, and their points."""
    counts = shapes.counts_of(mine)
    points: Ragged = values_of(shapes.values, shapes.offsets[mine], counts), offsets_of(counts)
    fine = are_drawable(*points)
    if kind == MASK:
        fine[[row for row, _ in check_cvat_rles(*points)]] = False
    elif kind == POLYGON:
        fine &= (counts >= 6) & (counts % 2 == 0)
    else:
        fine &= counts == _COUNTS[kind]
        fine &= np.abs(shapes.rotation[mine]) < np.inf
    return (mine, points) if fine.all() else (mine[fine], take(*points, fine))


def _pixel_boxes(values: Array, offsets: Ints) -> Floats:
    """The edges of the pixels that are set."""
    inside = cvat_rle_boxes(values, offsets)
    empty = (inside == -1).all(axis=1, keepdims=True)
    corners = np.where(empty, np.nan, inside + np.array([0, 0, 1, 1]))
    return np.asarray(corners, np.float64)


_BOUNDS: dict[int, Callable[[Array, Ints], Floats]] = {
    POLYGON: hull_boxes, MASK: _pixel_boxes, CUBOID: lambda values, _: cuboids_to_boxes(values),
}  # fmt: skip


def _round(points: Floats, rotation: Floats, kind: int) -> Floats:
    """The upright box round a rectangle or an ellipse; that of an upright rectangle is its own, to the last digit."""
    if kind == ELLIPSE:
        return ellipse_bounds(points, rotation)
    return np.where(are_turned(rotation)[:, None], rotated_bounds(points, rotation), points)


def _unturned(points: Floats, kind: int) -> Floats:
    """The box of a rectangle or an ellipse before it is turned."""
    if kind == RECTANGLE:
        return points
    half = np.abs(points_to_cxcyrxry(points)[:, 2:])
    return np.concatenate([points[:, :2] - half, points[:, :2] + half], axis=1)
