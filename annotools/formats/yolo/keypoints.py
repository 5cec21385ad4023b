"""Lines of skeletons as they are written: a box, then x, y and v of each point in the order of the drawing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from annotools.formats.kernel.by_frame import ByFrame
from annotools.formats.kernel.classes import places_of
from annotools.formats.yolo import writing
from annotools.geometry.boxes import xywh_to_xyxy, xyxy_to_cxcywh
from annotools.model import RECTANGLE, SKELETON, Dataset
from annotools.model.columns import Floats, Ints
from annotools.model.rounding import around
from annotools.transform.skeleton_points import placed_points, points_of

DECIMALS = 6
ABSENT, HIDDEN, SEEN = 0, 1, 2
_NEAR = 0.011  # px: a box that is read and one round its points are rounded differently


class Persons(msgspec.Struct, frozen=True):
    """boxes: (n, 4) corners.  points: (n, most, 3) x, y, v; NaN, NaN, 0 for one that a skeleton lacks."""

    boxes: Floats
    points: Floats


def names(dataset: Dataset) -> dict[int, list[str]]:
    """The names of the points of each label."""
    return {label.id: [point.name for point in points_of(dataset.labels, label)] for label in dataset.labels.top}


def most(dataset: Dataset) -> int:
    """The number of points of the skeleton that has most."""
    return max(map(len, names(dataset).values()), default=0)


def by_frame(dataset: Dataset) -> ByFrame:
    """The rows that are lines."""
    shapes = dataset.shapes
    return ByFrame.shapes(dataset, np.flatnonzero((shapes.parent < 0) & np.isin(shapes.type, (SKELETON, RECTANGLE))))


def exact(dataset: Dataset, rows: Ints) -> Persons:
    """Shares of six decimals; a point that is not there is 0, 0, 0."""
    points = _points(dataset, rows)
    sizes = dataset.frames.sizes(dataset.shapes.frame[rows]).astype(np.float64)
    boxes = _given(dataset, rows, _hulls(points))
    points[:, :, :2] = np.around(points[:, :, :2] / sizes[:, None], DECIMALS)
    points[points[:, :, 2] == ABSENT] = 0
    return Persons(np.around(boxes / np.tile(sizes, 2), DECIMALS), points)


def server(dataset: Dataset, rows: Ints) -> Persons:
    """Shares of coordinates that have two decimals of a pixel; a point that is not there keeps its place."""
    points = _points(dataset, rows)
    points[:, :, :2] = around(points[:, :, :2])
    sizes = dataset.frames.sizes(dataset.shapes.frame[rows]).astype(np.float64)
    boxes = _hulls(points) / np.tile(sizes, 2)
    points[:, :, :2] /= sizes[:, None]
    return Persons(boxes, points)


def lines(classes: Ints, persons: Persons) -> Sequence[str]:
    """A line for each person."""
    total = persons.points.shape[1]
    columns = [classes, *xyxy_to_cxcywh(persons.boxes).T, *persons.points.reshape(len(classes), 3 * total).T]
    pattern = "%d %.6f %.6f %.6f %.6f" + " %.6f %.6f %d" * total
    return writing.formatted(f"{pattern}\n", columns)


def _points(dataset: Dataset, rows: Ints) -> Floats:
    """(n, most, 3) the points of some rows, px."""
    shapes = dataset.shapes
    elements, owners, places = placed_points(dataset)
    row = places_of(rows, owners)
    elements, row, places = elements[row >= 0], row[row >= 0], places[row >= 0]
    points = np.full((len(rows), most(dataset), 3), np.nan)
    points[:, :, 2] = ABSENT
    points[row, places, 0] = shapes.values[shapes.offsets[elements]]
    points[row, places, 1] = shapes.values[shapes.offsets[elements] + 1]
    points[row, places, 2] = np.where(shapes.outside[elements], ABSENT, SEEN - shapes.occluded[elements])
    return points


def _hulls(points: Floats) -> Floats:
    """The boxes round points that are there."""
    there = points[:, :, 2:] != ABSENT
    low = np.where(there, points[:, :, :2], np.inf).min(axis=1, initial=np.inf)
    high = np.where(there, points[:, :, :2], -np.inf).max(axis=1, initial=-np.inf)
    return np.concatenate([low, high], axis=1)


def _given(dataset: Dataset, rows: Ints, boxes: Floats) -> Floats:
    """The boxes of rectangles, and those beside skeletons, where they hold the points."""
    shapes, extra = dataset.shapes, dataset.shapes.extras.get("bbox")
    drawn = shapes.type[rows] == RECTANGLE
    boxes[drawn] = shapes.boxes(rows[drawn])
    if extra is None or not extra.derived:
        return boxes
    mine = np.flatnonzero(extra.present[rows] & ~drawn)
    given = xywh_to_xyxy(np.stack([extra.values[name][rows[mine]] for name in ("left", "top", "width", "height")], 1))
    round_ = (given[:, :2] <= boxes[mine, :2] + _NEAR).all(axis=1) & (given[:, 2:] >= boxes[mine, 2:] - _NEAR).all(
        axis=1
    )
    boxes[mine[round_]] = given[round_]
    return boxes
