"""Which shapes the lines of YOLO's formats cannot hold."""

from __future__ import annotations

import numpy as np

from annotools.geometry.boxes import are_turned
from annotools.model import POLYGON, RECTANGLE, Condition, Dataset
from annotools.model.columns import Bools
from annotools.transform import row_conditions
from annotools.transform.skeleton_points import has_points, is_point

_SHORTEST = 1e-5  # of the frame: four corners closer to one another do not tell a rotation


def is_box(dataset: Dataset) -> Bools:
    """Whether a rectangle has four finite numbers."""
    shapes = dataset.shapes
    whole = shapes.have(4) & np.isfinite(shapes.boxes()).all(axis=1)
    return np.asarray((shapes.type != RECTANGLE) | whole)


def is_outline(dataset: Dataset) -> Bools:
    """Whether a polygon has three finite points or more."""
    shapes = dataset.shapes
    whole = (shapes.counts >= 6) & (shapes.counts % 2 == 0) & shapes.are_finite
    return np.asarray((shapes.type != POLYGON) | whole)


def is_class(dataset: Dataset) -> Bools:
    """Whether a shape's label is one of the top level, or it is a point of a skeleton."""
    return np.asarray(row_conditions.is_class(dataset) | (dataset.shapes.parent >= 0))


def is_seen(dataset: Dataset) -> Bools:
    """Whether a shape is not outside, or a point of a skeleton."""
    return np.asarray(~dataset.shapes.outside | (dataset.shapes.parent >= 0))


def is_seen_or_tracked(dataset: Dataset) -> Bools:
    """Whether a shape is not outside, or of a track, which says where it leaves."""
    return np.asarray(~dataset.shapes.outside | (dataset.shapes.track >= 0))


def is_person(dataset: Dataset) -> Bools:
    """Whether a rectangle is upright and whole."""
    shapes = dataset.shapes
    return np.asarray((shapes.type != RECTANGLE) | (is_box(dataset) & ~are_turned(shapes.rotation)))


def is_turnable(dataset: Dataset) -> Bools:
    """Whether a rectangle has a finite rotation, and is long enough to show it if it has any."""
    shapes = dataset.shapes
    sides = np.abs(shapes.boxes()[:, 2:] - shapes.boxes()[:, :2]).max(axis=1, initial=0)
    with np.errstate(invalid="ignore"):
        long = sides >= _SHORTEST * dataset.frames.sizes(shapes.frame).max(axis=1, initial=0)
        return np.asarray(np.isfinite(shapes.rotation) & (long | ~are_turned(shapes.rotation)))


COMMON = (
    Condition("shape outside", "an annotation is always seen", is_seen),
    Condition("shape of a label that is not a class", "classes are the labels of the top level", is_class),
)
BOX = Condition("rectangle without 4 finite numbers", "a box has a place and a size", is_box)
OUTLINE = Condition("polygon without 3 finite points", "an outline has three corners or more", is_outline)
CONDITIONS = (*COMMON, BOX)
PERSON = Condition("rectangle that is rotated or without 4 finite numbers", "a box is upright", is_person)
SHOWN = Condition("skeleton of which no point is seen", "the server leaves it out", has_points)
POINT = Condition("element that is not a point of its skeleton", "keypoints are those of the label", is_point)
TURNABLE = Condition("rotated rectangle without a side", "its corners are one point, and tell no rotation", is_turnable)
TRACKS = (
    Condition("shape outside", "an annotation is always seen", is_seen_or_tracked),
    COMMON[1],
    row_conditions.of_class("tracks"),
)
