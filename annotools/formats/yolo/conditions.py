"""Which shapes the lines of YOLO's formats cannot hold."""

from __future__ import annotations

import numpy as np

from annotools.geometry.ragged import segment_all
from annotools.model import POLYGON, RECTANGLE, Condition, Dataset
from annotools.model.columns import Bools


def is_box(dataset: Dataset) -> Bools:
    """Whether a rectangle has four finite numbers."""
    shapes = dataset.shapes
    whole = (shapes.counts == 4) & np.isfinite(shapes.boxes()).all(axis=1)
    return np.asarray((shapes.type != RECTANGLE) | whole)


def is_outline(dataset: Dataset) -> Bools:
    """Whether a polygon has three finite points or more."""
    shapes = dataset.shapes
    whole = (shapes.counts >= 6) & (shapes.counts % 2 == 0) & segment_all(np.isfinite(shapes.values), shapes.offsets)
    return np.asarray((shapes.type != POLYGON) | whole)


def is_class(dataset: Dataset) -> Bools:
    """Whether a shape's label is one of the top level."""
    return np.isin(dataset.shapes.label, [label.id for label in dataset.labels.top])


def is_seen(dataset: Dataset) -> Bools:
    """Whether a shape is not outside."""
    return ~dataset.shapes.outside


COMMON = (
    Condition("shape outside", "an annotation is always seen", is_seen),
    Condition("shape of a label that is no class", "classes are the labels of the top level", is_class),
)
BOX = Condition("rectangle without 4 finite numbers", "a box has a place and a size", is_box)
OUTLINE = Condition("polygon without 3 finite points", "an outline has three corners or more", is_outline)
CONDITIONS = (*COMMON, BOX)
